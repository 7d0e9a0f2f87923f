#include "controller/imports/stage_driver.h"

#include <chrono>
#include <condition_variable>
#include <deque>
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

absl::Status ProposeAbort(Host& host, const OpenedStage& stage, const std::string& reason) {
  Proposal proposal;
  proposal.zone_id = stage.zone_id;
  proposal.plan = [stage, reason](const PlanContext& context) { return PlanAbort(context, stage, reason); };
  return ProposeAndWait(host, std::move(proposal)).status();
}

// Stages that were left open by imports of this term. To be called while no other stage is being filled.
absl::Status AbortLeftOpen(Host& host) {
  absl::StatusOr<std::vector<stored::v1::StageRow>> stages = replication::FullView(host.replica()).Stages();
  if (!stages.ok()) return stages.status();
  for (const stored::v1::StageRow& row : *stages) {
    absl::Status status =
        ProposeAbort(host, {row.zone_id(), row.stage(), row.chunks()}, "its import ended without it");
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

// The chunk that was proposed last, and those that are committed. Outlives the driver where a callback does.
struct StageDriver::InFlight {
  struct Committed {
    uint64_t index;
    std::chrono::steady_clock::time_point time;
  };

  std::mutex mutex;
  std::condition_variable ended;
  bool under_way = false;
  // The first failure; what comes behind it fails too.
  absl::Status failed;
  // Not known to be acknowledged by all; in order.
  std::deque<Committed> committed;

  void End(const absl::StatusOr<Outcome>& outcome) {
    const std::lock_guard<std::mutex> lock(mutex);
    under_way = false;
    if (outcome.ok()) {
      committed.push_back({outcome->position.index, std::chrono::steady_clock::now()});
    } else if (failed.ok()) {
      failed = outcome.status();
    }
    ended.notify_one();
  }
  absl::Status Wait() {
    std::unique_lock<std::mutex> lock(mutex);
    ended.wait(lock, [&] { return !under_way; });
    return failed;
  }
};

StageDriver::StageDriver(Host& host, const ImportTarget& target, const Proposal& caller,
                         const StageOptions& options)
    : host_(host),
      target_(target),
      caller_(caller),
      options_(options),
      usage_([&host](const std::string& nameserver) { return host.ZonesOf(nameserver); }),
      founded_(std::make_shared<std::optional<FoundedZone>>()),
      window_(options.window),
      in_flight_(std::make_shared<InFlight>()) {}

StageDriver::~StageDriver() { Abort("the import has ended early"); }

absl::Status StageDriver::Fill(MergedSets& merge, uint64_t total, Pulse& pulse) {
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
  return in_flight_->Wait();
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
  in_flight_->End(outcome);
  pace_ = std::make_unique<NodePace>(host_, *nameservers, options_.patience);
  return absl::OkStatus();
}

// Until they are no more chunks behind than the window allows. None is under way.
absl::Status StageDriver::WaitForNodes(Pulse& pulse) {
  std::deque<InFlight::Committed>& behind = in_flight_->committed;
  while (behind.size() >= window_.chunks()) {
    if (absl::Status status = pace_->WaitFor(behind.front().index, pulse); !status.ok()) return status;
    window_.Acknowledged(std::chrono::steady_clock::now() - behind.front().time);
    behind.pop_front();
  }
  return absl::OkStatus();
}

absl::Status StageDriver::Send(replication::RecordPuts puts, size_t bytes, Pulse& pulse) {
  if (!stage_.has_value()) return Open(std::move(puts), bytes);
  if (absl::Status status = in_flight_->Wait(); !status.ok()) return status;
  if (absl::Status status = WaitForNodes(pulse); !status.ok()) return status;
  auto moved = std::make_shared<replication::RecordPuts>(std::move(puts));
  Proposal proposal = ChunkProposal(caller_, stage_->zone_id, bytes,
                                    [target = target_, stage = *stage_, moved](const PlanContext& context) {
                                      return PlanChunk(context, target, stage, std::move(*moved));
                                    });
  ++stage_->chunks;
  in_flight_->under_way = true;
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
  in_flight_->Wait().IgnoreError();
  if (!stage_.has_value()) return;
  const absl::Status status = ProposeAbort(host_, *stage_, reason);
  if (!status.ok()) {
    LogWarning("the stage of an import into {} is left open: {}", stage_->zone_id,
               std::string(status.message()));
  }
  stage_.reset();
}

absl::StatusOr<Outcome> StageAndFlip(Host& host, const StageRequest& request, MergedSets& sets,
                                     uint64_t total, Pulse& pulse) {
  absl::StatusOr<std::unique_ptr<TurnLine::Turn>> turn = host.stage_turns().Wait(pulse);
  if (!turn.ok()) return turn.status();
  if (absl::Status status = AbortLeftOpen(host); !status.ok()) return status;
  StageDriver driver(host, request.target, request.caller, request.options);
  absl::Status status = driver.Fill(sets, total, pulse);
  if (status.ok()) status = pulse.Again();
  absl::StatusOr<Outcome> outcome;
  if (status.ok()) {
    outcome = driver.Flip(request.caller);
  } else {
    outcome = status;
  }
  if (!outcome.ok()) driver.Abort(std::string(outcome.status().message()));
  return outcome;
}

}  // namespace quartet::controller
