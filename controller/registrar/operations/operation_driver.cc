#include "controller/registrar/operations/operation_driver.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/host.h"
#include "controller/registrar/domains/domain_rows.h"
#include "controller/sequencer/ids.h"
#include "replication/base/log.h"

namespace quartet::controller {
namespace {

using stored::v1::DomainOperationRow;
using stored::v1::DomainOperationStep;
using stored::v1::DomainRow;

// Acknowledgements come by the thousand: what they made true is looked at so often at most.
constexpr std::chrono::milliseconds kAtMostEvery(2);
// A step that failed once may do the next moment: that is not worth an entry.
constexpr uint32_t kTriesToTell = 2;

// Whether judging it again would come to the same.
bool IsDefinitive(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return true;
    default:
      return false;
  }
}

}  // namespace

OperationDriver::OperationDriver(RequestHost& host, const Registries& registries, replication::Clock& clock,
                                 replication::Random& random, Options options)
    : host_(host), registries_(registries), clock_(clock), random_(random), options_(std::move(options)) {
  for (const std::unique_ptr<RegistryClient>& client : registries_.all())
    lanes_.emplace(client->config().name, std::make_unique<Lane>(*client));
  // Before the rows are read: none is missed. No thread runs yet, so none ends meanwhile.
  commits_ = host_.WatchCommits([this](const auto& entries) { Committed(entries); });
  LearnEpoch();
  if (absl::Status status = ReadAll(); !status.ok())
    LogError("the operations on domains can't all be read: {}", status.ToString());
  nodes_ = host_.WatchNodes([this] {
    const std::lock_guard<std::mutex> lock(mutex_);
    nodes_moved_ = true;
    if (!waiting_.empty()) waker_wake_.notify_one();
  });
  waker_ = std::thread([this] { RunWaker(); });
  for (auto& [name, lane] : lanes_) {
    const size_t threads = std::max<size_t>(1, lane->registry.config().sessions);
    for (size_t i = 0; i < threads; ++i) lane->threads.emplace_back([this, &lane = *lane] { RunLane(lane); });
  }
}

OperationDriver::~OperationDriver() { Stop(); }

void OperationDriver::Stop() {
  commits_.reset();
  nodes_.reset();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
    waker_wake_.notify_all();
    for (auto& [name, lane] : lanes_) lane->wake.notify_all();
  }
  if (waker_.joinable()) waker_.join();
  for (auto& [name, lane] : lanes_) {
    for (std::thread& thread : lane->threads) {
      if (thread.joinable()) thread.join();
    }
  }
  Lock lock(mutex_);
  settled_.wait(lock, [this] { return proposed_ == 0; });
}

void OperationDriver::LearnEpoch() {
  Proposal proposal;
  // Nothing is appended: its outcome tells the log's head.
  proposal.plan = [](const PlanContext&) -> absl::StatusOr<Plan> { return Plan{}; };
  const absl::StatusOr<Outcome> outcome = ProposeAndWait(host_, std::move(proposal));
  // The log can't be written: the next commit tells it, and that steps may be begun.
  if (!outcome.ok()) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  epoch_ = outcome->position.epoch;
}

absl::Status OperationDriver::ReadAll() {
  const std::unique_ptr<store::Reader> reader = host_.replica().Snapshot();
  return VisitOperations(*reader, "", [this](DomainOperationRow row) {
    if (IsOver(row)) return true;
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!operations_.contains(row.id())) Adopt(std::move(row), true);
    return true;
  });
}

void OperationDriver::RunLane(Lane& lane) {
  Lock lock(mutex_);
  while (!stop_) {
    if (epoch_ == 0) {
      lane.wake.wait(lock);
      continue;
    }
    const int64_t now_us = clock_.MonotonicMicros();
    if (const std::optional<std::string> id = lane.queue.Take(now_us)) {
      Run(*id, lock);
    } else if (lane.queue.next_us() == INT64_MAX) {
      lane.wake.wait(lock);
    } else {
      lane.wake.wait_for(lock, std::chrono::microseconds(lane.queue.next_us() - now_us));
    }
  }
}

void OperationDriver::RunWaker() {
  Lock lock(mutex_);
  while (true) {
    waker_wake_.wait(lock, [this] { return stop_ || (nodes_moved_ && !waiting_.empty()); });
    if (stop_) return;
    nodes_moved_ = false;
    std::vector<std::pair<std::string, std::shared_ptr<const ReadyFn>>> asked;
    for (const std::string& id : waiting_) asked.emplace_back(id, operations_.at(id).ready);
    lock.unlock();
    std::vector<std::string> ready;
    {
      const std::unique_ptr<store::Reader> reader = host_.replica().Snapshot();
      for (const auto& [id, is_ready] : asked) {
        if ((*is_ready)(*reader)) ready.push_back(id);
      }
    }
    lock.lock();
    for (const std::string& id : ready) {
      const auto found = operations_.find(id);
      if (found != operations_.end() && found->second.phase == Phase::kWaiting)
        Queue(id, found->second, found->second.began_us);
    }
    waker_wake_.wait_for(lock, kAtMostEvery, [this] { return stop_; });
  }
}

void OperationDriver::Committed(const std::vector<Sequencer::Committed>& entries) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (epoch_ == 0) {
    for (auto& [name, lane] : lanes_) lane->wake.notify_all();
  }
  for (const Sequencer::Committed& committed : entries) {
    epoch_ = committed.position.epoch;
    for (const stored::v1::Effect& effect : committed.entry.effects()) {
      if (effect.object().kind() != stored::v1::OBJECT_KIND_DOMAIN_OPERATION) continue;
      const std::string& id = effect.object().id();
      DomainOperationRow row;
      if (!row.ParseFromString(effect.object().row())) {
        LogError("the entry {} holds a damaged row of operation {}", ToString(committed.position), id);
        continue;
      }
      const auto found = operations_.find(id);
      if (effect.object().row().empty() || IsOver(row)) {
        Forget(id);
      } else if (found == operations_.end()) {
        Adopt(std::move(row), false);
      } else {
        Merge(id, found->second, row);
      }
    }
  }
}

void OperationDriver::Adopt(DomainOperationRow row, bool resumed) {
  const std::string id = row.id();
  Operation& operation = operations_[id];
  operation.logged_step = row.step();
  operation.logged_trouble = row.trouble();
  operation.began_us = clock_.MonotonicMicros();
  // Who did it before may have sent its command the moment before it died.
  if (resumed) operation.uncertain_until_us = clock_.WallMicros() + options_.uncertain_us;
  operation.row = std::move(row);
  const auto lane = lanes_.find(operation.row.registry());
  if (lane == lanes_.end()) {
    operation.phase = Phase::kWaiting;
    operation.row.set_trouble(absl::StrCat("registry ", operation.row.registry(),
                                           " is not configured any more: configure it again, and restart"));
    return;
  }
  operation.lane = lane->second.get();
  Queue(id, operation, operation.began_us);
}

void OperationDriver::Merge(const std::string& id, Operation& operation, const DomainOperationRow& row) {
  const bool decided = row.decision_time_us() != operation.row.decision_time_us();
  if (operation.phase == Phase::kTelling && row.step() == operation.logged_step) {
    operation.logged_trouble = row.trouble();
  } else if (operation.phase == Phase::kLogging || row.step() != operation.logged_step) {
    operation.row = row;
    operation.logged_step = row.step();
    operation.logged_trouble = row.trouble();
  }
  operation.row.set_decision(row.decision());
  operation.row.set_decision_time_us(row.decision_time_us());
  if (decided) HastenLocked(id, operation);
  watches_.Moved(id);
}

void OperationDriver::Forget(const std::string& id) {
  const auto found = operations_.find(id);
  if (found != operations_.end()) {
    if (found->second.lane != nullptr) found->second.lane->queue.Remove(id);
    waiting_.erase(id);
    operations_.erase(found);
  }
  watches_.Moved(id);
}

void OperationDriver::Reload(const std::string& id, Operation& operation) {
  absl::StatusOr<std::optional<DomainOperationRow>> row = ReadOperation(host_.replica(), id);
  if (!row.ok()) {
    LogError("operation {} can't be read: {}", id, row.status().ToString());
    return;
  }
  if (!row->has_value() || IsOver(**row)) return Forget(id);
  operation.row = **std::move(row);
  operation.failure.reset();
  operation.logged_step = operation.row.step();
  operation.logged_trouble = operation.row.trouble();
}

void OperationDriver::Hasten(const std::string& operation_id) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = operations_.find(operation_id);
  if (found != operations_.end()) HastenLocked(operation_id, found->second);
}

void OperationDriver::HastenLocked(const std::string& id, Operation& operation) {
  operation.hastened = true;
  if (operation.lane == nullptr) return;
  if (operation.phase == Phase::kQueued || operation.phase == Phase::kWaiting)
    Queue(id, operation, operation.began_us);
}

void OperationDriver::Queue(const std::string& id, Operation& operation, int64_t due_us) {
  waiting_.erase(id);
  operation.ready.reset();
  operation.phase = Phase::kQueued;
  operation.lane->queue.Put(id, due_us);
  operation.lane->wake.notify_one();
}

void OperationDriver::Run(const std::string& id, Lock& lock) {
  operations_.at(id).phase = Phase::kRunning;
  while (true) {
    auto found = operations_.find(id);
    found->second.hastened = false;
    if (found->second.failure.has_value()) return Fail(id, found->second, lock);
    const DomainOperationStep logged_step = found->second.logged_step;
    StepResult result = Step(found->second, lock);
    found = operations_.find(id);
    // It has ended, or moved, meanwhile: an entry was written that nobody knew to be.
    if (found == operations_.end()) return;
    if (found->second.logged_step != logged_step) return Queue(id, found->second, found->second.began_us);
    if (result.kind != StepResult::Kind::kMove) return Take(id, found->second, std::move(result), lock);
    MoveTo(id, found->second, result.next);
    if (stop_) return;
  }
}

StepResult OperationDriver::Step(const Operation& operation, Lock& lock) {
  DomainOperationRow row = operation.row;
  const int64_t uncertain_until_us = operation.uncertain_until_us;
  const uint64_t epoch = epoch_;
  RegistryClient& registry = operation.lane->registry;
  lock.unlock();
  const auto done = [&](StepResult result) {
    lock.lock();
    return result;
  };
  const OperationKind* const kind = options_.kind_of(row.kind());
  if (kind == nullptr)
    return done(StepResult::Later("this version of the controller does not know how to do it"));
  const absl::StatusOr<std::optional<DomainRow>> domain = ReadDomain(host_.replica(), row.domain());
  if (!domain.ok()) return done(StepResult::Later(std::string(domain.status().message())));
  if (!domain->has_value()) return done(StepResult::Later(absl::StrCat("there is no domain ", row.domain())));
  row.set_state(stored::v1::DOMAIN_OPERATION_STATE_IN_PROGRESS);
  return done(kind->step({host_, registries_, registry, random_, row, **domain, clock_.WallMicros(),
                          uncertain_until_us, epoch}));
}

void OperationDriver::MoveTo(const std::string& id, Operation& operation, DomainOperationStep step) {
  operation.row.set_state(stored::v1::DOMAIN_OPERATION_STATE_IN_PROGRESS);
  operation.row.set_step(step);
  operation.row.clear_trouble();
  operation.row.clear_tries();
  operation.row.clear_next_try_us();
  const bool known = std::any_of(operation.row.steps().begin(), operation.row.steps().end(),
                                 [&](const auto& past) { return past.step() == step; });
  if (!known) {
    stored::v1::DomainStepRow& last = *operation.row.add_steps();
    last.set_step(step);
    last.set_time_us(clock_.WallMicros());
  }
  watches_.Moved(id);
}

void OperationDriver::Take(const std::string& id, Operation& operation, StepResult result, Lock& lock) {
  operation.row.set_state(stored::v1::DOMAIN_OPERATION_STATE_IN_PROGRESS);
  OperationProgress progress = ProgressOf(operation);
  switch (result.kind) {
    case StepResult::Kind::kLog:
      progress.step = result.next;
      return Propose(
          id, operation, Logged::kMove,
          [progress, edit = std::move(result.edit)](const PlanContext& context) {
            return PlanMove(context, progress, edit);
          },
          lock);
    case StepResult::Kind::kDone:
      return Propose(
          id, operation, Logged::kEnd,
          [progress, edit = std::move(result.edit)](const PlanContext& context) {
            return PlanSuccess(context, progress, edit);
          },
          lock);
    case StepResult::Kind::kFail:
      operation.failure = {result.code, std::move(result.message)};
      return Fail(id, operation, lock);
    case StepResult::Kind::kWait:
      return Wait(id, operation, std::move(result));
    case StepResult::Kind::kMove:
    case StepResult::Kind::kLater:
      break;
  }
  if (result.uncertain) operation.uncertain_until_us = clock_.WallMicros() + options_.uncertain_us;
  Retry(id, operation, result.message, lock);
}

void OperationDriver::Wait(const std::string& id, Operation& operation, StepResult result) {
  operation.row.set_trouble(std::move(result.message));
  if (operation.hastened) return Queue(id, operation, operation.began_us);
  operation.phase = Phase::kWaiting;
  operation.ready = std::make_shared<const ReadyFn>(std::move(result.ready));
  waiting_.insert(id);
  // It may have become true since the step looked.
  nodes_moved_ = true;
  waker_wake_.notify_one();
  watches_.Moved(id);
}

void OperationDriver::Retry(const std::string& id, Operation& operation, const std::string& trouble,
                            Lock& lock) {
  DomainOperationRow& row = operation.row;
  row.set_tries(row.tries() + 1);
  row.set_trouble(trouble);
  const int64_t pause_us = operation.hastened ? 0 : PauseAfter(options_.pauses, row.tries(), random_.Next());
  row.set_next_try_us(clock_.WallMicros() + pause_us);
  operation.retry_us = clock_.MonotonicMicros() + pause_us;
  watches_.Moved(id);
  if (row.tries() < kTriesToTell || trouble == operation.logged_trouble)
    return Queue(id, operation, operation.retry_us);
  const Trouble told{trouble, row.tries(), row.next_try_us()};
  Propose(
      id, operation, Logged::kTrouble,
      [progress = ProgressOf(operation), told](const PlanContext& context) {
        return PlanTrouble(context, progress, told);
      },
      lock);
}

void OperationDriver::Fail(const std::string& id, Operation& operation, Lock& lock) {
  const OperationKind* const kind = options_.kind_of(operation.row.kind());
  EditFn roll_back;
  if (kind != nullptr && kind->roll_back != nullptr) roll_back = kind->roll_back;
  Propose(
      id, operation, Logged::kEnd,
      [progress = ProgressOf(operation), failure = *operation.failure,
       roll_back = std::move(roll_back)](const PlanContext& context) {
        return PlanFailure(context, progress, failure.code, failure.message, roll_back);
      },
      lock);
}

OperationProgress OperationDriver::ProgressOf(const Operation& operation) const {
  return {operation.row.id(), operation.logged_step, operation.row.step(), operation.row.steps()};
}

void OperationDriver::Propose(const std::string& id, Operation& operation, Logged logged, PlanFn plan,
                              Lock& lock) {
  operation.phase = logged == Logged::kTrouble ? Phase::kTelling : Phase::kLogging;
  Proposal proposal;
  proposal.principal = operation.row.principal();
  proposal.account = operation.row.account();
  proposal.bytes = operation.row.ByteSizeLong();
  proposal.plan = std::move(plan);
  ++proposed_;
  lock.unlock();
  host_.ProposeAsync(std::move(proposal), [this, id, logged](const absl::StatusOr<Outcome>& outcome) {
    Settled(id, logged, outcome);
  });
  lock.lock();
}

void OperationDriver::Settled(const std::string& id, Logged logged, const absl::StatusOr<Outcome>& outcome) {
  Lock lock(mutex_);
  --proposed_;
  if (proposed_ == 0) settled_.notify_all();
  auto found = operations_.find(id);
  if (stop_ || found == operations_.end()) return;
  if (outcome.ok() && !outcome->appended) {
    Reload(id, found->second);
    found = operations_.find(id);
    if (found == operations_.end()) return;
  }
  Operation& operation = found->second;
  if (logged == Logged::kTrouble)
    return Queue(id, operation, operation.hastened ? operation.began_us : operation.retry_us);
  if (outcome.ok()) return Queue(id, operation, operation.began_us);
  // An end is not given up: the registry has done it, or refused it.
  if (logged == Logged::kMove && IsDefinitive(outcome.status())) {
    operation.failure = {0, std::string(outcome.status().message())};
    return Queue(id, operation, operation.began_us);
  }
  operation.row.set_tries(operation.row.tries() + 1);
  operation.row.set_trouble(absl::StrCat("it can't be logged: ", outcome.status().message()));
  watches_.Moved(id);
  Queue(id, operation,
        clock_.MonotonicMicros() + PauseAfter(options_.pauses, operation.row.tries(), random_.Next()));
}

absl::StatusOr<DomainOperationRow> OperationDriver::Submit(const NewOperation& operation, Proposal proposal) {
  if (open() >= options_.most_open) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "there are ", options_.most_open, " operations that have not ended: wait for some of them"));
  }
  proposal.plan = [operation](const PlanContext& context) { return PlanSubmission(context, operation); };
  const absl::StatusOr<Outcome> outcome = ProposeAndWait(host_, std::move(proposal));
  if (!outcome.ok()) return outcome.status();
  return Get(outcome->change_id);
}

absl::StatusOr<DomainOperationRow> OperationDriver::Get(const std::string& operation_id) const {
  if (!IsOperationId(operation_id))
    return absl::NotFoundError(absl::StrCat("there is no operation ", operation_id.substr(0, 64)));
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = operations_.find(operation_id);
    if (found != operations_.end()) return found->second.row;
  }
  absl::StatusOr<std::optional<DomainOperationRow>> row = ReadOperation(host_.replica(), operation_id);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return absl::NotFoundError(absl::StrCat("there is no operation ", operation_id));
  return **std::move(row);
}

absl::StatusOr<std::unique_ptr<Watch>> OperationDriver::WatchOperation(const std::string& operation_id,
                                                                       std::function<void()> moved) {
  if (absl::StatusOr<DomainOperationRow> row = Get(operation_id); !row.ok()) return row.status();
  return watches_.Add(operation_id, std::move(moved));
}

std::vector<std::string> OperationDriver::Open(const std::string& after, size_t limit) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<std::string> ids;
  for (auto it = operations_.upper_bound(after); it != operations_.end() && ids.size() < limit; ++it)
    ids.push_back(it->first);
  return ids;
}

size_t OperationDriver::open() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return operations_.size();
}

}  // namespace quartet::controller
