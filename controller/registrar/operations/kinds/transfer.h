// TRANSFER: a domain that another registrar has, to us.
#pragma once

#include "controller/registrar/operations/step.h"

namespace quartet::controller {

// Asks for it with the code that its holder got from the present registrar, who may take days to let it go (RFC 5731 §3.2.4):
// that is heard of by poll, and asked for now and then. Once it is ours it gets an authInfo of ours, as the other registrar
// knows the one it had, and at thick registries our contacts. Nameservers and DS records stay. A transfer that is rejected is
// FAILED.
StepResult TransferStep(const StepContext& context);

}  // namespace quartet::controller
