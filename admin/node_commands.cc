#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "absl/strings/str_cat.h"
#include "admin/commands.h"
#include "admin/invoke.h"
#include "admin/output.h"
#include "quartet/admin/v1/node.grpc.pb.h"

namespace quartet::admin {
namespace {

struct Arguments {
  std::string name;
  std::string nameserver;
  std::string zone;
  bool force = false;
};

std::string StateName(v1::Node::State state) {
  switch (state) {
    case v1::Node::STATE_JOINING:
      return "JOINING";
    case v1::Node::STATE_COUNTED:
      return "COUNTED";
    case v1::Node::STATE_DRAINING:
      return "DRAINING";
    case v1::Node::STATE_DRAINED:
      return "DRAINED";
    default:
      return "-";
  }
}

std::string StateText(v1::Node::State state) {
  return Coloured(state == v1::Node::STATE_COUNTED ? Colour::kGreen : Colour::kYellow, StateName(state));
}

std::string Alarming(uint32_t number) {
  return number == 0 ? "0" : Coloured(Colour::kRed, absl::StrCat(number));
}

void ShowNodes(const Session& session, const v1::ListNodesResponse& response) {
  Table table({"NODE", "NAMESERVER", "REGION", "STATE", "CONNECTED", "INDEX", "LAG", "EXCEPTIONS", "ALARMS"},
              {"ACKNOWLEDGED", "INCARNATION", "VERSION"}, session.wide());
  for (const v1::Node& node : response.nodes()) {
    table.Add({LastPart(node.name()), LastPart(node.nameserver()), node.region(), StateText(node.state()),
               node.connected() ? "yes" : Coloured(Colour::kRed, "no"),
               absl::StrCat(node.acknowledged_index()), absl::StrCat(node.lag()),
               Alarming(static_cast<uint32_t>(node.exceptions_size())), Alarming(node.alarms()),
               FormatTime(node.last_acknowledged_time()), OrNone(node.incarnation()),
               OrNone(node.version())});
  }
  table.Print("No nodes yet: `quartet node add NAME --nameserver NS` enrolls one.");
  for (const v1::Node& node : response.nodes()) {
    for (const v1::NodeException& exception : node.exceptions()) {
      std::printf("%s can't serve %s: %s\n", LastPart(node.name()).c_str(),
                  LastPart(exception.zone()).c_str(), exception.reason().c_str());
    }
    if (node.alarms() > 0) {
      const std::string name = LastPart(node.name());
      std::printf("%s has %u alarm%s: `quartet node show %s` tells\n", name.c_str(), node.alarms(),
                  node.alarms() == 1 ? "" : "s", name.c_str());
    }
  }
}

void PrintNodes(const Session& session, const v1::ListNodesResponse& response) {
  if (!session.PrintMessage(response)) ShowNodes(session, response);
}

std::string ScrubText(const v1::NodeHealth& health) {
  std::string text = health.has_scrub_end_time()
                         ? absl::StrCat(FormatTime(health.scrub_end_time()), ", ", health.scrub_damaged(),
                                        health.scrub_damaged() == 1 ? " zone damaged" : " zones damaged")
                         : "none ended yet";
  if (health.scrub_zones_done() > 0) {
    absl::StrAppend(&text, "; another is at zone ", health.scrub_zones_done(), " of ", health.zones());
  }
  return text;
}

std::vector<std::pair<std::string, std::string>> NodeFields(const v1::Node& node) {
  std::vector<std::pair<std::string, std::string>> fields = {
      {"Node", LastPart(node.name())},
      {"Nameserver", LastPart(node.nameserver())},
      {"Region", node.region()},
      {"State", node.has_forced_time()
                    ? absl::StrCat(StateName(node.state()), " by force, ", FormatTime(node.forced_time()))
                    : StateName(node.state())},
      {"Connected", node.connected() ? "yes" : "no"},
      {"Position", absl::StrCat("index ", node.acknowledged_index(), ", epoch ", node.acknowledged_epoch(),
                                ", acknowledged ", FormatTime(node.last_acknowledged_time()))},
      {"Lag", absl::StrCat(node.lag(), node.lag() == 1 ? " entry" : " entries")},
      {"Incarnation", OrNone(node.incarnation())},
      {"Version", OrNone(node.version())}};
  if (!node.has_health()) {
    fields.emplace_back("Health", "it has told nothing to this controller yet");
    return fields;
  }
  const v1::NodeHealth& health = node.health();
  fields.emplace_back("Zones", absl::StrCat(health.zones(), ", ", health.zones_behind(), " BEHIND, ",
                                            health.zones_failing(), " answered with SERVFAIL"));
  fields.emplace_back("Last scrub", ScrubText(health));
  fields.emplace_back("Disk", FormatBytes(health.disk_bytes()));
  fields.emplace_back("Memory", FormatBytes(health.memory_bytes()));
  fields.emplace_back("Told", FormatTime(health.report_time()));
  fields.emplace_back("Alarms", absl::StrCat(health.alarms_size()));
  return fields;
}

void PrintNode(const Session& session, const v1::Node& node) {
  if (session.PrintMessage(node)) return;
  v1::ListNodesResponse one;
  *one.add_nodes() = node;
  PrintNodes(session, one);
}

void AddNode(Session& session, const Arguments& arguments) {
  v1::CreateNodeRequest request;
  request.set_name(absl::StrCat("nodes/", arguments.name));
  request.set_nameserver(absl::StrCat("nameservers/", arguments.nameserver));
  const auto node = Invoke<v1::Node>(session, [&](auto* context, auto* out) {
    return v1::NodeService::NewStub(session.channel())->CreateNode(context, request, out);
  });
  PrintNode(session, node);
}

void ListNodes(Session& session) {
  const auto response = Invoke<v1::ListNodesResponse>(session, [&](auto* context, auto* out) {
    return v1::NodeService::NewStub(session.channel())->ListNodes(context, {}, out);
  });
  PrintNodes(session, response);
}

void ShowNode(Session& session, const Arguments& arguments) {
  v1::GetNodeRequest request;
  request.set_name(absl::StrCat("nodes/", arguments.name));
  const auto node = Invoke<v1::Node>(session, [&](auto* context, auto* out) {
    return v1::NodeService::NewStub(session.channel())->GetNode(context, request, out);
  });
  if (session.PrintMessage(node)) return;
  PrintFields(NodeFields(node));
  if (node.exceptions_size() > 0) {
    Table table({"ZONE", "SERVES REVISION", "WHY"});
    for (const v1::NodeException& exception : node.exceptions()) {
      table.Add({LastPart(exception.zone()),
                 exception.served_revision() == 0 ? "none it vouches for"
                                                  : absl::StrCat(exception.served_revision()),
                 exception.reason()});
    }
    table.Print("");
  }
  for (const std::string& alarm : node.health().alarms()) std::printf("Alarm: %s\n", alarm.c_str());
}

void AllowRepair(Session& session, const Arguments& arguments) {
  v1::AllowRepairRequest request;
  request.set_node(absl::StrCat("nodes/", arguments.name));
  if (!arguments.zone.empty()) request.set_zone(absl::StrCat("zones/", arguments.zone));
  const auto response = Invoke<v1::AllowRepairResponse>(session, [&](auto* context, auto* out) {
    return v1::NodeService::NewStub(session.channel())->AllowRepair(context, request, out);
  });
  if (session.PrintMessage(response)) return;
  std::printf("Node %s was told; `quartet node show %s` tells what comes of it.\n", arguments.name.c_str(),
              arguments.name.c_str());
}

// Prints the list whenever it moves, until all nodes are counted, or for ever.
void WatchNodes(Session& session, bool until_counted) {
  v1::ListNodesResponse response;
  grpc::ClientContext context;
  session.Prepare(context);
  const auto reader = v1::NodeService::NewStub(session.channel())->WatchNodes(&context, {});
  while (reader->Read(&response)) {
    int counted = 0;
    for (const v1::Node& node : response.nodes()) counted += node.state() == v1::Node::STATE_COUNTED;
    if (!until_counted && !session.PrintOneOfMany(response)) ShowNodes(session, response);
    if (until_counted && counted == response.nodes_size()) return PrintNodes(session, response);
  }
  const grpc::Status status = reader->Finish();
  if (until_counted && status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    PrintNodes(session, response);
    session.Fail(kRefused, "not all nodes are counted yet (--timeout waits longer)");
  }
  session.Check(status, context);
}

void DrainNode(Session& session, const Arguments& arguments) {
  v1::DrainNodeRequest request;
  request.set_name(absl::StrCat("nodes/", arguments.name));
  request.set_force(arguments.force);
  const auto node = Invoke<v1::Node>(session, [&](auto* context, auto* out) {
    return v1::NodeService::NewStub(session.channel())->DrainNode(context, request, out);
  });
  PrintNode(session, node);
}

}  // namespace

void AddNodeCommands(CLI::App& app, Session& session) {
  CLI::App* node =
      app.add_subcommand("node", "Processes that answer for a nameserver")->require_subcommand(1);
  auto arguments = std::make_shared<Arguments>();

  CLI::App* add = node->add_subcommand("add", "Enroll a node, so that it may subscribe");
  add->footer("Example:\n  quartet node add ns-1-a --nameserver ns-1");
  add->add_option("NAME", arguments->name, "As in its certificate")->required();
  add->add_option("--nameserver", arguments->nameserver, "Nameserver it answers for")->required();
  add->callback([&session, arguments] { AddNode(session, *arguments); });

  CLI::App* list = node->add_subcommand("list", "All nodes, with how far each is");
  list->callback([&session] { ListNodes(session); });

  CLI::App* show =
      node->add_subcommand("show", "One node: position, zones that are behind, last scrub, alarms");
  show->footer("Example:\n  quartet node show ns-1-a");
  show->add_option("NAME", arguments->name, "The node")->required();
  show->callback([&session, arguments] { ShowNode(session, *arguments); });

  CLI::App* allow = node->add_subcommand(
      "allow-repair", "Let repairs go on that stopped at a limit, once you know they are right");
  allow->footer(
      "Examples:\n"
      "  quartet node allow-repair ns-1-a example.com   # this zone only\n"
      "  quartet node allow-repair ns-1-a               # all repairs of the node that are stopped now\n\n"
      "A node stops where a repair would remove over 30 % of a zone, or be one of too many within an hour. "
      "`quartet "
      "verify ZONE` shows what\ndiffers: allow it if the controller's zone is the right one.");
  allow->add_option("NAME", arguments->name, "The node")->required();
  allow->add_option("ZONE", arguments->zone, "Name or id");
  allow->callback([&session, arguments] { AllowRepair(session, *arguments); });

  CLI::App* watch = node->add_subcommand("watch", "The list, again whenever it moves");
  auto until_counted = std::make_shared<bool>(false);
  watch->footer(
      "Example:\n  quartet node watch --until-counted   # returns once changes wait for every node");
  watch->add_flag("--until-counted", *until_counted, "Print once all nodes are COUNTED, and end");
  watch->callback([&session, until_counted] { WatchNodes(session, *until_counted); });

  CLI::App* drain =
      node->add_subcommand("drain", "Take a node out: it closes its sockets, then is waited for no more");
  drain->footer(
      "Examples:\n"
      "  quartet node drain ns-1-a           # it must be connected, and confirms that its sockets are "
      "closed\n"
      "  quartet node drain ns-1-a --force   # it is gone for good and can't\n\n"
      "A node that is drained by force may still answer somewhere, with old data: changes that waited for it "
      "name it. A\n"
      "nameserver without a node holds up INSYNC; enroll another one for it, or move its zones away "
      "(nameserver drain "
      "--move).");
  drain->add_option("NAME", arguments->name, "The node")->required();
  drain->add_flag("--force", arguments->force, "It is gone for good: don't wait until it confirms");
  drain->callback([&session, arguments] { DrainNode(session, *arguments); });
}

}  // namespace quartet::admin
