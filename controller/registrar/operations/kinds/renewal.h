// RENEW: adds years to a domain's term, once.
#pragma once

#include "controller/registrar/operations/step.h"

namespace quartet::controller {

// The command carries the expiry that it rests on (RFC 5731 §3.2.3), which is logged before the command is sent: once the registry
// has another one, it is done. What the system begins (auto-renewal) rests on the expiry of the domain's row, whatever
// moved it since; what somebody asked for adds to what the registry has.
StepResult RenewalStep(const StepContext& context);

}  // namespace quartet::controller
