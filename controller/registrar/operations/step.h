// How an operation of some kind gets on: what its kind does at each step, and what came of it.
//
// A kind is a function that does the next step of one operation, and the driver (operation_driver.h) calls it until it says
// that the operation is over. A step may block on the registry, but on nothing else. It is done again if the controller dies,
// or the registry's answer is lost, within it: whatever it does, doing it twice has to be as good as once.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "controller/registrar/domains/operation_plans.h"
#include "controller/registrar/registries/registry_client.h"
#include "controller/request_host.h"
#include "controller/sequencer/proposal.h"
#include "quartet/stored/v1/domain.pb.h"
#include "replication/base/clock.h"
#include "replication/store/store.h"

namespace quartet::controller {

// What a step may look at and use: it all outlives the step, and nothing of it is to be kept.
struct StepContext {
  RequestHost& host;
  const Registries& registries;
  // The domain's.
  RegistryClient& registry;
  replication::Random& random;
  // Where it is: as it is logged, but for steps that need no logging.
  const stored::v1::DomainOperationRow& operation;
  // As it is logged.
  const stored::v1::DomainRow& domain;
  // Of the driver's wall clock.
  int64_t now_us = 0;
  // Until then the registry may still be executing a command of this operation whose answer is lost (or that was sent
  // before this controller started): that something is not there yet proves nothing.
  int64_t uncertain_until_us = 0;
  // Of the log now: positions of another epoch say nothing of it.
  uint64_t epoch = 0;

  bool uncertain() const { return now_us < uncertain_until_us; }
};

// What came of a step. A value.
struct StepResult {
  using Step = stored::v1::DomainOperationStep;
  enum class Kind { kMove, kLog, kDone, kFail, kLater, kWait };

  Kind kind = Kind::kLater;
  Step next = stored::v1::DOMAIN_OPERATION_STEP_UNSPECIFIED;
  EditFn edit;
  // Of the registry.
  int code = 0;
  // Why it failed, or what it is waiting for.
  std::string message;
  // A command was sent, and whether it was, or will be, executed is not known.
  bool uncertain = false;
  std::function<bool(const store::Reader&)> ready;

  // To another step, at once. A controller that starts anew finds the operation where it was logged last.
  static StepResult Move(Step next) { return {Kind::kMove, next, nullptr, 0, "", false, nullptr}; }
  // The same, but it goes on only once it is logged to be there, with what `edit` makes of the rows.
  static StepResult Log(Step next, EditFn edit) {
    return {Kind::kLog, next, std::move(edit), 0, "", false, nullptr};
  }
  // SUCCESSFUL, with what `edit` makes of the rows (nullptr: nothing).
  static StepResult Done(EditFn edit) {
    return {Kind::kDone, stored::v1::DOMAIN_OPERATION_STEP_DONE, std::move(edit), 0, "", false, nullptr};
  }
  // FAILED: it was refused for good, and nothing of it is left at the registry. The kind's roll-back is part of it.
  static StepResult Fail(int code, std::string message) {
    return {
        Kind::kFail, stored::v1::DOMAIN_OPERATION_STEP_UNSPECIFIED, nullptr, code, std::move(message), false,
        nullptr};
  }
  // This step again, after a pause that grows with each time (1 s to 5 min), or when it is hastened.
  static StepResult Later(std::string trouble) {
    return {
        Kind::kLater, stored::v1::DOMAIN_OPERATION_STEP_UNSPECIFIED, nullptr, 0, std::move(trouble), false,
        nullptr};
  }
  // This step again once `ready` says so, which is asked whenever nodes have acknowledged something, often: it must be cheap,
  // and thread-safe. `what` is waited for.
  static StepResult Wait(std::string what, std::function<bool(const store::Reader&)> ready) {
    return {
        Kind::kWait,     stored::v1::DOMAIN_OPERATION_STEP_UNSPECIFIED, nullptr, 0, std::move(what), false,
        std::move(ready)};
  }
};

// What a verdict other than kDone and kPending makes of the step that asked: Fail for kRefused, else Later. `what`, "create",
// goes before the registry's words.
StepResult NotDone(const Verdict& verdict, const std::string& what);

// One kind of operation.
struct OperationKind {
  // Called with the operation at STEP_CHECK first. Thread-safe, as several operations of one kind are under way.
  StepResult (*step)(const StepContext& context) = nullptr;
  // Takes back what was made for an operation that has failed, in the entry that says so (nullptr: nothing): what `rows` still
  // tell. The domain's row is as before the operation, or gone, if that made it.
  absl::Status (*roll_back)(const PlanContext& context, OperationRows rows, Plan& plan) = nullptr;
};

}  // namespace quartet::controller
