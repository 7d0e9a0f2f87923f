#include "controller/registrar/domains/operation_purger.h"

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "controller/host.h"
#include "controller/registrar/domains/domain_rows.h"
#include "controller/registrar/domains/operation_plans.h"
#include "controller/sequencer/ids.h"
#include "replication/base/log.h"

namespace quartet::controller {
namespace {

constexpr std::chrono::hours kEvery(24);

}  // namespace

OperationPurger::OperationPurger(RequestHost& host, replication::Clock& clock, Options options)
    : host_(host), clock_(clock), options_(options), thread_([this] { Run(); }) {}

OperationPurger::~OperationPurger() { Stop(); }

void OperationPurger::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
    wake_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

bool OperationPurger::stopping() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return stop_;
}

void OperationPurger::Run() {
  while (!stopping()) {
    PurgeAll();
    std::unique_lock<std::mutex> lock(mutex_);
    wake_.wait_for(lock, kEvery, [this] { return stop_; });
  }
}

void OperationPurger::PurgeAll() {
  const int64_t before_us = clock_.WallMicros() - options_.keep_us;
  // The latest come first: those that were submitted before that time are at the end.
  std::string after = FirstOperationId(before_us);
  absl::Status status;
  while (status.ok() && !after.empty() && !stopping()) status = PurgeSome(before_us, after);
  if (!status.ok()) LogWarning("operations that ended long ago can't be removed now: {}", status.ToString());
}

absl::Status OperationPurger::PurgeSome(int64_t before_us, std::string& after) {
  std::vector<std::string> old;
  std::string last;
  const std::unique_ptr<store::Reader> reader = host_.replica().Snapshot();
  const absl::Status status = VisitOperations(*reader, after, [&](const stored::v1::DomainOperationRow& row) {
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

}  // namespace quartet::controller
