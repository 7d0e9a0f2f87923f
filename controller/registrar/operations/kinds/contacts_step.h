// Contacts of a domain, at registries that want them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/registrar/epp/domain.h"
#include "controller/registrar/operations/step.h"

namespace quartet::controller {

// nullopt: the registry has the contacts that the operation's domain is to have. Else what becomes of the step.
std::optional<StepResult> EnsureContacts(const StepContext& context);

// As a registry has them; all empty where it takes none.
struct DomainContacts {
  // Its id.
  std::string registrant;
  std::vector<epp::DomainContact> others;
};
// What the wish names, in place of what its registry is configured with. Those that are not configured (any more) are left
// out: EnsureContacts tells.
DomainContacts ContactsOf(const StepContext& context);

}  // namespace quartet::controller
