#include "controller/registrar/purger.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "controller/host.h"
#include "controller/registrar/domains/domain_rows.h"
#include "controller/registrar/domains/operation_plans.h"
#include "controller/registrar/polling/registry_messages.h"
#include "controller/sequencer/ids.h"
#include "replication/base/log.h"

namespace quartet::controller {
namespace {

constexpr std::chrono::hours kEvery(24);

}  // namespace

Purger::Purger(RequestHost& host, replication::Clock& clock, Options options)
    : host_(host), clock_(clock), options_(options), thread_([this] { Run(); }) {}

Purger::~Purger() { Stop(); }

void Purger::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
    wake_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

bool Purger::stopping() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return stop_;
}

void Purger::Run() {
  while (!stopping()) {
    const int64_t before_us = clock_.WallMicros() - options_.keep_us;
    absl::Status status = PurgeOperations(before_us);
    if (status.ok()) status = PurgeMessages(before_us);
    if (!status.ok())
      LogWarning("what domains don't need any more can't be removed now: {}", status.ToString());
    std::unique_lock<std::mutex> lock(mutex_);
    wake_.wait_for(lock, kEvery, [this] { return stop_; });
  }
}

absl::Status Purger::PurgeOperations(int64_t before_us) {
  // The latest come first: those that were submitted before that time are at the end.
  std::string after = FirstOperationId(before_us);
  absl::Status status;
  while (status.ok() && !after.empty() && !stopping()) status = PurgeSome(before_us, after);
  return status;
}

absl::Status Purger::PurgeSome(int64_t before_us, std::string& after) {
  std::vector<std::string> old;
  std::string last;
  const std::unique_ptr<store::Reader> reader = host_.replica().Snapshot();
  absl::Status status = VisitOperations(*reader, after, [&](const stored::v1::DomainOperationRow& row) {
    last = row.id();
    if (IsOver(row) && row.end_time_us() < before_us) old.push_back(row.id());
    return old.size() < options_.most_at_once;
  });
  if (!status.ok()) return status;
  after = old.size() < options_.most_at_once ? "" : last;
  if (old.empty()) return absl::OkStatus();
  Proposal proposal;
  proposal.plan = [old](const PlanContext& context) { return PlanPurge(context, old); };
  return ProposeAndWait(host_, std::move(proposal)).status();
}

absl::Status Purger::PurgeMessages(int64_t before_us) {
  // Shared with the plan, which runs on another thread while this one waits.
  const auto after = std::make_shared<std::string>();
  do {
    Proposal proposal;
    proposal.plan = [after, before_us, most = options_.most_at_once](const PlanContext& context) {
      return PlanMessagePurge(context, before_us, most, *after);
    };
    if (const absl::StatusOr<Outcome> outcome = ProposeAndWait(host_, std::move(proposal)); !outcome.ok())
      return outcome.status();
  } while (!after->empty() && !stopping());
  return absl::OkStatus();
}

}  // namespace quartet::controller
