// A domain of ours, as its registry has it.
#pragma once

#include <optional>

#include "controller/registrar/domains/operation_plans.h"
#include "controller/registrar/epp/domain.h"
#include "controller/registrar/operations/step.h"

namespace quartet::controller {

struct OwnInfo {
  // nullopt: it can't be had, or the domain is not ours (any more).
  std::optional<epp::DomainInfo> info;
  // What becomes of the step then.
  StepResult otherwise;
};
OwnInfo ReadOwnInfo(const StepContext& context);

// The domain's row is what the registry told. `also`: what else is to be done to the rows; nullptr: nothing.
EditFn TakeInfoEdit(const epp::DomainInfo& info, const EditFn& also = nullptr);

// The operation is over: asks the registry for what the domain is now.
StepResult DoneAsTold(const StepContext& context, const EditFn& also = nullptr);

// 1001: from here on the registry decides.
// What it has decided counts if it was told after this step began: after the command was sent.
StepResult PendingAtRegistry(const StepContext& context);

// It has taken the command, and has not decided yet.
StepResult NotDecidedYet(const StepContext& context);

// A registry's refusal, where a lost command may still be executed: nothing follows from it yet. nullopt: it is definitive.
std::optional<StepResult> UnlessUncertain(const StepContext& context, const Verdict& refusal);

}  // namespace quartet::controller
