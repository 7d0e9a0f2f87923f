// Kinds that are one update: what is wanted stands in the operation's row.
#pragma once

#include "controller/registrar/operations/step.h"

namespace quartet::controller {

// SET_STATUSES: the lock, set or lifted.
StepResult SetStatusesStep(const StepContext& context);

// SET_DS: DS records, or keys where the registry makes those of them.
StepResult SetDsStep(const StepContext& context);

// SET_AUTH_INFO: the operation's own.
StepResult SetAuthInfoStep(const StepContext& context);

}  // namespace quartet::controller
