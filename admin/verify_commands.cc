#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "admin/commands.h"
#include "admin/output.h"
#include "admin/progress_line.h"
#include "quartet/admin/v1/verify.grpc.pb.h"

namespace quartet::admin {
namespace {

struct Arguments {
  std::string zone;
  bool deep = false;
  bool repair = false;
};

std::string KindText(v1::ZoneDifference::Kind kind) {
  switch (kind) {
    case v1::ZoneDifference::KIND_DIFFERS:
      return "differs";
    case v1::ZoneDifference::KIND_DAMAGED:
      return "damaged";
    case v1::ZoneDifference::KIND_MISSING:
      return "missing";
    case v1::ZoneDifference::KIND_EXTRA:
      return "extra";
    default:
      return "-";
  }
}

std::string KindText(v1::RecordSetDifference::Kind kind) {
  switch (kind) {
    case v1::RecordSetDifference::KIND_MISSING:
      return "missing there";
    case v1::RecordSetDifference::KIND_EXTRA:
      return "only there";
    default:
      return "other values or TTL";
  }
}

std::string RepairText(const v1::ZoneDifference& difference) {
  switch (difference.repair()) {
    case v1::ZoneDifference::REPAIR_ASKED:
      return "the node was told, and fetches the zone anew";
    case v1::ZoneDifference::REPAIR_DONE:
      return absl::StrCat("repaired from ", LastPart(difference.repair_source()));
    case v1::ZoneDifference::REPAIR_REFUSED:
      return absl::StrCat("not repaired: ", difference.repair_problem());
    default:
      return "";
  }
}

void PrintDifference(const v1::ZoneDifference& difference) {
  std::printf("%s (%s) in %s: %s at revision %llu: %s\n", difference.domain_name().c_str(),
              LastPart(difference.zone()).c_str(), difference.replica().c_str(),
              KindText(difference.kind()).c_str(), static_cast<unsigned long long>(difference.revision()),
              difference.reason().c_str());
  for (const v1::RecordSetDifference& record : difference.record_sets()) {
    std::printf("  %s %s: %s\n", record.owner().c_str(), record.type().c_str(),
                KindText(record.kind()).c_str());
  }
  if (difference.record_sets_total() > static_cast<uint64_t>(difference.record_sets_size())) {
    std::printf("  and %llu more\n", static_cast<unsigned long long>(difference.record_sets_total() -
                                                                     difference.record_sets_size()));
  }
  if (!difference.record_sets_problem().empty())
    std::printf("  %s\n", difference.record_sets_problem().c_str());
  const std::string repair = RepairText(difference);
  if (!repair.empty()) std::printf("  %s\n", repair.c_str());
}

void PrintUncompared(const v1::UncomparedZone& zone) {
  const std::string what =
      zone.zone().empty() ? "" : absl::StrCat(zone.domain_name(), " (", LastPart(zone.zone()), ") in ");
  std::printf("%s%s: not compared: %s\n", what.c_str(), zone.replica().c_str(), zone.reason().c_str());
}

void PrintSummary(const v1::VerifySummary& summary) {
  std::printf("%s in %s: %llu compared, %llu differ, %llu not compared",
              Count(summary.zones(), "zone").c_str(), Count(summary.replicas(), "replica").c_str(),
              static_cast<unsigned long long>(summary.compared()),
              static_cast<unsigned long long>(summary.different()),
              static_cast<unsigned long long>(summary.uncompared()));
  if (summary.unreachable() > 0)
    std::printf(", %s not reached", Count(summary.unreachable(), "node").c_str());
  std::printf("\n");
}

std::string Words(const v1::VerifyProgress& progress) {
  return absl::StrCat(WithCommas(progress.done()), " of about ", WithCommas(progress.total()),
                      " zones in all replicas compared");
}

void Verify(Session& session, const Arguments& arguments) {
  v1::VerifyRequest request;
  if (!arguments.zone.empty()) request.set_zone(absl::StrCat("zones/", arguments.zone));
  request.set_deep(arguments.deep);
  request.set_repair(arguments.repair);
  // Without a deadline: it tells how far it is, and ends with whoever reads that.
  grpc::ClientContext context;
  const auto stub = v1::VerifyService::NewStub(session.channel());
  const auto reader = stub->Verify(&context, request);
  v1::VerifyResponse response;
  v1::VerifySummary summary;
  ProgressLine line;
  while (reader->Read(&response)) {
    if (response.has_summary()) summary = response.summary();
    if (response.has_progress()) {
      line.Show(Words(response.progress()));
      continue;
    }
    line.Clear();
    if (session.PrintOneOfMany(response)) continue;
    if (response.has_difference()) {
      PrintDifference(response.difference());
    } else if (response.has_uncompared()) {
      PrintUncompared(response.uncompared());
    } else {
      PrintSummary(response.summary());
    }
  }
  line.Clear();
  session.Check(reader->Finish(), context);
  if (summary.different() > 0) throw Exit{kRefused};
}

}  // namespace

void AddVerifyCommands(CLI::App& app, Session& session) {
  CLI::App* verify = app.add_subcommand("verify", "Compare all replicas, now");
  auto arguments = std::make_shared<Arguments>();
  verify->footer(
      "Examples:\n"
      "  quartet verify                        # all zones: the controller's from its disk, nodes by their "
      "rows\n"
      "  quartet verify --deep                 # nodes read all their zones from their disks too\n"
      "  quartet verify example.com            # one zone, everywhere, to the record set\n"
      "  quartet verify example.com --repair   # and have what differs made right\n\n"
      "Exit status 1: something differs. What could not be compared (a node that is away, a zone that is "
      "BEHIND) is "
      "shown, and is\nno difference.");
  verify->add_option("ZONE", arguments->zone, "Name or id; all zones if not given");
  verify->add_flag("--deep", arguments->deep, "Nodes read their zones back from their disks");
  verify->add_flag(
      "--repair", arguments->repair,
      "Nodes that differ fetch the zone anew, within their limits; the controller takes what it holds "
      "damaged from a node");
  verify->callback([&session, arguments] { Verify(session, *arguments); });
}

}  // namespace quartet::admin
