// YAML, through libyaml, written for programs and people that want it.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace quartet::admin {

// The same document as block YAML. Texts are quoted where they could be taken for something else: YAML 1.1's numbers,
// times and its many words for true and false.
// Precondition: `json` is one JSON document.
std::string YamlOfJson(absl::string_view json);

}  // namespace quartet::admin
