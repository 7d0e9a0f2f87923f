// Steps of operations that bring a domain to what is wanted of it by updates.
#pragma once

#include <string>

#include "controller/registrar/operations/kinds/domain_difference.h"
#include "controller/registrar/operations/step.h"

namespace quartet::controller {

// Any step, from STEP_CHECK on: the domain is read, and the difference sent; nothing to send is success. A locked domain
// (kUpdateProhibited) is unlocked first, which is logged before, and locked again with the change or, where that is refused,
// after it. `also` is done to the rows with the success; nullptr: nothing.
StepResult UpdateStep(const StepContext& context, const DomainTarget& target, const EditFn& also = nullptr);

// Such an operation has failed: what was unlocked for it is locked again first.
StepResult FailUpdate(const StepContext& context, int code, const std::string& message);

}  // namespace quartet::controller
