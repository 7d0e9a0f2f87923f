#include "controller/registrar/operations/kinds/update_step.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/registrar/operations/kinds/own_info.h"

namespace quartet::controller {
namespace {

using Kind = Verdict::Kind;

StepResult LogUnlocked() {
  return StepResult::Log(stored::v1::DOMAIN_OPERATION_STEP_COMMAND,
                         [](const PlanContext&, OperationRows rows, Plan&) {
                           rows.operation.set_unlocked(true);
                           return absl::OkStatus();
                         });
}

std::optional<NextUpdate> Next(const StepContext& context, const DomainTarget& target,
                               const epp::DomainInfo& info) {
  return NextUpdateTo(target, info, context.registry.config().host_model, context.operation.unlocked());
}

StepResult OnRefusal(const StepContext& context, const DomainTarget& target, const EditFn& also,
                     const Verdict& refusal) {
  // It may have been done by a command whose answer was lost.
  const OwnInfo own = ReadOwnInfo(context);
  if (!own.info.has_value()) return own.otherwise;
  if (!Next(context, target, *own.info).has_value()) return StepResult::Done(TakeInfoEdit(*own.info, also));
  if (std::optional<StepResult> uncertain = UnlessUncertain(context, refusal)) return *std::move(uncertain);
  return FailUpdate(context, refusal.code, refusal.message);
}

StepResult Send(const StepContext& context, const DomainTarget& target, const EditFn& also) {
  OwnInfo own = ReadOwnInfo(context);
  if (!own.info.has_value()) return own.otherwise;
  for (;;) {
    const std::optional<NextUpdate> next = Next(context, target, *own.info);
    if (!next.has_value()) return StepResult::Done(TakeInfoEdit(*own.info, also));
    if (next->unlocks && !context.operation.unlocked()) return LogUnlocked();
    const Verdict verdict = context.registry.UpdateDomain(next->update);
    if (verdict.kind == Kind::kPending) return PendingAtRegistry(context);
    if (verdict.kind == Kind::kRefused) return OnRefusal(context, target, also, verdict);
    if (!verdict.done()) return NotDone(verdict, "update");
    if (next->last) return DoneAsTold(context, also);
    std::vector<std::string>& statuses = own.info->statuses;
    statuses.erase(std::remove(statuses.begin(), statuses.end(), kUpdateProhibited), statuses.end());
  }
}

// The registry has taken an update, which may be one of two.
StepResult AwaitDecision(const StepContext& context, const DomainTarget& target, const EditFn& also) {
  if (context.operation.decision() == stored::v1::DOMAIN_DECISION_REFUSED)
    return FailUpdate(context, 0, "the registry has refused the update after it had taken it");
  const OwnInfo own = ReadOwnInfo(context);
  if (!own.info.has_value()) return own.otherwise;
  if (!Next(context, target, *own.info).has_value()) return StepResult::Done(TakeInfoEdit(*own.info, also));
  if (context.operation.decision() != stored::v1::DOMAIN_DECISION_DONE) return NotDecidedYet(context);
  return StepResult::Log(stored::v1::DOMAIN_OPERATION_STEP_COMMAND,
                         [](const PlanContext&, OperationRows rows, Plan&) {
                           rows.operation.clear_decision();
                           rows.operation.clear_pending_at_registry();
                           return absl::OkStatus();
                         });
}

StepResult LockAgain(const StepContext& context) {
  const std::string& refusal = context.operation.message();
  const OwnInfo own = ReadOwnInfo(context);
  if (!own.info.has_value()) {
    if (own.otherwise.kind != StepResult::Kind::kFail) return own.otherwise;
    return StepResult::Fail(context.operation.code(), absl::StrCat(refusal, "; ", own.otherwise.message));
  }
  if (const std::optional<NextUpdate> next = Next(context, {}, *own.info)) {
    const Verdict verdict = context.registry.UpdateDomain(next->update);
    if (verdict.kind == Kind::kRefused) {
      return StepResult::Fail(context.operation.code(),
                              absl::StrCat(refusal,
                                           "; and the lock that was taken away for it could not be "
                                           "put back: ",
                                           verdict.message));
    }
    if (!verdict.done() && verdict.kind != Kind::kPending) return NotDone(verdict, "update");
  }
  return StepResult::Fail(context.operation.code(), refusal);
}

}  // namespace

StepResult UpdateStep(const StepContext& context, const DomainTarget& target, const EditFn& also) {
  switch (context.operation.step()) {
    case stored::v1::DOMAIN_OPERATION_STEP_COMMAND:
      return Send(context, target, also);
    case stored::v1::DOMAIN_OPERATION_STEP_PENDING:
      return AwaitDecision(context, target, also);
    case stored::v1::DOMAIN_OPERATION_STEP_ROLL_BACK:
      return LockAgain(context);
    default:
      return StepResult::Move(stored::v1::DOMAIN_OPERATION_STEP_COMMAND);
  }
}

StepResult FailUpdate(const StepContext& context, int code, const std::string& message) {
  if (!context.operation.unlocked()) return StepResult::Fail(code, message);
  return StepResult::Log(stored::v1::DOMAIN_OPERATION_STEP_ROLL_BACK,
                         [code, message](const PlanContext&, OperationRows rows, Plan&) {
                           rows.operation.set_code(code);
                           rows.operation.set_message(message);
                           return absl::OkStatus();
                         });
}

}  // namespace quartet::controller
