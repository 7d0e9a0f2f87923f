#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "admin/change_watch.h"
#include "admin/commands.h"
#include "admin/delegation_commands.h"
#include "admin/invoke.h"
#include "admin/output.h"
#include "admin/zones/history_commands.h"
#include "admin/zones/zone_import.h"
#include "admin/zones/zone_transfer_commands.h"
#include "admin/zones/zone_update.h"
#include "quartet/admin/v1/zone.grpc.pb.h"

namespace quartet::admin {
namespace {

struct Arguments {
  std::string zone;
  ImportFileArguments file;
  std::string comment;
  std::string account;
  std::string delegation_set;
  bool wait = false;
  bool force = false;
  bool replace = false;
  bool deleted = false;
  std::string at;
  uint64_t if_revision = 0;
};

void PrintZone(const Session& session, const v1::Zone& zone) {
  if (session.PrintMessage(zone)) return;
  std::vector<std::pair<std::string, std::string>> fields = {
      {"Zone", zone.domain_name()},
      {"Id", LastPart(zone.name())},
      {"Revision", absl::StrCat(zone.revision())},
      {"Serial", absl::StrCat(zone.serial())},
      {"Record sets", absl::StrCat(zone.record_sets())},
      {"Created", FormatTime(zone.create_time())},
      {"Delegation set", OrNone(LastPart(zone.delegation_set()))},
      {"Comment", OrNone(zone.comment())}};
  if (zone.has_soa()) {
    const v1::Soa& soa = zone.soa();
    fields.push_back({"Hostmaster", soa.hostmaster()});
    fields.push_back({"SOA", absl::StrCat("refresh ", soa.refresh(), ", retry ", soa.retry(), ", expire ",
                                          soa.expire(), ", minimum ", soa.minimum(), ", TTL ", soa.ttl())});
    fields.push_back({"Apex NS TTL", absl::StrCat(zone.ns_ttl())});
  }
  PrintFields(fields);
  if (!zone.quarantined().empty()) {
    std::printf(
        "Quarantined: this controller's copy is damaged (%s). It takes no changes and is sent to no node; "
        "`quartet verify %s --repair` makes it right from a node.\n",
        zone.quarantined().c_str(), zone.domain_name().c_str());
  }
  PrintZoneNameservers(zone);
}

void PrintState(const v1::Change& change) {
  std::printf("Change %s is %s.\n", LastPart(change.name()).c_str(),
              change.state() == v1::Change::STATE_INSYNC ? "INSYNC" : "PENDING");
  if (change.has_safe_after_time()) std::printf("Safe after %s.\n", SafeAfterText(change).c_str());
}

std::string SetName(const Arguments& arguments) {
  return arguments.delegation_set.empty() ? "" : absl::StrCat("delegationSets/", arguments.delegation_set);
}

void CreateEmptyZone(Session& session, const Arguments& arguments) {
  v1::CreateZoneRequest request;
  request.set_domain_name(arguments.zone);
  request.set_account(arguments.account);
  request.set_comment(arguments.comment);
  request.set_delegation_set(SetName(arguments));
  request.set_request_id(Session::NewRequestId());
  auto response = Invoke<v1::CreateZoneResponse>(session, [&](auto* context, auto* out) {
    return v1::ZoneService::NewStub(session.channel())->CreateZone(context, request, out);
  });
  if (!session.json()) PrintZone(session, response.zone());
  if (arguments.wait) {
    *response.mutable_change() = WaitForChange(session, response.change().name(), 0);
  }
  if (session.PrintMessage(response)) return;
  PrintState(response.change());
}

void CreateZone(Session& session, const Arguments& arguments) {
  if (arguments.file.path.empty()) return CreateEmptyZone(session, arguments);
  v1::ImportStart start;
  start.mutable_new_zone()->set_domain_name(arguments.zone);
  start.mutable_new_zone()->set_account(arguments.account);
  start.mutable_new_zone()->set_comment(arguments.comment);
  start.mutable_new_zone()->set_delegation_set(SetName(arguments));
  v1::ImportResult result = ImportFile(session, std::move(start), arguments.file);
  if (!session.json()) PrintZone(session, result.zone());
  if (arguments.wait) *result.mutable_change() = WaitForChange(session, result.change().name(), 0);
  if (session.PrintMessage(result)) return;
  PrintState(result.change());
}

void ImportZone(Session& session, const Arguments& arguments) {
  if (arguments.replace && arguments.if_revision == 0 && !arguments.force) {
    session.Fail(
        kUsage,
        "--replace removes all record sets that the file does not have: say --if-revision N (as `quartet "
        "zone show` tells it), or --force");
  }
  v1::ImportStart start;
  start.set_zone(absl::StrCat("zones/", arguments.zone));
  start.set_mode(arguments.replace ? v1::IMPORT_MODE_REPLACE : v1::IMPORT_MODE_MERGE);
  start.set_if_revision(arguments.if_revision);
  start.set_force(arguments.force);
  for (const std::string& guard : arguments.file.allow) start.add_allow(guard);
  v1::ImportResult result = ImportFile(session, std::move(start), arguments.file);
  if (!session.json()) {
    std::printf("Imported into %s: %s added, %s changed, %s removed; %s record sets at revision %s.\n",
                result.zone().domain_name().c_str(), WithCommas(result.added()).c_str(),
                WithCommas(result.changed()).c_str(), WithCommas(result.removed()).c_str(),
                WithCommas(result.zone().record_sets()).c_str(),
                absl::StrCat(result.zone().revision()).c_str());
  }
  if (arguments.wait && result.has_change()) {
    *result.mutable_change() = WaitForChange(session, result.change().name(), 0);
  }
  if (session.PrintMessage(result)) return;
  if (result.has_change()) return PrintState(result.change());
  std::printf("The zone was so already: nothing was changed.\n");
}

void ListZones(Session& session) {
  v1::ListZonesResponse all;
  v1::ListZonesRequest request;
  request.set_page_size(1000);
  const auto stub = v1::ZoneService::NewStub(session.channel());
  do {
    const auto page = Invoke<v1::ListZonesResponse>(
        session, [&](auto* context, auto* out) { return stub->ListZones(context, request, out); });
    request.set_page_token(page.next_page_token());
    all.mutable_zones()->MergeFrom(page.zones());
  } while (!request.page_token().empty());
  if (session.PrintMessage(all)) return;
  Table table({"ZONE", "ID", "REVISION", "RECORD SETS", "NAMESERVERS"},
              {"SERIAL", "CREATED", "DELEGATION SET", "ACCOUNT", "COMMENT"}, session.wide());
  for (const v1::Zone& zone : all.zones()) {
    std::vector<std::string> names;
    for (const v1::ZoneNameserver& nameserver : zone.nameservers())
      names.push_back(LastPart(nameserver.nameserver()));
    table.Add({zone.domain_name(), LastPart(zone.name()), absl::StrCat(zone.revision()),
               absl::StrCat(zone.record_sets()), absl::StrJoin(names, " "), absl::StrCat(zone.serial()),
               FormatTime(zone.create_time()), OrNone(LastPart(zone.delegation_set())),
               OrNone(zone.account()), OrNone(zone.comment())});
  }
  table.Print("No zones yet: `quartet zone create example.com` makes one.");
}

void ShowZone(Session& session, const Arguments& arguments) {
  v1::GetZoneRequest request;
  request.set_name(absl::StrCat("zones/", arguments.zone));
  const auto zone = Invoke<v1::Zone>(session, [&](auto* context, auto* out) {
    return v1::ZoneService::NewStub(session.channel())->GetZone(context, request, out);
  });
  PrintZone(session, zone);
}

void DeleteZone(Session& session, const Arguments& arguments) {
  v1::DeleteZoneRequest request;
  request.set_name(absl::StrCat("zones/", arguments.zone));
  request.set_force(arguments.force);
  request.set_request_id(Session::NewRequestId());
  const auto change = Invoke<v1::Change>(session, [&](auto* context, auto* out) {
    return v1::ZoneService::NewStub(session.channel())->DeleteZone(context, request, out);
  });
  FinishChange(session, change, arguments.wait);
}

void AddImport(CLI::App& zone, Session& session, const std::shared_ptr<Arguments>& arguments) {
  CLI::App* import = zone.add_subcommand("import", "Fill a zone from a zone file of any size");
  import->footer(
      "A merge (the default) puts the record sets of the file in the place of those of their owner and type; "
      "all\n"
      "others stay. With --replace the zone has the record sets of the file and no others, and what the file "
      "does not\n"
      "have is removed. Either way SOA and apex NS stay as they are: those of the file are left out. The "
      "zone becomes\n"
      "what the file says all at once, or, if the file has any fault, not at all.\n\n"
      "A merge ends with nothing changed if somebody changes the zone meanwhile; so does --replace "
      "--if-revision. With\n"
      "--force, what was changed meanwhile is replaced too.\n\n"
      "Examples:\n"
      "  quartet zone import example.com hosts.zone --wait\n"
      "  quartet zone import example.com example.com.zone --replace --if-revision 12\n"
      "  zcat example.com.zone.gz | quartet zone import example.com - --replace --force --wait --timeout "
      "300");
  import->add_option("ZONE", arguments->zone, "Name or id")->required();
  import->add_option("FILE", arguments->file.path, "Zone file, YAML or JSON; - is standard input")
      ->required();
  AddImportOptions(*import, arguments->file);
  import->add_flag("--replace", arguments->replace, "Remove what the file does not have");
  import->add_option("--if-revision", arguments->if_revision, "Only if the zone is at this revision")
      ->check(CLI::PositiveNumber);
  import->add_flag("--force", arguments->force, "With --replace: at whatever revision");
  import->add_flag("--wait", arguments->wait, "Wait until all four nameservers serve it");
  import->callback([&session, arguments] { ImportZone(session, *arguments);
});
}  // namespace

}  // namespace quartet::admin

void AddZoneCommands(CLI::App& app, Session& session) {
  CLI::App* zone = app.add_subcommand("zone", "Hosted zones")->require_subcommand(1);
  auto arguments = std::make_shared<Arguments>();

  CLI::App* create = zone->add_subcommand("create", "Make a hosted zone on four nameservers");
  create->footer(
      "Examples:\n"
      "  quartet zone create example.com\n"
      "  quartet zone create example.com --file example.com.zone --wait\n\n"
      "SOA and apex NS of the file are left out: those are Quartet's. If the file has faults, all are shown "
      "and nothing "
      "is made.");
  create->add_option("NAME", arguments->zone, "Domain name")->required();
  create->add_option("--file", arguments->file.path,
                     "Zone file, YAML or JSON to fill it from; - is standard input");
  AddImportOptions(*create, arguments->file);
  create->add_option("--comment", arguments->comment, "What the zone is for");
  create->add_option("--account", arguments->account, "Account it belongs to");
  create->add_option("--delegation-set", arguments->delegation_set,
                     "The four nameservers of a reusable set; if not given, four are chosen");
  create->add_flag("--wait", arguments->wait, "Wait until all four nameservers serve it");
  create->callback([&session, arguments] { CreateZone(session, *arguments); });

  AddImport(*zone, session, arguments);
  AddZoneApply(*zone, session);
  AddZoneCreateMany(*zone, session);
  AddZoneDiff(*zone, session);
  AddZoneExport(*zone, session);
  AddZoneUpdate(*zone, session);

  CLI::App* list = zone->add_subcommand("list", "All zones, in order of their names");
  list->footer("Examples:\n  quartet zone list\n  quartet zone list --deleted");
  list->add_flag("--deleted", arguments->deleted, "Those that are deleted and can be undeleted");
  list->callback(
      [&session, arguments] { arguments->deleted ? ListDeletedZones(session) : ListZones(session); });

  CLI::App* show = zone->add_subcommand("show", "One zone and its nameservers");
  show->footer(
      "Examples:\n"
      "  quartet zone show example.com\n"
      "  quartet zone show example.com --at 12\n"
      "  quartet zone show example.com --at 2026-03-01T12:00:00Z\n"
      "  quartet zone show example.com --at 90m");
  show->add_option("ZONE", arguments->zone, "Name or id")->required();
  show->add_option("--at", arguments->at,
                   "Its record sets as they were: at a revision, a time, or so long ago");
  show->callback([&session, arguments] {
    arguments->at.empty() ? ShowZone(session, *arguments)
                          : ShowZoneAt(session, arguments->zone, arguments->at);
  });

  CLI::App* del = zone->add_subcommand("delete", "Delete a zone");
  del->footer("Example:\n  quartet zone delete example.com --force --wait");
  del->add_option("ZONE", arguments->zone, "Name or id")->required();
  del->add_flag("--force", arguments->force, "Even if it holds more than SOA and apex NS");
  del->add_flag("--wait", arguments->wait, "Wait until no nameserver answers for it");
  del->callback([&session, arguments] { DeleteZone(session, *arguments); });

  AddHistoryCommands(*zone, session);
}

}  // namespace quartet::admin
