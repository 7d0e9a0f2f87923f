// Stanzas of the file of registries: one registry, one contact.
#pragma once

#include "config/faults.h"
#include "config/yaml_reader.h"
#include "controller/registrar/registries/registry_config.h"

namespace quartet::controller {

// Its faults are added; what is returned is fit for use only if there are none. Reads the password.
RegistryConfig ReadRegistryStanza(const config::YamlField& field, config::Faults& faults);
// Its name is its id.
epp::Contact ReadContactStanza(const config::YamlField& field, config::Faults& faults);

}  // namespace quartet::controller
