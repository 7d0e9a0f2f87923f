#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "admin/commands.h"
#include "admin/invoke.h"
#include "admin/output.h"
#include "admin/progress_line.h"
#include "quartet/admin/v1/backup.grpc.pb.h"

namespace quartet::admin {
namespace {

struct Arguments {
  std::string zone;
  bool force = false;
};

template <typename Nodes>
std::string NodeList(const Nodes& nodes, uint64_t total) {
  std::vector<std::string> names;
  for (const std::string& node : nodes) names.push_back(LastPart(node));
  const std::string more =
      total > names.size() ? absl::StrCat(" and ", total - names.size(), " more") : std::string();
  return absl::StrCat(absl::StrJoin(names, " "), more);
}

std::string RevisionText(uint64_t revision) { return revision == 0 ? "-" : absl::StrCat(revision); }

void PrintWhatItIs(const v1::Restore& restore) {
  std::vector<std::pair<std::string, std::string>> fields = {
      {"Backup", absl::StrCat(restore.backup(), " of ", restore.controller())},
      {"State of", FormatTime(restore.backup_time())},
      {"Restored", FormatTime(restore.restore_time())},
      {"Confirmed", restore.has_confirm_time()
                        ? absl::StrCat(FormatTime(restore.confirm_time()), " by ", restore.confirmed_by())
                        : "no: changes are not taken, nodes answer what they have"}};
  PrintFields(fields);
}

void PrintNodes(const v1::Restore& restore) {
  std::printf("\n");
  Table table({"NODE", "NAMESERVER", "COUNTED", "CONNECTED", "AHEAD", "TOLD"});
  for (const v1::RestoredNode& node : restore.nodes()) {
    const std::string ahead = !node.ahead()               ? "-"
                              : node.entries_ahead() == 0 ? "?"
                                                          : absl::StrCat(node.entries_ahead());
    std::string told = node.reported() ? "yes" : "no";
    if (!node.problem().empty()) absl::StrAppend(&told, ": ", node.problem());
    table.Add({LastPart(node.name()), LastPart(node.nameserver()), node.counted() ? "yes" : "no",
               node.connected() ? "yes" : "no", ahead, told});
  }
  table.Print("The restored state has no nodes.");
}

void PrintZones(const v1::Restore& restore) {
  std::printf("\nLost entries: %llu at least. Zones that differ: %llu.\n",
              static_cast<unsigned long long>(restore.lost_entries()),
              static_cast<unsigned long long>(restore.zones_total()));
  if (restore.zones_total() == 0) return;
  std::printf("\n");
  Table table({"ZONE", "NAME", "KIND", "HERE", "NODES", "ON"});
  for (const v1::RestoredZone& zone : restore.zones()) {
    table.Add({LastPart(zone.zone()), zone.name(), v1::RestoredZone::Kind_Name(zone.kind()).substr(5),
               RevisionText(zone.revision()), RevisionText(zone.node_revision()),
               NodeList(zone.nodes(), zone.nodes_total())});
  }
  table.Print("");
  const uint64_t shown = static_cast<uint64_t>(restore.zones_size());
  if (restore.zones_total() > shown)
    std::printf("… and %llu more\n", static_cast<unsigned long long>(restore.zones_total() - shown));
}

void PrintRecords(const v1::Restore& restore) {
  std::printf("\nRecord sets that differ: %llu.\n", static_cast<unsigned long long>(restore.records_total()));
  if (restore.records_total() == 0) return;
  std::printf("\n");
  Table table({"OWNER", "TYPE", "KIND", "ON"});
  for (const v1::RestoredRecordSet& record : restore.records()) {
    table.Add({record.owner(), record.type(), v1::RestoredRecordSet::Kind_Name(record.kind()).substr(5),
               NodeList(record.nodes(), 0)});
  }
  table.Print("");
  const uint64_t shown = static_cast<uint64_t>(restore.records_size());
  if (restore.records_total() > shown)
    std::printf("… and %llu more\n", static_cast<unsigned long long>(restore.records_total() - shown));
}

void PrintDamaged(const v1::Restore& restore) {
  if (restore.damaged_zones() == 0) return;
  std::printf("\nZones damaged here, which no node will be sent: %llu.\n",
              static_cast<unsigned long long>(restore.damaged_zones()));
  for (const v1::RestoredZone& zone : restore.damaged()) {
    std::printf("  %s %s: %s\n", LastPart(zone.zone()).c_str(), zone.name().c_str(), zone.reason().c_str());
  }
}

// What is to be done next.
void PrintAdvice(const v1::Restore& restore) {
  size_t silent = 0;
  for (const v1::RestoredNode& node : restore.nodes()) silent += node.counted() && !node.reported();
  if (silent > 0) {
    std::printf("\n%zu counted node%s not told all yet: what only %s is not in this report.\n", silent,
                silent == 1 ? " has" : "s have", silent == 1 ? "it has" : "they have");
  }
  std::printf(
      "\nNothing is lost yet. `quartet restore confirm` makes the restored state the truth: nodes lose what "
      "is\n"
      "listed as AHEAD and LOST. To restore another backup instead, stop this controller first.\n");
}

void Show(Session& session, const Arguments& arguments) {
  v1::GetRestoreRequest request;
  if (!arguments.zone.empty()) request.set_zone(absl::StrCat("zones/", arguments.zone));
  ProgressLine line;
  line.Show("asking the nodes…");
  const auto restore = Invoke<v1::Restore>(session, [&](auto* context, auto* out) {
    return v1::BackupService::NewStub(session.channel())->GetRestore(context, request, out);
  });
  line.Clear();
  if (session.PrintMessage(restore)) return;
  PrintWhatItIs(restore);
  if (restore.has_confirm_time()) return;
  PrintNodes(restore);
  PrintDamaged(restore);
  if (!arguments.zone.empty()) return PrintRecords(restore);
  PrintZones(restore);
  PrintAdvice(restore);
}

void Confirm(Session& session, const Arguments& arguments) {
  v1::ConfirmRestoreRequest request;
  request.set_force(arguments.force);
  const auto restore = Invoke<v1::Restore>(session, [&](auto* context, auto* out) {
    return v1::BackupService::NewStub(session.channel())->ConfirmRestore(context, request, out);
  });
  if (session.PrintMessage(restore)) return;
  PrintWhatItIs(restore);
}

}  // namespace

void AddRestoreCommands(CLI::App& app, Session& session) {
  CLI::App* restore =
      app.add_subcommand("restore",
                         "A controller that was restored from a backup: what is missing, and going on")
          ->require_subcommand(1);
  auto arguments = std::make_shared<Arguments>();

  CLI::App* show = restore->add_subcommand("show", "What the nodes have that the restored state has not");
  show->footer(
      "Asks all nodes that are connected, for as long as --timeout lets it.\n\n"
      "Examples:\n"
      "  quartet restore show\n"
      "  quartet restore show Z0123456789ABC      # the record sets of one zone that differ\n"
      "  quartet restore show --output json > lost.json");
  show->add_option("ZONE", arguments->zone, "Id of a zone: compare its record sets");
  show->callback([&session, arguments] { Show(session, *arguments); });

  CLI::App* confirm =
      restore->add_subcommand("confirm", "Make the restored state the truth, and begin service");
  confirm->footer(
      "Nodes bring their zones to the restored state, also where theirs is the newer one. There is no way "
      "back.\n\n"
      "Example:\n  quartet restore confirm");
  confirm->add_flag("--force", arguments->force, "Though counted nodes have not told what they have");
  confirm->callback([&session, arguments] { Confirm(session, *arguments); });
}

}  // namespace quartet::admin
