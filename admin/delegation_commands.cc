#include "admin/delegation_commands.h"

#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "admin/commands.h"
#include "admin/invoke.h"
#include "admin/output.h"
#include "quartet/admin/v1/delegation.grpc.pb.h"
#include "quartet/admin/v1/nameserver.grpc.pb.h"
#include "quartet/admin/v1/node.grpc.pb.h"
#include "quartet/admin/v1/zone.grpc.pb.h"

namespace quartet::admin {
namespace {

struct Arguments {
  std::string name;
  std::string zone;
  std::string comment;
  std::string delegation_set;
  std::vector<std::string> nameservers;
  std::vector<std::string> lost;
  int examples = 10;
};

void PrintSets(const Session& session, const v1::ListDelegationSetsResponse& response) {
  if (session.PrintMessage(response)) return;
  Table table({"DELEGATION SET", "NAMESERVERS", "ZONES", "COMMENT"});
  for (const v1::DelegationSet& set : response.delegation_sets()) {
    std::vector<std::string> names;
    for (const std::string& nameserver : set.nameservers()) names.push_back(LastPart(nameserver));
    table.Add(
        {LastPart(set.name()), absl::StrJoin(names, " "), absl::StrCat(set.zones()), OrNone(set.comment())});
  }
  table.Print("No reusable delegation sets: each zone has its own four.");
}

void CreateSet(Session& session, const Arguments& arguments) {
  v1::CreateDelegationSetRequest request;
  v1::DelegationSet& set = *request.mutable_delegation_set();
  set.set_name(absl::StrCat("delegationSets/", arguments.name));
  set.set_comment(arguments.comment);
  for (const std::string& nameserver : arguments.nameservers)
    set.add_nameservers(absl::StrCat("nameservers/", nameserver));
  const auto made = Invoke<v1::DelegationSet>(session, [&](auto* context, auto* out) {
    return v1::DelegationSetService::NewStub(session.channel())->CreateDelegationSet(context, request, out);
  });
  if (session.PrintMessage(made)) return;
  v1::ListDelegationSetsResponse one;
  *one.add_delegation_sets() = made;
  PrintSets(session, one);
}

void ListSets(Session& session) {
  const auto response = Invoke<v1::ListDelegationSetsResponse>(session, [&](auto* context, auto* out) {
    return v1::DelegationSetService::NewStub(session.channel())->ListDelegationSets(context, {}, out);
  });
  PrintSets(session, response);
}

void DeleteSet(Session& session, const Arguments& arguments) {
  v1::DeleteDelegationSetRequest request;
  request.set_name(absl::StrCat("delegationSets/", arguments.name));
  const auto response = Invoke<v1::DeleteDelegationSetResponse>(session, [&](auto* context, auto* out) {
    return v1::DelegationSetService::NewStub(session.channel())->DeleteDelegationSet(context, request, out);
  });
  if (session.PrintMessage(response)) return;
  std::printf("Delegation set %s is deleted.\n", Printable(arguments.name).c_str());
}

void ReassignZone(Session& session, const Arguments& arguments) {
  v1::ReassignZoneRequest request;
  request.set_zone(absl::StrCat("zones/", arguments.zone));
  request.set_request_id(Session::NewRequestId());
  if (!arguments.delegation_set.empty())
    request.set_delegation_set(absl::StrCat("delegationSets/", arguments.delegation_set));
  for (const std::string& nameserver : arguments.nameservers)
    request.add_nameservers(absl::StrCat("nameservers/", nameserver));
  const auto zone = Invoke<v1::Zone>(session, [&](auto* context, auto* out) {
    return v1::DelegationSetService::NewStub(session.channel())->ReassignZone(context, request, out);
  });
  if (session.PrintMessage(zone)) return;
  PrintZoneNameservers(zone);
}

// "ns-1" may be a node, a nameserver or a region: a prefix says which, and without one it must be one of these only.
class Resolver {
 public:
  explicit Resolver(Session& session) : session_(session) {
    nameservers_ = Invoke<v1::ListNameserversResponse>(session, [&](auto* context, auto* out) {
      return v1::NameserverService::NewStub(session.channel())->ListNameservers(context, {}, out);
    });
    nodes_ = Invoke<v1::ListNodesResponse>(session, [&](auto* context, auto* out) {
      return v1::NodeService::NewStub(session.channel())->ListNodes(context, {}, out);
    });
  }

  std::string Resolve(const std::string& text) const {
    if (text.find('/') != std::string::npos) return text;
    std::vector<std::string> found;
    for (const v1::Node& node : nodes_.nodes()) {
      if (LastPart(node.name()) == text) found.push_back(node.name());
    }
    for (const v1::Nameserver& nameserver : nameservers_.nameservers()) {
      if (LastPart(nameserver.name()) == text) found.push_back(nameserver.name());
      const std::string region = absl::StrCat("regions/", nameserver.region());
      const bool known = std::find(found.begin(), found.end(), region) != found.end();
      if (nameserver.region() == text && !known) found.push_back(region);
    }
    if (found.size() == 1) return found.front();
    if (found.empty()) {
      session_.Fail(kRefused,
                    absl::StrCat("there is no node, nameserver or region called ", Printable(text)));
    }
    session_.Fail(kUsage,
                  absl::StrCat(text, " may mean ", absl::StrJoin(found, " or "), "; name one of these"));
  }

 private:
  Session& session_;
  v1::ListNameserversResponse nameservers_;
  v1::ListNodesResponse nodes_;
};

void ShowBlastRadius(Session& session, const Arguments& arguments) {
  const Resolver resolver(session);
  v1::GetBlastRadiusRequest request;
  for (const std::string& one : arguments.lost) request.add_lost(resolver.Resolve(one));
  request.set_examples(arguments.examples);
  const auto radius = Invoke<v1::BlastRadius>(session, [&](auto* context, auto* out) {
    return v1::DelegationSetService::NewStub(session.channel())->GetBlastRadius(context, request, out);
  });
  if (session.PrintMessage(radius)) return;
  Table table({"LEFT OF FOUR", "ZONES", "THE FIRST OF THEM"});
  for (const v1::BlastRadius::Left& left : radius.left()) {
    table.Add({absl::StrCat(left.nameservers()), WithCommas(left.zones()),
               OrNone(absl::StrJoin(left.examples(), " "))});
  }
  table.Print("");
  std::printf("%s in all.\n", Count(radius.zones(), "zone").c_str());
}

void AddReassign(CLI::App& app, Session& session, const std::shared_ptr<Arguments>& arguments) {
  CLI::App* reassign =
      app.get_subcommand("zone")->add_subcommand("reassign", "Move a zone to other nameservers");
  reassign->footer(
      "The new nameservers join and serve, then the apex NS names them, then the old ones retire: they "
      "answer until "
      "no cache\n"
      "can name them. No resolver ever meets one that does not know the zone. `quartet zone show` tells how "
      "far it "
      "is.\n"
      "Without --nameserver and --delegation-set, four are chosen anew, away from those that drain.\n\n"
      "Examples:\n"
      "  quartet zone reassign example.com\n"
      "  quartet zone reassign example.com --delegation-set white-label\n"
      "  quartet zone reassign example.com --nameserver ns-1 --nameserver ns-6 --nameserver ns-3 "
      "--nameserver ns-8");
  reassign->add_option("ZONE", arguments->zone, "Name or id")->required();
  CLI::Option* four =
      reassign->add_option("--nameserver", arguments->nameservers, "One of the four; to be given four times");
  reassign->add_option("--delegation-set", arguments->delegation_set, "The four of a reusable set")
      ->excludes(four);
  reassign->callback([&session, arguments] { ReassignZone(session, *arguments); });
}

v1::ListZonesResponse CallListZones(Session& session, const v1::ListZonesRequest& request) {
  return Invoke<v1::ListZonesResponse>(session, [&](auto* context, auto* out) {
    return v1::ZoneService::NewStub(session.channel())->ListZones(context, request, out);
  });
}

// Refused for what is true of this one zone: the others go on.
grpc::Status MoveAnew(Session& session, const v1::Zone& zone) {
  v1::ReassignZoneRequest request;
  request.set_zone(zone.name());
  request.set_request_id(Session::NewRequestId());
  grpc::ClientContext context;
  session.Prepare(context);
  v1::Zone moving;
  const grpc::Status status =
      v1::DelegationSetService::NewStub(session.channel())->ReassignZone(&context, request, &moving);
  const bool of_this_zone = status.error_code() == grpc::StatusCode::FAILED_PRECONDITION ||
                            status.error_code() == grpc::StatusCode::NOT_FOUND;
  if (!of_this_zone) session.Check(status, context);
  return status;
}

}  // namespace

void PrintZoneNameservers(const v1::Zone& zone) {
  Table table({"NAMESERVER", "REGION", "STRIPE", "STATE", "ADDRESSES"});
  for (const v1::ZoneNameserver& nameserver : zone.nameservers()) {
    std::string state = "SERVING";
    if (nameserver.state() == v1::ZoneNameserver::STATE_JOINING) state = "JOINING";
    if (nameserver.state() == v1::ZoneNameserver::STATE_RETIRING) state = "RETIRING";
    table.Add({nameserver.host_name(), nameserver.region(), nameserver.stripe(), state,
               absl::StrJoin(nameserver.addresses(), " ")});
  }
  table.Print("no nameservers");
}

void MoveZonesAway(Session& session, const std::string& nameserver) {
  // As many as a node is filled with easily, beside what it does.
  constexpr auto kBetween = std::chrono::milliseconds(10);
  const std::string name = absl::StrCat("nameservers/", nameserver);
  uint64_t moved = 0;
  uint64_t refused = 0;
  std::string why;
  const auto move_those = [&](const v1::ListZonesResponse& page) {
    for (const v1::Zone& zone : page.zones()) {
      const bool has =
          std::any_of(zone.nameservers().begin(), zone.nameservers().end(), [&](const auto& one) {
            return one.nameserver() == name && one.state() == v1::ZoneNameserver::STATE_SERVING;
          });
      const bool moves =
          std::any_of(zone.nameservers().begin(), zone.nameservers().end(),
                      [](const auto& one) { return one.state() == v1::ZoneNameserver::STATE_JOINING; });
      if (!has || moves) continue;
      const grpc::Status status = MoveAnew(session, zone);
      (status.ok() ? moved : refused)++;
      if (!status.ok()) why = absl::StrCat(zone.domain_name(), ": ", status.error_message());
      std::this_thread::sleep_for(kBetween);
    }
  };
  v1::ListZonesRequest request;
  request.set_page_size(1000);
  do {
    const v1::ListZonesResponse page = CallListZones(session, request);
    request.set_page_token(page.next_page_token());
    move_those(page);
  } while (!request.page_token().empty());
  // Those of the system are listed by their names only.
  const auto stripes = Invoke<v1::ListStripesResponse>(session, [&](auto* context, auto* out) {
    return v1::NameserverService::NewStub(session.channel())->ListStripes(context, {}, out);
  });
  for (const v1::Stripe& stripe : stripes.stripes()) {
    if (stripe.domain().empty()) continue;
    v1::ListZonesRequest one;
    one.set_domain_name(stripe.domain());
    move_those(CallListZones(session, one));
  }
  std::fprintf(stderr, "%s began to move away from %s.\n", Count(moved, "zone").c_str(), nameserver.c_str());
  if (refused == 0) return;
  session.Fail(kRefused,
               absl::StrCat(Count(refused, "zone"), " could not, among them ", Printable(why),
                            "\nWhat is in the way of one may have gone later: call it again then."));
}

void AddDelegationCommands(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* sets = app.add_subcommand("delegation-set", "Four nameservers under a name, for many zones")
                       ->require_subcommand(1);
  CLI::App* create = sets->add_subcommand("create", "Make a set that zones can be created with");
  create->footer(
      "Without --nameserver, four are chosen. With it, they are to be one of each stripe, in slots of which "
      "the "
      "fourth is\n"
      "the exclusive or of the others: so no two sets share more than two nameservers.\n\n"
      "Examples:\n"
      "  quartet delegation-set create white-label\n"
      "  quartet zone create example.com --delegation-set white-label");
  create->add_option("NAME", arguments->name, "Lower-case letters, digits and hyphens")->required();
  create->add_option("--nameserver", arguments->nameservers, "One of the four; to be given four times");
  create->add_option("--comment", arguments->comment, "What it is for");
  create->callback([&session, arguments] { CreateSet(session, *arguments); });
  CLI::App* list = sets->add_subcommand("list", "All reusable sets");
  list->footer("Example:\n  quartet delegation-set list");
  list->callback([&session] { ListSets(session); });
  CLI::App* del = sets->add_subcommand("delete", "Delete a set that no zone uses");
  del->footer("Example:\n  quartet delegation-set delete white-label");
  del->add_option("NAME", arguments->name, "Its name")->required();
  del->callback([&session, arguments] { DeleteSet(session, *arguments); });

  AddReassign(app, session, arguments);

  CLI::App* radius =
      app.add_subcommand("blast-radius", "What the loss of some nameservers would leave to zones");
  radius->footer(
      "Examples:\n"
      "  quartet blast-radius eu-west\n"
      "  quartet blast-radius ns-1 ns-6 --examples 100\n"
      "  quartet blast-radius nodes/ns-1-a regions/us-east");
  radius->add_option("LOST", arguments->lost, "Nodes, nameservers or regions")->required();
  radius->add_option("--examples", arguments->examples, "Zones to name of each kind")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  radius->callback([&session, arguments] { ShowBlastRadius(session, *arguments); });
}

}  // namespace quartet::admin
