// Where servers differ, and why none of them needs to be wrong; or which of them is. docs/answers.md says the same in
// prose, rule by rule.
#pragma once

#include <span>

#include "absl/strings/string_view.h"
#include "tests/differential/comparison.h"

namespace quartet::differential {

struct Rule {
  absl::string_view name;
  // The text that decides.
  absl::string_view rfc;
  // The servers whose answer in this case needs no further comparison, as bits by place.
  unsigned (*excused)(const Case& of);
};

std::span<const Rule> Rules();

}  // namespace quartet::differential
