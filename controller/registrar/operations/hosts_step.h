// Host objects of nameservers, made known to a registry before a domain is delegated to them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/registrar/epp/domain.h"
#include "controller/registrar/operations/step.h"

namespace quartet::controller {

// nullopt: the registry has them all, with these addresses. Else what becomes of the step: of a host in a stripe's domain that is
// not registered yet that is waited for.
std::optional<StepResult> EnsureHosts(const StepContext& context, const std::vector<epp::DomainHost>& hosts);

}  // namespace quartet::controller
