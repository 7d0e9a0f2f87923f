// The registries that a controller talks to, from the file that its operator wrote (docs/registries.md).
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/registrar/registries/registry_config.h"

namespace quartet::controller {

// INVALID_ARGUMENT: "registries.yaml:3: what is wrong and what to do", a line for each fault of the file: words it does not
// know, what is missing or out of its range, TLDs and contacts that are named twice or not at all, files that can't be read,
// passwords that others can. NOT_FOUND, PERMISSION_DENIED: it can't be read itself.
absl::StatusOr<RegistriesConfig> LoadRegistries(const std::string& path);

// The same of the file's text; files that it names are read.
absl::StatusOr<RegistriesConfig> ReadRegistries(absl::string_view text, const std::string& path);

}  // namespace quartet::controller
