// Does the operations: a few threads for each registry, that take what is due and do its next step.
//
// The log is the truth: an operation is begun when its row is committed, and a driver that is made anew goes on with all that
// have not ended. What is kept in memory beside it is where an operation is within steps that need no logging, and when it is
// tried again.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/registrar/domains/operation_plans.h"
#include "controller/registrar/operations/due_queue.h"
#include "controller/registrar/operations/kinds/kinds.h"
#include "controller/registrar/operations/operation_watches.h"
#include "controller/registrar/operations/pauses.h"
#include "controller/registrar/operations/step.h"
#include "controller/registrar/registries/registry_client.h"
#include "controller/request_host.h"
#include "controller/watch.h"
#include "quartet/stored/v1/domain.pb.h"
#include "replication/base/clock.h"

namespace quartet::controller {

// Thread-safe.
class OperationDriver {
 public:
  struct Options {
    // Before a step is tried again: it begins with the first, doubles, and has up to half of it taken off at random.
    Pauses pauses;
    // So long after its session has ended a command may still be executed by the registry.
    int64_t uncertain_us = 60'000'000;
    // Operations that have not ended; more are refused.
    size_t most_open = 10'000;
    // nullptr: none of that kind is known.
    std::function<const OperationKind*(stored::v1::DomainOperationKind kind)> kind_of = KindOf;
  };

  // All must outlive it.
  OperationDriver(RequestHost& host, const Registries& registries, replication::Clock& clock,
                  replication::Random& random, Options options);
  // Stops.
  ~OperationDriver();

  // No step is begun any more; returns once those under way have ended, which may take as long as a registry takes to answer,
  // and what was proposed is settled. To be called before the host stops. Idempotent.
  void Stop();

  // Logs an operation, which begins at once. Blocks until it is synced. `proposal` has who asks, and the request's id and hash:
  // sent again it gets the same operation. Errors are those of PlanSubmission; RESOURCE_EXHAUSTED: too many are open.
  absl::StatusOr<stored::v1::DomainOperationRow> Submit(const NewOperation& operation, Proposal proposal);

  // It is tried at once, if it is waiting: something may have become true.
  void Hasten(const std::string& operation_id);

  // As it is now, with steps that are not logged, and ended ones as they are logged. NOT_FOUND.
  absl::StatusOr<stored::v1::DomainOperationRow> Get(const std::string& operation_id) const;
  // `moved` is called whenever what Get tells may be another since the last Get; it must not block, nor call the driver.
  // Register first, then Get: nothing is missed. NOT_FOUND.
  absl::StatusOr<std::unique_ptr<Watch>> WatchOperation(const std::string& operation_id,
                                                        std::function<void()> moved);

  // Ids of those that have not ended, above `after`, the latest first; at most `limit`.
  std::vector<std::string> Open(const std::string& after, size_t limit) const;
  size_t open() const;

 private:
  enum class Phase {
    // In its lane's queue, until it is due.
    kQueued,
    // A thread does its step.
    kRunning,
    // What came of that is being logged.
    kLogging,
    // Why that did not do is.
    kTelling,
    // For `ready`, or to be hastened.
    kWaiting,
  };
  // What a proposal is to log: that an operation is at another step, that it has ended, or its trouble.
  enum class Logged { kMove, kEnd, kTrouble };
  struct Failure {
    int code = 0;
    std::string message;
  };
  using ReadyFn = std::function<bool(const store::Reader&)>;
  // One registry's.
  struct Lane {
    explicit Lane(RegistryClient& client) : registry(client) {}
    RegistryClient& registry;
    DueQueue queue;
    std::condition_variable wake;
    std::vector<std::thread> threads;
  };
  // One that has not ended.
  struct Operation {
    // As it is now.
    stored::v1::DomainOperationRow row;
    // As the log has it.
    stored::v1::DomainOperationStep logged_step = stored::v1::DOMAIN_OPERATION_STEP_UNSPECIFIED;
    std::string logged_trouble;
    Phase phase = Phase::kQueued;
    // Since the step was begun that it is at, or that it waits with.
    bool hastened = false;
    int64_t uncertain_until_us = 0;
    // It has failed, which is to be logged.
    std::optional<Failure> failure;
    std::shared_ptr<const ReadyFn> ready;
    // nullptr: its registry is not configured.
    Lane* lane = nullptr;
    // Times of the monotonic clock: of its beginning here, which is when it is due if it can go on at once, so that those that
    // came first end first; and of the next try.
    int64_t began_us = 0;
    int64_t retry_us = 0;
  };
  using Lock = std::unique_lock<std::mutex>;

  void LearnEpoch();
  absl::Status ReadAll();
  void RunLane(Lane& lane);
  void RunWaker();
  // On the sequencer's thread.
  void Committed(const std::vector<Sequencer::Committed>& entries);

  // All of these with mutex_ held; those that take the lock let go of it meanwhile.
  void Adopt(stored::v1::DomainOperationRow row, bool resumed);
  void Merge(const std::string& id, Operation& operation, const stored::v1::DomainOperationRow& row);
  void Forget(const std::string& id);
  void Reload(const std::string& id, Operation& operation);
  void HastenLocked(const std::string& id, Operation& operation);
  void Queue(const std::string& id, Operation& operation, int64_t due_us);
  void Run(const std::string& id, Lock& lock);
  StepResult Step(const Operation& operation, Lock& lock);
  void MoveTo(const std::string& id, Operation& operation, stored::v1::DomainOperationStep step);
  void Take(const std::string& id, Operation& operation, StepResult result, Lock& lock);
  void Wait(const std::string& id, Operation& operation, StepResult result);
  void Retry(const std::string& id, Operation& operation, const std::string& trouble, Lock& lock);
  void Fail(const std::string& id, Operation& operation, Lock& lock);
  void Propose(const std::string& id, Operation& operation, Logged logged, PlanFn plan, Lock& lock);
  OperationProgress ProgressOf(const Operation& operation) const;
  // Without mutex_.
  void Settled(const std::string& id, Logged logged, const absl::StatusOr<Outcome>& outcome);

  RequestHost& host_;
  const Registries& registries_;
  replication::Clock& clock_;
  replication::Random& random_;
  const Options options_;
  OperationWatches watches_;

  mutable std::mutex mutex_;
  bool stop_ = false;
  // 0: the log could not be written yet, as that of a restore that nobody has confirmed. What is to be done rests on it: no
  // step is begun.
  uint64_t epoch_ = 0;
  // By registry.
  std::map<std::string, std::unique_ptr<Lane>> lanes_;
  // By id: the latest first.
  std::map<std::string, Operation> operations_;
  // Those with something to be ready for.
  std::set<std::string> waiting_;
  bool nodes_moved_ = false;
  std::condition_variable waker_wake_;
  // On their way.
  size_t proposed_ = 0;
  std::condition_variable settled_;

  std::unique_ptr<Watch> commits_;
  std::unique_ptr<Watch> nodes_;
  std::thread waker_;
};

}  // namespace quartet::controller
