#include "admin/zones/history_commands.h"

#include <google/protobuf/util/time_util.h>
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "admin/allow_option.h"
#include "admin/change_watch.h"
#include "admin/invoke.h"
#include "admin/output.h"
#include "admin/record_output.h"
#include "admin/revision_kind.h"
#include "quartet/admin/v1/history.grpc.pb.h"

namespace quartet::admin {
namespace {

using google::protobuf::util::TimeUtil;

struct Arguments {
  std::string zone;
  uint64_t limit = 100;
  bool diff = false;
  uint64_t to_revision = 0;
  uint64_t if_revision = 0;
  std::vector<std::string> allow;
  bool dry_run = false;
  bool wait = false;
};

std::string ZoneName(const std::string& zone) { return absl::StrCat("zones/", zone); }

// Makes a call that answers in parts, and hands each to `take`.
template <typename Part, typename Call, typename Take>
void ReadParts(Session& session, const Call& call, const Take& take) {
  grpc::ClientContext context;
  session.Prepare(context);
  const std::unique_ptr<grpc::ClientReader<Part>> reader = call(&context);
  Part part;
  while (reader->Read(&part)) take(part);
  session.Check(reader->Finish(), context);
}

// At most `limit`, the newest.
v1::ListZoneRevisionsResponse FetchLog(Session& session, const Arguments& arguments) {
  v1::ListZoneRevisionsResponse all;
  v1::ListZoneRevisionsRequest request;
  request.set_zone(ZoneName(arguments.zone));
  const auto stub = v1::HistoryService::NewStub(session.channel());
  uint64_t missing = arguments.limit;
  do {
    request.set_page_size(static_cast<int32_t>(std::min<uint64_t>(missing, 1000)));
    const auto page = Invoke<v1::ListZoneRevisionsResponse>(
        session, [&](auto* context, auto* out) { return stub->ListZoneRevisions(context, request, out); });
    request.set_page_token(page.next_page_token());
    missing -= std::min<uint64_t>(missing, static_cast<uint64_t>(page.revisions_size()));
    all.mutable_revisions()->MergeFrom(page.revisions());
    all.set_oldest_revision(page.oldest_revision());
    *all.mutable_oldest_time() = page.oldest_time();
  } while (missing > 0 && !request.page_token().empty());
  all.set_next_page_token(request.page_token());
  return all;
}

void PrintLog(const Session& session, const v1::ListZoneRevisionsResponse& log) {
  Table table({"REVISION", "TIME", "WHAT", "ADDED", "CHANGED", "REMOVED", "WHO"},
              {"SERIAL", "CHANGE", "REQUEST"}, session.wide());
  for (const v1::ZoneRevision& revision : log.revisions()) {
    table.Add({absl::StrCat(revision.revision()), FormatTime(revision.time()), KindText(revision.kind()),
               absl::StrCat(revision.added()), absl::StrCat(revision.changed()),
               absl::StrCat(revision.removed()), revision.principal(), absl::StrCat(revision.serial()),
               OrNone(LastPart(revision.change())), OrNone(revision.request_id())});
  }
  table.Print("No revisions.");
}

void PrintReach(const v1::ListZoneRevisionsResponse& log) {
  std::printf("The zone can be shown, and reverted to, as of revision %s (%s) and all later ones.%s\n",
              absl::StrCat(log.oldest_revision()).c_str(), FormatTime(log.oldest_time()).c_str(),
              log.next_page_token().empty() ? "" : " There are older ones than are listed: --limit.");
}

void PrintHeading(const v1::ZoneRevision& revision) {
  const std::string line = absl::StrCat("revision ", revision.revision(), ", ", FormatTime(revision.time()),
                                        ", ", KindText(revision.kind()), " by ", OrNone(revision.principal()),
                                        ", request ", OrNone(revision.request_id()));
  std::printf("%s\n", Coloured(Colour::kBold, Printable(line)).c_str());
}

// What one revision changed, part by part as it comes.
void ShowDifference(Session& session, const std::string& zone, const v1::ZoneRevision& revision) {
  v1::GetZoneRevisionRequest request;
  request.set_zone(ZoneName(zone));
  request.set_revision(revision.revision());
  const auto stub = v1::HistoryService::NewStub(session.channel());
  ReadParts<v1::ZoneRevisionPart>(
      session, [&](auto* context) { return stub->GetZoneRevision(context, request); },
      [&](const v1::ZoneRevisionPart& part) {
        if (session.PrintOneOfMany(part)) return;
        for (const v1::RecordSetEffect& effect : part.effects()) PrintEffect(effect);
      });
}

void ShowLog(Session& session, const Arguments& arguments) {
  const v1::ListZoneRevisionsResponse log = FetchLog(session, arguments);
  if (!arguments.diff) {
    if (session.PrintMessage(log)) return;
    PrintLog(session, log);
    return PrintReach(log);
  }
  for (const v1::ZoneRevision& revision : log.revisions()) {
    if (!session.json()) PrintHeading(revision);
    // What it replaced is not kept.
    const bool known = revision.revision() > log.oldest_revision() || revision.revision() == 1;
    if (known) ShowDifference(session, arguments.zone, revision);
  }
  if (!session.json()) PrintReach(log);
}

// False: it is no time.
bool ReadTime(const std::string& text, google::protobuf::Timestamp& time) {
  absl::Time at;
  absl::Duration ago;
  std::string error;
  if (absl::ParseDuration(text, &ago) && ago >= absl::ZeroDuration()) {
    at = absl::Now() - ago;
  } else if (!absl::ParseTime(absl::RFC3339_full, text, &at, &error) &&
             !absl::ParseTime("%Y-%m-%d %H:%M:%E*S%Ez", text, &at, &error) &&
             !absl::ParseTime("%Y-%m-%d", text, &at, &error)) {
    return false;
  }
  const int64_t seconds = absl::ToUnixSeconds(at);
  if (seconds < 0 || seconds > TimeUtil::kTimestampMaxSeconds) return false;
  time = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(at));
  return true;
}

void PreviewRevert(Session& session, const v1::RevertZoneRequest& request) {
  const auto stub = v1::HistoryService::NewStub(session.channel());
  uint64_t revision = 0;
  ReadParts<v1::RevertPreviewPart>(
      session, [&](auto* context) { return stub->PreviewRevert(context, request); },
      [&](const v1::RevertPreviewPart& part) {
        if (part.revision() != 0) revision = part.revision();
        if (session.PrintOneOfMany(part)) return;
        for (const v1::RecordSetEffect& effect : part.effects()) PrintEffect(effect);
      });
  if (session.json()) return;
  std::printf("Nothing was changed. This would make revision %s.\n", absl::StrCat(revision + 1).c_str());
}

void Revert(Session& session, const Arguments& arguments) {
  v1::RevertZoneRequest request;
  request.set_zone(ZoneName(arguments.zone));
  request.set_to_revision(arguments.to_revision);
  request.set_if_revision(arguments.if_revision);
  for (const std::string& guard : arguments.allow) request.add_allow(guard);
  if (arguments.dry_run) return PreviewRevert(session, request);
  request.set_request_id(Session::NewRequestId());
  const auto change = Invoke<v1::Change>(session, [&](auto* context, auto* out) {
    return v1::HistoryService::NewStub(session.channel())->RevertZone(context, request, out);
  });
  if (!change.name().empty()) return FinishChange(session, change, arguments.wait);
  if (!session.PrintMessage(change)) std::printf("The zone is so already: nothing was changed.\n");
}

void Undelete(Session& session, const Arguments& arguments) {
  v1::UndeleteZoneRequest request;
  request.set_zone(ZoneName(arguments.zone));
  request.set_request_id(Session::NewRequestId());
  const auto change = Invoke<v1::Change>(session, [&](auto* context, auto* out) {
    return v1::HistoryService::NewStub(session.channel())->UndeleteZone(context, request, out);
  });
  FinishChange(session, change, arguments.wait);
}

void AddLog(CLI::App& zone, Session& session) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* log = zone.add_subcommand("log", "Who changed a zone, when and how; the newest first");
  log->footer(
      "Examples:\n"
      "  quartet zone log example.com\n"
      "  quartet zone log example.com --diff --limit 5\n"
      "  quartet -o wide zone log example.com");
  log->add_option("ZONE", arguments->zone, "Name or id")->required();
  log->add_flag("--diff", arguments->diff, "What each revision changed, record by record");
  log->add_option("--limit", arguments->limit, "Revisions at most")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  log->callback([&session, arguments] { ShowLog(session, *arguments); });
}

void AddRevert(CLI::App& zone, Session& session) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* revert = zone.add_subcommand("revert", "Make a zone what it was at a revision");
  revert->footer(
      "That is a change as any other: a revision of its own, which can be reverted too. SOA and apex NS "
      "stay.\n\n"
      "Examples:\n"
      "  quartet zone revert example.com --to 12 --dry-run\n"
      "  quartet zone revert example.com --to 12 --wait\n"
      "  quartet zone revert example.com --to 12 --allow mass-deletion --timeout 300");
  revert->add_option("ZONE", arguments->zone, "Name or id")->required();
  revert->add_option("--to", arguments->to_revision, "The revision (`quartet zone log`)")
      ->required()
      ->check(CLI::PositiveNumber);
  revert->add_option("--if-revision", arguments->if_revision, "Only if the zone is at this revision")
      ->check(CLI::PositiveNumber);
  AddAllowOption(*revert, arguments->allow);
  revert->add_flag("--dry-run", arguments->dry_run, "Show what would change, and change nothing");
  revert->add_flag("--wait", arguments->wait, "Wait until all four nameservers serve it");
  revert->callback([&session, arguments] { Revert(session, *arguments); });
}

void AddUndelete(CLI::App& zone, Session& session) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* undelete =
      zone.add_subcommand("undelete", "Bring a deleted zone back, with its nameservers and record sets");
  undelete->footer(
      "`quartet zone list --deleted` lists those that can be brought back.\n\n"
      "Example:\n  quartet zone undelete example.com --wait");
  undelete->add_option("ZONE", arguments->zone, "Name, or id where several of that name are deleted")
      ->required();
  undelete->add_flag("--wait", arguments->wait, "Wait until all four nameservers serve it");
  undelete->callback([&session, arguments] { Undelete(session, *arguments); });
}

}  // namespace

void ShowZoneAt(Session& session, const std::string& zone, const std::string& at) {
  v1::ListRecordSetsAtRequest request;
  request.set_zone(ZoneName(zone));
  uint64_t revision = 0;
  if (absl::SimpleAtoi(at, &revision)) {
    request.set_revision(revision);
  } else if (!ReadTime(at, *request.mutable_time())) {
    session.Fail(kUsage, absl::StrCat("--at ", at,
                                      " is neither a revision (12) nor a time (2026-03-01T12:00:00Z), nor "
                                      "how long ago (90m)"));
  }
  v1::RecordSetsPart all;
  const auto stub = v1::HistoryService::NewStub(session.channel());
  ReadParts<v1::RecordSetsPart>(
      session, [&](auto* context) { return stub->ListRecordSetsAt(context, request); },
      [&](const v1::RecordSetsPart& part) { all.MergeFrom(part); });
  if (session.PrintMessage(all)) return;
  PrintFields({{"Revision", absl::StrCat(all.revision())}, {"Made", FormatTime(all.time())}});
  PrintRecordSets(all.record_sets(), session.wide());
}

void ListDeletedZones(Session& session) {
  v1::ListDeletedZonesResponse all;
  v1::ListDeletedZonesRequest request;
  request.set_page_size(1000);
  const auto stub = v1::HistoryService::NewStub(session.channel());
  do {
    const auto page = Invoke<v1::ListDeletedZonesResponse>(
        session, [&](auto* context, auto* out) { return stub->ListDeletedZones(context, request, out); });
    request.set_page_token(page.next_page_token());
    all.mutable_zones()->MergeFrom(page.zones());
  } while (!request.page_token().empty());
  if (session.PrintMessage(all)) return;
  Table table({"ZONE", "ID", "REVISION", "RECORD SETS", "DELETED", "NAMESERVERS"});
  for (const v1::Zone& zone : all.zones()) {
    const auto name = [](std::string* out, const v1::ZoneNameserver& nameserver) {
      out->append(LastPart(nameserver.nameserver()));
    };
    table.Add({zone.domain_name(), LastPart(zone.name()), absl::StrCat(zone.revision()),
               absl::StrCat(zone.record_sets()), FormatTime(zone.delete_time()),
               absl::StrJoin(zone.nameservers(), " ", name)});
  }
  table.Print("No zone is deleted that could be undeleted.");
}

void AddHistoryCommands(CLI::App& zone, Session& session) {
  AddLog(zone, session);
  AddRevert(zone, session);
  AddUndelete(zone, session);
}

}  // namespace quartet::admin
