#include "controller/verify/zone_comparison.h"

#include <chrono>
#include <thread>
#include <utility>

#include "replication/replica/zone_on_disk.h"

namespace quartet::controller {
namespace {

using replication::v1::ReportPart;
using replication::v1::ZoneReport;

// For one zone of a million record sets it is a matter of seconds.
constexpr std::chrono::seconds kMost(300);
constexpr std::chrono::seconds kSilence(30);

absl::Status Moved() { return absl::AbortedError("the zone moved on meanwhile"); }

// The reports of all nodes that are asked, once.
class Listener : public NodeReports::Listener {
 public:
  Listener(const VerifyContext& context, std::string zone_id)
      : context_(context), zone_id_(std::move(zone_id)) {}

  absl::Status OnPart(const std::string& node, const ReportPart& part) override {
    One& one = nodes_[node];
    if (absl::Status status = CheckPage(context_, part); !status.ok()) return status;
    for (const ZoneReport& zone : part.zones()) {
      if (absl::Status status = Take(one, zone); !status.ok()) return status;
    }
    for (const auto& record : part.records()) {
      if (one.comparison == nullptr) return absl::InvalidArgumentError("record sets of no zone");
      if (absl::Status status = one.comparison->Take(record); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  void OnEnd(const std::string& node, const absl::Status& status) override {
    One& one = nodes_[node];
    one.zone.status = status;
    if (status.ok() && one.comparison != nullptr) one.zone.status = one.comparison->Finish();
    Conclude(node, one);
    result_.emplace(node, std::move(one.zone));
    nodes_.erase(node);
  }

  std::map<std::string, ComparedZone> TakeResult() { return std::move(result_); }

 private:
  struct One {
    ComparedZone zone;
    // Of the controller, as soon as the node has begun to tell.
    std::unique_ptr<store::Reader> snapshot;
    std::unique_ptr<RecordSetComparison> comparison;
    bool moved = false;
  };

  // Comes once a page: the zone must be the same in all of them.
  absl::Status Take(One& one, const ZoneReport& zone) {
    if (one.zone.report.has_value()) {
      const ZoneReport& first = *one.zone.report;
      one.moved = first.revision() != zone.revision() || first.digest() != zone.digest();
      return one.moved ? Moved() : absl::OkStatus();
    }
    one.zone.report = zone;
    one.snapshot = context_.store.Snapshot();
    replication::ZoneOnDisk own;
    own.zone_id = zone_id_;
    const absl::Status read = replication::ReadControllerZoneOnDisk(*one.snapshot, own);
    // What can't be compared to the record set may still be judged.
    if (!read.ok() || own.generation == 0)
      return absl::AbortedError("the controller has no such zone to compare with");
    one.moved = own.revision != zone.revision() || zone.epoch() != context_.epoch;
    if (one.moved) return Moved();
    one.comparison =
        std::make_unique<RecordSetComparison>(*one.snapshot, own, RecordSetComparison::Options());
    return absl::OkStatus();
  }

  void Conclude(const std::string& node, One& one) {
    ComparedZone& zone = one.zone;
    const auto nameserver = context_.nodes.find(node);
    const std::unique_ptr<store::Reader> now = context_.store.Snapshot();
    const store::Reader& reader = one.snapshot != nullptr ? *one.snapshot : *now;
    const auto expected =
        ExpectedZone(reader, zone_id_, nameserver == context_.nodes.end() ? "" : nameserver->second);
    if (!expected.ok()) {
      zone.status = expected.status();
      return;
    }
    zone.expected = *expected;
    if (zone.report.has_value() && one.comparison != nullptr && zone.status.ok()) {
      zone.report->set_recomputed_digest(one.comparison->digest().ToBytes());
      zone.record_sets = one.comparison->differences();
      zone.record_sets_total = one.comparison->total();
    }
    // A report that was broken off because the zone is at another revision, or not here, says enough.
    if (zone.status.ok() || one.moved || (zone.report.has_value() && !zone.expected.has_value())) {
      zone.status = absl::OkStatus();
      zone.judgement =
          Judge(zone.expected, context_.epoch, zone.report.has_value() ? &*zone.report : nullptr);
      if (one.moved && zone.judgement.kind == Judgement::Kind::kSame)
        zone.judgement = {Judgement::Kind::kUncompared, "the zone moved on meanwhile", true};
    }
  }

  const VerifyContext& context_;
  const std::string zone_id_;
  std::map<std::string, One> nodes_;
  std::map<std::string, ComparedZone> result_;
};

}  // namespace

std::map<std::string, ComparedZone> CompareZone(const VerifyContext& context, const std::string& zone_id,
                                                const std::vector<std::string>& nodes, int tries) {
  std::map<std::string, ComparedZone> compared;
  std::vector<std::string> asked = nodes;
  for (int i = 0; !asked.empty() && i < tries && !context.given_up(); ++i) {
    if (i > 0) std::this_thread::sleep_for(context.pause);
    Listener listener(context, zone_id);
    context.reports.Collect({.zone_id = zone_id, .depth = replication::v1::DEPTH_RECORDS}, asked,
                            context.Patience(kMost, kSilence), listener);
    asked.clear();
    for (auto& [node, zone] : listener.TakeResult()) {
      if (zone.status.ok() && zone.judgement.moving) asked.push_back(node);
      compared[node] = std::move(zone);
    }
  }
  return compared;
}

}  // namespace quartet::controller
