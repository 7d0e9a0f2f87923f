// Registers a domain:
//
//   CHECK     the registry says that the name is free
//   ZONE      in one entry: its zone is adopted or made, and the operation is at SERVE
//   SERVE     until three of the zone's nameservers serve it
//   CONTACTS  those that the registry needs are made known to it
//   HOSTS     so are the nameservers
//   COMMAND   create, with the authInfo that was logged when it was submitted; again, until the registry has said that the domain
//             is there, and whose it is, or that it won't be
//   PENDING   (1001) until the registry has decided
//
// Only three entries are logged: submission, ZONE, end. A controller that starts anew is at CHECK or at SERVE; from SERVE on a
// create may have been sent, so that a name which is taken may be taken by ourselves, which the authInfo tells.
//
// The domain of a stripe (DomainWish.stripe) has no nameservers at first, as those lie in it: without ZONE, SERVE and HOSTS.
#pragma once

#include "controller/registrar/operations/step.h"

namespace quartet::controller {

StepResult RegisterStep(const StepContext& context);

}  // namespace quartet::controller
