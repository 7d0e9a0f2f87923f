// Host objects of nameservers, made known to a registry before a domain is delegated to them.
#pragma once

#include <optional>
#include <vector>

#include "controller/registrar/epp/domain.h"
#include "controller/registrar/operations/step.h"

namespace quartet::controller {

// nullopt: the registry has them all, with these addresses. Else what becomes of the step: one with addresses lies in a domain
// that has to be registered first, as those of the stripes are by themselves, which is waited for.
std::optional<StepResult> EnsureHosts(const StepContext& context, const std::vector<epp::DomainHost>& hosts);

}  // namespace quartet::controller
