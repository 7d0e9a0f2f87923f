#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "admin/change_watch.h"
#include "admin/commands.h"
#include "admin/invoke.h"
#include "admin/output.h"
#include "quartet/admin/v1/record_set.grpc.pb.h"

namespace quartet::admin {
namespace {

struct Arguments {
  std::string zone;
  std::string owner;
  std::string type;
  uint32_t ttl = 0;
  std::vector<std::string> values;
  std::string writer;
  bool wait = false;
};

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
  if (session.json()) return PrintJson(all);
  Table table({"OWNER", "TTL", "TYPE", "VALUE"});
  for (const v1::RecordSet& set : all.record_sets()) {
    for (int i = 0; i < set.values_size(); ++i) {
      const bool first = i == 0;
      table.Add({first ? set.owner() : "", first ? absl::StrCat(set.ttl()) : "-", first ? set.type() : "",
                 set.values(i)});
    }
  }
  table.Print("No such record sets.");
}

void ChangeOne(Session& session, const Arguments& arguments, v1::RecordSetChange::Action action) {
  v1::ChangeRecordSetsRequest request;
  request.set_parent(absl::StrCat("zones/", arguments.zone));
  request.set_request_id(Session::NewRequestId());
  v1::RecordSetChange* one = request.add_changes();
  one->set_action(action);
  v1::RecordSet* set = one->mutable_record_set();
  set->set_owner(arguments.owner);
  set->set_type(arguments.type);
  set->set_ttl(arguments.ttl);
  set->set_writer(arguments.writer);
  for (const std::string& value : arguments.values) set->add_values(value);
  const auto change = Invoke<v1::Change>(session, [&](auto* context, auto* out) {
    return v1::RecordSetService::NewStub(session.channel())->ChangeRecordSets(context, request, out);
  });
  FinishChange(session, change, arguments.wait);
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
  set->add_flag("--wait", arguments->wait, "Wait until all four nameservers serve it");
  set->callback(
      [&session, arguments] { ChangeOne(session, *arguments, v1::RecordSetChange::ACTION_UPSERT); });

  CLI::App* del = record->add_subcommand("delete", "Delete a record set");
  del->footer("Example:\n  quartet record delete example.com www A --wait");
  del->add_option("ZONE", arguments->zone, "Name or id")->required();
  del->add_option("OWNER", arguments->owner, "Owner; @ is the zone itself")->required();
  del->add_option("TYPE", arguments->type, "A, AAAA, MX, …")->required();
  del->add_flag("--wait", arguments->wait, "Wait until no nameserver serves it");
  del->callback(
      [&session, arguments] { ChangeOne(session, *arguments, v1::RecordSetChange::ACTION_DELETE); });
}

}  // namespace quartet::admin
