#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "admin/allow_option.h"
#include "admin/batch_file.h"
#include "admin/change_watch.h"
#include "admin/commands.h"
#include "admin/input_file.h"
#include "admin/invoke.h"
#include "admin/output.h"
#include "admin/record_output.h"
#include "quartet/admin/v1/record_set.grpc.pb.h"
#include "quartet/admin/v1/zone.grpc.pb.h"

namespace quartet::admin {
namespace {

struct Arguments {
  std::string zone;
  std::string owner;
  std::string type;
  uint32_t ttl = 0;
  std::vector<std::string> values;
  std::string writer;
  std::string file;
  uint64_t if_revision = 0;
  std::string only_writer;
  std::vector<std::string> allow;
  bool dry_run = false;
  bool wait = false;
};

void PrintPreview(const Session& session, const v1::RecordSetPreview& preview) {
  if (session.PrintMessage(preview)) return;
  for (const v1::RecordSetEffect& effect : preview.effects()) PrintEffect(effect);
  std::printf("Nothing was changed. This would make revision %s.\n",
              absl::StrCat(preview.revision() + 1).c_str());
}

void ListRecordSets(Session& session, const Arguments& arguments) {
  v1::ListRecordSetsResponse all;
  v1::ListRecordSetsRequest request;
  request.set_parent(absl::StrCat("zones/", arguments.zone));
  request.set_owner(arguments.owner);
  request.set_type(arguments.type);
  request.set_page_size(1000);
  const auto stub = v1::RecordSetService::NewStub(session.channel());
  do {
    const auto page = Invoke<v1::ListRecordSetsResponse>(
        session, [&](auto* context, auto* out) { return stub->ListRecordSets(context, request, out); });
    request.set_page_token(page.next_page_token());
    all.set_revision(page.revision());
    all.mutable_record_sets()->MergeFrom(page.record_sets());
  } while (!request.page_token().empty());
  if (session.PrintMessage(all)) return;
  PrintRecordSets(all.record_sets(), session.wide());
}

// The conditions, and what comes back.
void MakeChanges(Session& session, const Arguments& arguments, v1::ChangeRecordSetsRequest request) {
  request.set_parent(absl::StrCat("zones/", arguments.zone));
  request.set_if_revision(arguments.if_revision);
  request.set_only_writer(arguments.only_writer);
  for (const std::string& guard : arguments.allow) request.add_allow(guard);
  const auto stub = v1::RecordSetService::NewStub(session.channel());
  if (arguments.dry_run) {
    const auto preview = Invoke<v1::RecordSetPreview>(
        session, [&](auto* context, auto* out) { return stub->PreviewRecordSets(context, request, out); });
    session.PrintWarnings(preview.warnings());
    return PrintPreview(session, preview);
  }
  request.set_request_id(Session::NewRequestId());
  const auto change = Invoke<v1::Change>(
      session, [&](auto* context, auto* out) { return stub->ChangeRecordSets(context, request, out); });
  session.PrintWarnings(change.warnings());
  FinishChange(session, change, arguments.wait);
}

void ChangeOne(Session& session, const Arguments& arguments, v1::RecordSetChange::Action action) {
  v1::ChangeRecordSetsRequest request;
  v1::RecordSetChange* one = request.add_changes();
  one->set_action(action);
  v1::RecordSet* set = one->mutable_record_set();
  set->set_owner(arguments.owner);
  set->set_type(arguments.type);
  set->set_ttl(arguments.ttl);
  set->set_writer(arguments.writer);
  for (const std::string& value : arguments.values) set->add_values(value);
  MakeChanges(session, arguments, std::move(request));
}

void MakeBatch(Session& session, const Arguments& arguments) {
  const std::string name = arguments.file == "-" ? "standard input" : arguments.file;
  const BatchFile batch = ParseBatch(ReadInput(session, arguments.file), name);
  session.CheckFaults(batch.faults);
  v1::GetZoneRequest get;
  get.set_name(absl::StrCat("zones/", arguments.zone));
  const auto zone = Invoke<v1::Zone>(session, [&](auto* context, auto* out) {
    return v1::ZoneService::NewStub(session.channel())->GetZone(context, get, out);
  });
  session.locate_fault = [&](v1::Fault& fault) { LocateFault(batch, name, zone.domain_name(), fault); };
  v1::ChangeRecordSetsRequest request;
  *request.mutable_changes() = batch.changes;
  MakeChanges(session, arguments, std::move(request));
}

void AddConditions(CLI::App& command, const std::shared_ptr<Arguments>& arguments) {
  command.add_option("--if-revision", arguments->if_revision,
                     "Only if the zone is at this revision (`quartet zone show`)");
  command.add_option("--only-writer", arguments->only_writer,
                     "Touch only what this writer maintains; what is made becomes its own");
  AddAllowOption(command, arguments->allow);
  command.add_flag("--dry-run", arguments->dry_run, "Show what would change, and change nothing");
}

}  // namespace

void AddRecordCommands(CLI::App& app, Session& session) {
  CLI::App* record = app.add_subcommand("record", "Record sets of a zone")->require_subcommand(1);
  auto arguments = std::make_shared<Arguments>();

  CLI::App* list = record->add_subcommand("list", "Record sets, in canonical order");
  list->footer(
      "Examples:\n  quartet record list example.com\n  quartet record list example.com --owner www --type A");
  list->add_option("ZONE", arguments->zone, "Name or id")->required();
  list->add_option("--owner", arguments->owner, "Only of this owner");
  list->add_option("--type", arguments->type, "Only of this type");
  list->callback([&session, arguments] { ListRecordSets(session, *arguments); });

  CLI::App* set = record->add_subcommand("set", "Make a record set, or replace it whole");
  set->footer(
      "A name without a final dot lies in the zone: `mail` is mail.example.com, `mail.example.net.` stands "
      "for itself.\n\n"
      "Examples:\n"
      "  quartet record set example.com www A 300 192.0.2.1 192.0.2.2 --wait\n"
      "  quartet record set example.com @ MX 3600 '10 mail' '20 mail.example.net.'\n"
      "  quartet record set example.com @ TXT 300 '\"v=spf1 -all\"'");
  set->add_option("ZONE", arguments->zone, "Name or id")->required();
  set->add_option("OWNER", arguments->owner, "Owner; @ is the zone itself")->required();
  set->add_option("TYPE", arguments->type, "A, AAAA, MX, …")->required();
  set->add_option("TTL", arguments->ttl, "Seconds")->required();
  set->add_option("VALUE", arguments->values, "Values in presentation format")->required();
  set->add_option("--writer", arguments->writer, "Who maintains it");
  AddConditions(*set, arguments);
  set->add_flag("--wait", arguments->wait, "Wait until all four nameservers serve it");
  set->callback(
      [&session, arguments] { ChangeOne(session, *arguments, v1::RecordSetChange::ACTION_UPSERT); });

  CLI::App* del = record->add_subcommand("delete", "Delete a record set");
  del->footer("Example:\n  quartet record delete example.com www A --wait");
  del->add_option("ZONE", arguments->zone, "Name or id")->required();
  del->add_option("OWNER", arguments->owner, "Owner; @ is the zone itself")->required();
  del->add_option("TYPE", arguments->type, "A, AAAA, MX, …")->required();
  AddConditions(*del, arguments);
  del->add_flag("--wait", arguments->wait, "Wait until no nameserver serves it");
  del->callback(
      [&session, arguments] { ChangeOne(session, *arguments, v1::RecordSetChange::ACTION_DELETE); });

  CLI::App* batch = record->add_subcommand("batch", "Make many changes of a zone at once, all or nothing");
  batch->footer(
      "FILE has a line for each value; lines of one owner and type are one record set:\n"
      "  # www moves, old goes\n"
      "  upsert www 300 A 192.0.2.1\n"
      "  upsert www 300 A 192.0.2.2\n"
      "  create @ 3600 MX 10 mail\n"
      "  delete old A\n\n"
      "create: must not exist; upsert: made or replaced whole; delete: must exist, and be so where TTL and "
      "values are "
      "given.\nAll faults are told with their lines, and then nothing was changed.\n\n"
      "Examples:\n"
      "  quartet record batch example.com changes.txt --dry-run\n"
      "  quartet record batch example.com changes.txt --if-revision 12 --wait\n"
      "  generate | quartet record batch example.com - --only-writer external-dns/cluster-a");
  batch->add_option("ZONE", arguments->zone, "Name or id")->required();
  batch->add_option("FILE", arguments->file, "File of changes; - is standard input")->required();
  AddConditions(*batch, arguments);
  batch->add_flag("--wait", arguments->wait, "Wait until all four nameservers serve it");
  batch->callback([&session, arguments] { MakeBatch(session, *arguments); });
}

}  // namespace quartet::admin
