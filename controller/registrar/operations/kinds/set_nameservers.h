// SET_NAMESERVERS: delegates a domain to the nameservers of its hosted zone, of another one, or to somebody else's.
#pragma once

#include "controller/registrar/operations/step.h"

namespace quartet::controller {

// Those of the zone are read when they are needed, so that it is the zone's present ones that the registry gets; none before
// three of them serve it. The host objects are there before the domain is delegated to them; of a stripe's domain all that lie
// in it are, with their present addresses.
StepResult SetNameserversStep(const StepContext& context);

}  // namespace quartet::controller
