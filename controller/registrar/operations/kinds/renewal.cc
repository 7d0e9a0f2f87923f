#include "controller/registrar/operations/kinds/renewal.h"

#include <algorithm>
#include <optional>
#include <string>

#include "controller/registrar/operations/kinds/own_info.h"
#include "controller/registrar/operations/system_principal.h"

namespace quartet::controller {
namespace {

using Kind = Verdict::Kind;

// "2027-11-26".
constexpr size_t kDateSize = 10;

std::string ExpiryDateOf(const epp::DomainInfo& info) { return info.expiry_date.substr(0, kDateSize); }

uint32_t YearsOf(const StepContext& context) {
  const uint32_t asked_for = context.operation.wish().years();
  return asked_for != 0 ? asked_for : std::max(1u, context.registry.config().least_years);
}

// Whether it expires at another date than that which the renewal rests on.
bool HasMoved(const StepContext& context, const epp::DomainInfo& info) {
  return ExpiryDateOf(info) != context.operation.wish().expiry_date();
}

StepResult Check(const StepContext& context) {
  const OwnInfo own = ReadOwnInfo(context);
  if (!own.info.has_value()) return own.otherwise;
  const bool by_itself = context.operation.principal() == kSystemPrincipal;
  if (by_itself && HasMoved(context, *own.info)) return StepResult::Done(TakeInfoEdit(*own.info));
  return StepResult::Log(stored::v1::DOMAIN_OPERATION_STEP_COMMAND,
                         [date = ExpiryDateOf(*own.info)](const PlanContext&, OperationRows rows, Plan&) {
                           rows.operation.mutable_wish()->set_expiry_date(date);
                           return absl::OkStatus();
                         });
}

StepResult Send(const StepContext& context) {
  const OwnInfo own = ReadOwnInfo(context);
  if (!own.info.has_value()) return own.otherwise;
  if (HasMoved(context, *own.info)) return StepResult::Done(TakeInfoEdit(*own.info));
  const Verdict verdict =
      context.registry
          .RenewDomain(context.operation.domain(), context.operation.wish().expiry_date(), YearsOf(context))
          .verdict;
  if (verdict.kind == Kind::kPending) return PendingAtRegistry(context);
  if (verdict.done()) return DoneAsTold(context);
  if (verdict.kind != Kind::kRefused) return NotDone(verdict, "renew");
  // Refused because it was done by a command whose answer was lost?
  const OwnInfo after = ReadOwnInfo(context);
  if (!after.info.has_value()) return after.otherwise;
  if (HasMoved(context, *after.info)) return StepResult::Done(TakeInfoEdit(*after.info));
  if (std::optional<StepResult> uncertain = UnlessUncertain(context, verdict)) return *std::move(uncertain);
  return StepResult::Fail(verdict.code, verdict.message);
}

StepResult AwaitDecision(const StepContext& context) {
  if (context.operation.decision() == stored::v1::DOMAIN_DECISION_REFUSED)
    return StepResult::Fail(0, "the registry has refused the renewal after it had taken it");
  const OwnInfo own = ReadOwnInfo(context);
  if (!own.info.has_value()) return own.otherwise;
  if (!HasMoved(context, *own.info)) return NotDecidedYet(context);
  return StepResult::Done(TakeInfoEdit(*own.info));
}

}  // namespace

StepResult RenewalStep(const StepContext& context) {
  switch (context.operation.step()) {
    case stored::v1::DOMAIN_OPERATION_STEP_COMMAND:
      return Send(context);
    case stored::v1::DOMAIN_OPERATION_STEP_PENDING:
      return AwaitDecision(context);
    default:
      return Check(context);
  }
}

}  // namespace quartet::controller
