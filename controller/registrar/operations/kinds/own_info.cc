#include "controller/registrar/operations/kinds/own_info.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/registrar/domains/domain_facts.h"

namespace quartet::controller {

OwnInfo ReadOwnInfo(const StepContext& context) {
  OwnInfo own;
  Answer<epp::DomainInfo> info = context.registry.DomainInfo(context.operation.domain());
  if (!info.verdict.done()) {
    own.otherwise = NotDone(info.verdict, "info");
  } else if (!info.value->client.empty() && info.value->client != context.registry.config().client) {
    own.otherwise = StepResult::Fail(
        0, absl::StrCat("the domain is not ours: its registry has it as ", info.value->client, "'s"));
  } else {
    own.info = std::move(info.value);
  }
  return own;
}

EditFn TakeInfoEdit(const epp::DomainInfo& info, const EditFn& also) {
  return [info, also](const PlanContext& context, OperationRows rows, Plan& plan) {
    if (rows.domain.has_value()) TakeInfo(info, context.time_us, *rows.domain);
    return also == nullptr ? absl::OkStatus() : also(context, rows, plan);
  };
}

StepResult DoneAsTold(const StepContext& context, const EditFn& also) {
  const OwnInfo own = ReadOwnInfo(context);
  if (!own.info.has_value()) return own.otherwise;
  return StepResult::Done(TakeInfoEdit(*own.info, also));
}

StepResult PendingAtRegistry(const StepContext& context) {
  return StepResult::Log(stored::v1::DOMAIN_OPERATION_STEP_PENDING,
                         [sent_us = context.now_us](const PlanContext&, OperationRows rows, Plan&) {
                           if (rows.operation.decision_time_us() < sent_us) rows.operation.clear_decision();
                           rows.operation.set_pending_at_registry(true);
                           return absl::OkStatus();
                         });
}

StepResult NotDecidedYet(const StepContext& context) {
  return StepResult::Later(
      absl::StrCat("registry ", context.registry.config().name, " has the command, and decides"));
}

std::optional<StepResult> UnlessUncertain(const StepContext& context, const Verdict& refusal) {
  if (!context.uncertain()) return std::nullopt;
  return StepResult::Later(
      absl::StrCat(refusal.message, "; but a command sent before may still be executed by the registry"));
}

}  // namespace quartet::controller
