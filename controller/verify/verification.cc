#include "controller/verify/verification.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/verify/all_zones_pass.h"
#include "controller/verify/own_repair.h"
#include "controller/verify/verify_messages.h"
#include "replication/base/log.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"

namespace quartet::controller {
namespace {

namespace layout = replication::layout;
using admin::v1::ZoneDifference;
using Kind = Judgement::Kind;

// Zones of one node that were looked at again in vain, after which it is taken for one that does not keep up.
constexpr int kNeverSettled = 3;
constexpr int kStayed = 3;
// Ids read at a time.
constexpr size_t kPage = 1024;
// A zone is in the controller and, mostly, in one node of each of its nameservers.
constexpr uint64_t kReplicasOfZone = 5;
constexpr std::chrono::milliseconds kProgressEvery(500);
constexpr std::chrono::seconds kRecomputeMost(300);
constexpr std::chrono::seconds kRecomputeSilence(60);

absl::Status NobodyListens() { return absl::CancelledError("nobody waits for it any more"); }

// A listener to what is asked for its effect only.
class Unheard : public NodeReports::Listener {
 public:
  absl::Status OnPart(const std::string&, const replication::v1::ReportPart&) override {
    return absl::OkStatus();
  }
  void OnEnd(const std::string&, const absl::Status& status) override { status_ = status; }
  const absl::Status& status() const { return status_; }

 private:
  absl::Status status_;
};

}  // namespace

absl::Status Verification::Run() {
  summary_.set_replicas(1 + context_.nodes.size());
  absl::Status status = zone_id_.empty() ? InspectAll() : InspectOne(zone_id_);
  if (status.ok() && repair_) status = RepairOwn();
  if (!status.ok()) return status;
  if (zone_id_.empty()) {
    status = AskAll();
  } else {
    std::vector<std::string>& all = again_[zone_id_];
    for (const auto& [node, nameserver] : context_.nodes) all.push_back(node);
  }
  for (auto again = again_.begin(); status.ok() && again != again_.end(); ++again)
    status = LookAt(again->first, again->second);
  return status.ok() ? TellSummary() : status;
}

absl::Status Verification::InspectAll() {
  progress_.set_total(context_.zones * kReplicasOfZone);
  const std::string prefix = layout::Zone("");
  std::vector<std::string> ids;
  do {
    std::unique_ptr<store::Iterator> it =
        context_.store.Scan(ids.empty() ? prefix : layout::Zone(ids.back()) + '\0', store::PrefixEnd(prefix));
    for (ids.clear(); it->Valid() && ids.size() < kPage; it->Next())
      ids.emplace_back(it->key().substr(prefix.size()));
    if (!it->status().ok()) return it->status();
    it.reset();
    for (const std::string& id : ids) {
      if (absl::Status status = InspectOne(id); !status.ok()) return status;
    }
  } while (!ids.empty());
  return absl::OkStatus();
}

absl::Status Verification::InspectOne(const std::string& zone_id) {
  const auto row = replication::FullView(context_.store).Zone(zone_id);
  // Nobody answers from a deleted one.
  if (row.ok() && (!row->has_value() || (*row)->state() == stored::v1::ZONE_STATE_DELETED))
    return absl::OkStatus();
  absl::StatusOr<ZoneInspection> inspection = InspectZone(
      context_.store, zone_id, [this] { return !context_.given_up(); }, context_.quarantine);
  if (absl::IsNotFound(inspection.status())) return absl::OkStatus();
  if (!inspection.ok()) return inspection.status();
  summary_.set_zones(summary_.zones() + 1);
  summary_.set_compared(summary_.compared() + 1);
  progress_.set_done(progress_.done() + 1);
  if (!inspection->fault.empty()) {
    summary_.set_different(summary_.different() + 1);
    damaged_.emplace(zone_id, *std::move(inspection));
    // Told by RepairOwn, with what came of it.
    if (!repair_) {
      admin::v1::VerifyResponse response;
      *response.mutable_difference() = OwnDifference(context_, damaged_.at(zone_id));
      if (absl::Status told = Tell(response); !told.ok()) return told;
    }
  }
  return TellProgress(false);
}

std::vector<std::string> Verification::NodesOf(const std::string& zone_id) const {
  std::vector<std::string> nodes;
  const std::unique_ptr<store::Reader> snapshot = context_.store.Snapshot();
  for (const auto& [node, nameserver] : context_.nodes) {
    const auto expected = ExpectedZone(*snapshot, zone_id, nameserver);
    if (expected.ok() && expected->has_value()) nodes.push_back(node);
  }
  return nodes;
}

absl::Status Verification::RepairOwn() {
  std::vector<std::string> repaired;
  for (const auto& [zone_id, inspection] : damaged_) {
    if (context_.given_up()) return NobodyListens();
    admin::v1::VerifyResponse response;
    ZoneDifference& difference = *response.mutable_difference();
    difference = OwnDifference(context_, inspection);
    const OwnRepair repair = RepairOwnZone(context_, zone_id, NodesOf(zone_id));
    AddOwnRepair(context_, zone_id, repair, difference);
    if (repair.status.ok()) repaired.push_back(zone_id);
    if (absl::Status told = Tell(response); !told.ok()) return told;
  }
  for (const std::string& zone_id : repaired) damaged_.erase(zone_id);
  return absl::OkStatus();
}

absl::Status Verification::AskAll() {
  AllZonesPass pass(
      context_,
      {.compared =
           [this] {
             summary_.set_compared(summary_.compared() + 1);
             progress_.set_done(progress_.done() + 1);
             return TellProgress(false);
           },
       .uncompared = [this](const std::string& zone_id, const std::string& node,
                            const std::string& reason) { return TellUncompared(zone_id, node, reason); },
       .damaged = [this](const std::string& zone_id, const std::string& node,
                         const ComparedZone& zone) { return Compared(zone_id, node, zone); }});
  absl::Status status = pass.Run(deep_);
  again_ = pass.TakeAgain();
  return status;
}

absl::Status Verification::LookAt(const std::string& zone_id, const std::vector<std::string>& nodes) {
  std::vector<std::string> asked;
  for (const std::string& node : nodes) {
    if (never_settled_[node] < kNeverSettled) {
      asked.push_back(node);
      continue;
    }
    absl::Status told = TellUncompared(zone_id, node, "the node does not keep up with the log");
    if (!told.ok()) return told;
  }
  // Where zones of a node stayed as they are however often they were asked for, one more need not be waited for.
  const bool patient = std::all_of(asked.begin(), asked.end(),
                                   [this](const std::string& node) { return stayed_[node] < kStayed; });
  for (const auto& [node, zone] : CompareZone(context_, zone_id, asked, patient ? kCompareTries : 1)) {
    if (zone.status.ok() && zone.judgement.moving) ++stayed_[node];
    absl::Status told = zone.status.ok() ? Compared(zone_id, node, zone)
                                         : TellUncompared(zone_id_.empty() ? zone_id : "", node,
                                                          std::string(zone.status.message()));
    if (!told.ok()) return told;
  }
  return context_.given_up() ? NobodyListens() : absl::OkStatus();
}

absl::Status Verification::Compared(const std::string& zone_id, const std::string& node,
                                    const ComparedZone& zone) {
  const Judgement& judgement = zone.judgement;
  if (judgement.kind == Kind::kUncompared) {
    ++never_settled_[node];
    return TellUncompared(zone_id, node, judgement.reason);
  }
  // Neither should it have the zone, nor has it.
  if (judgement.kind == Kind::kSame && !zone.report.has_value()) return absl::OkStatus();
  summary_.set_compared(summary_.compared() + 1);
  progress_.set_done(progress_.done() + 1);
  return judgement.kind == Kind::kSame ? TellProgress(false) : TellDifference(zone_id, node, zone);
}

absl::Status Verification::TellDifference(const std::string& zone_id, const std::string& node,
                                          const ComparedZone& zone) {
  summary_.set_different(summary_.different() + 1);
  admin::v1::VerifyResponse response;
  ZoneDifference& difference = *response.mutable_difference();
  difference = NodeDifference(context_, zone_id, node, zone, damaged_.count(zone_id) > 0);
  if (repair_) Repair(zone_id, node, zone, difference);
  return Tell(response);
}

void Verification::Repair(const std::string& zone_id, const std::string& node, const ComparedZone& zone,
                          ZoneDifference& difference) {
  absl::Status status;
  if (damaged_.count(zone_id) > 0) {
    status =
        absl::FailedPreconditionError("this controller's own copy is damaged, and nothing of it is sent");
  } else if (zone.judgement.kind == Kind::kDamaged) {
    // It looks for itself, and fetches what it finds damaged.
    Unheard unheard;
    context_.reports.Collect({.zone_id = zone_id, .depth = replication::v1::DEPTH_RECOMPUTED}, {node},
                             context_.Patience(kRecomputeMost, kRecomputeSilence), unheard);
    status = unheard.status();
  } else if (zone.judgement.kind != Kind::kDiffers) {
    status = absl::FailedPreconditionError(
        "a node fetches by itself only what it knows to be its own: stop it, empty its directory and start "
        "it; it is "
        "then filled anew");
  } else if (!zone.report->behind().empty()) {
    status = absl::FailedPreconditionError(absl::StrCat(
        "the node knows, and waits: `quartet node allow-repair ", node, " ", zone_id, "` lets it go on"));
  } else {
    replication::v1::CompareZones compare;
    compare.set_epoch(context_.epoch);
    *compare.add_zones() = *zone.expected;
    status = context_.requests.CompareZones(node, compare);
  }
  difference.set_repair(status.ok() ? ZoneDifference::REPAIR_ASKED : ZoneDifference::REPAIR_REFUSED);
  if (!status.ok()) difference.set_repair_problem(std::string(status.message()));
  if (status.ok()) LogWarning("node {} is told to repair zone {}", node, zone_id);
}

absl::Status Verification::TellUncompared(const std::string& zone_id, const std::string& node,
                                          const std::string& reason) {
  if (zone_id.empty()) {
    summary_.set_unreachable(summary_.unreachable() + 1);
  } else {
    summary_.set_uncompared(summary_.uncompared() + 1);
  }
  admin::v1::VerifyResponse response;
  admin::v1::UncomparedZone& uncompared = *response.mutable_uncompared();
  if (!zone_id.empty()) {
    uncompared.set_zone(absl::StrCat("zones/", zone_id));
    uncompared.set_domain_name(ZoneName(context_.store, zone_id));
  }
  uncompared.set_replica(absl::StrCat("nodes/", node));
  uncompared.set_reason(reason);
  return Tell(response);
}

absl::Status Verification::Tell(const admin::v1::VerifyResponse& response) {
  return context_.tell(response) ? absl::OkStatus() : NobodyListens();
}

absl::Status Verification::TellProgress(bool now) {
  const NodeReports::Steady::time_point at = NodeReports::Steady::now();
  if (!now && at - progress_told_ < kProgressEvery) return absl::OkStatus();
  progress_told_ = at;
  admin::v1::VerifyResponse response;
  *response.mutable_progress() = progress_;
  return Tell(response);
}

absl::Status Verification::TellSummary() {
  progress_.set_total(progress_.done());
  if (absl::Status told = TellProgress(true); !told.ok()) return told;
  admin::v1::VerifyResponse response;
  *response.mutable_summary() = summary_;
  return Tell(response);
}

}  // namespace quartet::controller
