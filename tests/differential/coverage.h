// Which of the cases that servers get wrong a question is: so that a run can show that it had them all.
#pragma once

#include <set>

#include "absl/strings/string_view.h"
#include "tests/differential/comparison.h"

namespace quartet::differential {

// The replies must be there.
std::set<absl::string_view> ClassesOf(const Case& of);

}  // namespace quartet::differential
