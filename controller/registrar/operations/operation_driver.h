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
    Pauses::Options pauses;
    // So long after its session has ended a command may still be executed by the registry.
    int64_t uncertain_us = 60'000'000;
    // Operations that have not ended; more are refused.
    size_t most_open = 10'000;
    // nullptr: none of that kind is known.
    std::function<const OperationKind*(stored::v1::DomainOperationKind kind)> kind_of;
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
};

}  // namespace quartet::controller
