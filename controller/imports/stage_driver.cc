#include "controller/imports/stage_driver.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "replication/base/log.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

Proposal ChunkProposal(const Proposal& caller, const std::string& zone_id, size_t bytes, PlanFn plan) {
  Proposal proposal;
  proposal.account = caller.account;
  proposal.principal = caller.principal;
  proposal.zone_id = zone_id;
  proposal.bytes = bytes;
  proposal.plan = std::move(plan);
  return proposal;
}

absl::Status ProposeAbort(ImportHost& host, const OpenedStage& stage, const std::string& reason) {
  Proposal proposal;
  proposal.zone_id = stage.zone_id;
  proposal.plan = [stage, reason](const PlanContext& context) { return PlanAbort(context, stage, reason); };
  return ProposeAndWait(host, std::move(proposal)).status();
}

}  // namespace

// Chunks that were proposed and have not ended. Outlives the driver where a callback does.
struct StageDriver::InFlight {
  std::mutex mutex;
  std::condition_variable ended;
  size_t count = 0;
  // The first that failed; those behind it fail too.
  absl::Status failed;
  // Of the chunks that are committed, in order.
  std::vector<uint64_t> indexes;

  void End(const absl::StatusOr<Outcome>& outcome) {
    const std::lock_guard<std::mutex> lock(mutex);
    --count;
    if (outcome.ok()) {
      indexes.push_back(outcome->position.index);
    } else if (failed.ok()) {
      failed = outcome.status();
    }
    ended.notify_one();
  }
  absl::Status WaitForLess(size_t limit) {
    std::unique_lock<std::mutex> lock(mutex);
    ended.wait(lock, [&] { return count < limit; });
    return failed;
  }
};

StageDriver::StageDriver(ImportHost& host, const ImportTarget& target, const Proposal& caller,
                         const StageOptions& options)
    : host_(host),
      target_(target),
      caller_(caller),
      options_(options),
      usage_([&host](const std::string& nameserver) { return host.ZonesOf(nameserver); }),
      founded_(std::make_shared<std::optional<FoundedZone>>()),
      in_flight_(std::make_shared<InFlight>()) {}

StageDriver::~StageDriver() { Abort("the import has ended early"); }

absl::Status StageDriver::Fill(ZoneMerge& merge, uint64_t total, Pulse& pulse) {
  replication::RecordPuts puts;
  size_t bytes = 0;
  uint64_t sent = 0;
  absl::StatusOr<bool> more = merge.Next();
  for (; more.ok() && *more; more = merge.Next()) {
    const MergedSet& set = merge.set();
    if (set.what == MergedSet::What::kOwn || set.what == MergedSet::What::kRemoved) continue;
    const size_t size = set.key.size() + set.served.size() + set.control.size();
    if (!puts.empty() && bytes + size > options_.chunk_bytes) {
      sent += static_cast<uint64_t>(puts.size());
      if (absl::Status status = Send(std::exchange(puts, {}), bytes, pulse); !status.ok()) return status;
      bytes = 0;
    }
    stored::v1::RecordPut& put = *puts.Add();
    put.set_key(std::string(set.key));
    put.set_served(std::string(set.served));
    put.set_control(std::string(set.control));
    bytes += size;
    absl::Status status = pulse.Beat(admin::v1::ImportProgress::PHASE_STAGING, sent, total);
    if (!status.ok()) return status;
  }
  if (!more.ok()) return more.status();
  // A zone without record sets has a chunk too: it names the stage.
  if (!puts.empty() || !stage_.has_value()) {
    if (absl::Status status = Send(std::move(puts), bytes, pulse); !status.ok()) return status;
  }
  return in_flight_->WaitForLess(1);
}

// The chunks behind the first one name its place in the log, so that they wait for it.
absl::Status StageDriver::Open(replication::RecordPuts puts, size_t bytes) {
  auto moved = std::make_shared<replication::RecordPuts>(std::move(puts));
  auto zone_id = std::make_shared<std::string>();
  auto nameservers = std::make_shared<std::vector<std::string>>();
  Proposal proposal = ChunkProposal(caller_, target_.zone_id, bytes,
                                    [target = target_, usage = usage_, founded = founded_, moved, zone_id,
                                     nameservers](const PlanContext& context) {
                                      absl::StatusOr<Plan> plan =
                                          PlanFirstChunk(context, target, std::move(*moved), usage, *founded);
                                      if (!plan.ok()) return plan;
                                      *zone_id = plan->entry.effects(0).stage().zone_id();
                                      const auto& targets = plan->entry.header().targets();
                                      nameservers->assign(targets.begin(), targets.end());
                                      return plan;
                                    });
  const absl::StatusOr<Outcome> outcome = ProposeAndWait(host_, std::move(proposal));
  if (!outcome.ok()) return outcome.status();
  stage_ = OpenedStage{*zone_id, outcome->position.index, 1};
  in_flight_->indexes.push_back(outcome->position.index);
  pace_ = std::make_unique<NodePace>(host_, *nameservers, options_.patience);
  return absl::OkStatus();
}

absl::Status StageDriver::Send(replication::RecordPuts puts, size_t bytes, Pulse& pulse) {
  if (!stage_.has_value()) return Open(std::move(puts), bytes);
  if (absl::Status status = in_flight_->WaitForLess(options_.in_flight); !status.ok()) return status;
  if (stage_->chunks > options_.ahead) {
    uint64_t index = 0;
    {
      const std::lock_guard<std::mutex> lock(in_flight_->mutex);
      const size_t committed = in_flight_->indexes.size();
      index = in_flight_->indexes[std::min<size_t>(stage_->chunks - options_.ahead, committed) - 1];
    }
    if (absl::Status status = pace_->WaitFor(index, pulse); !status.ok()) return status;
  }
  auto moved = std::make_shared<replication::RecordPuts>(std::move(puts));
  Proposal proposal = ChunkProposal(caller_, stage_->zone_id, bytes,
                                    [target = target_, stage = *stage_, moved](const PlanContext& context) {
                                      return PlanChunk(context, target, stage, std::move(*moved));
                                    });
  ++stage_->chunks;
  {
    const std::lock_guard<std::mutex> lock(in_flight_->mutex);
    ++in_flight_->count;
  }
  host_.ProposeAsync(std::move(proposal), [in_flight = in_flight_](const absl::StatusOr<Outcome>& outcome) {
    in_flight->End(outcome);
  });
  return absl::OkStatus();
}

absl::StatusOr<Outcome> StageDriver::Flip(Proposal flip) {
  flip.zone_id = stage_->zone_id;
  flip.plan = [target = target_, stage = *stage_, founded = founded_](const PlanContext& context) {
    return PlanFlip(context, target, stage, *founded);
  };
  absl::StatusOr<Outcome> outcome = ProposeAndWait(host_, std::move(flip));
  if (outcome.ok() && !outcome->duplicate) stage_.reset();
  return outcome;
}

void StageDriver::Abort(const std::string& reason) {
  in_flight_->WaitForLess(1).IgnoreError();
  if (!stage_.has_value()) return;
  const absl::Status status = ProposeAbort(host_, *stage_, reason);
  if (!status.ok()) {
    LogWarning("the stage of an import into {} is left open: {}", stage_->zone_id,
               std::string(status.message()));
  }
  stage_.reset();
}

absl::Status AbortLeftOpen(ImportHost& host) {
  absl::StatusOr<std::vector<stored::v1::StageRow>> stages = replication::FullView(host.replica()).Stages();
  if (!stages.ok()) return stages.status();
  for (const stored::v1::StageRow& row : *stages) {
    absl::Status status =
        ProposeAbort(host, {row.zone_id(), row.stage(), row.chunks()}, "its import ended without it");
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace quartet::controller
