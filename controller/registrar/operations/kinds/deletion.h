// DELETE: gives a domain up at its registry.
#pragma once

#include "controller/registrar/operations/step.h"

namespace quartet::controller {

// Done once the registry has it deleted, or deletes it (pendingDelete): the domain's row goes, and with delete_zone its hosted
// zone, records and all. What the registry refuses (2304: it is locked; 2305: other domains need it) leaves both.
StepResult DeletionStep(const StepContext& context);

}  // namespace quartet::controller
