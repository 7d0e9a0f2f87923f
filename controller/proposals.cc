#include "controller/proposals.h"

#include "absl/strings/strip.h"

namespace quartet::controller {

absl::StatusOr<std::string> IdIn(absl::string_view collection, absl::string_view name) {
  if (!absl::ConsumePrefix(&name, collection) || name.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("a name here begins with \"", collection, "\""));
  }
  return std::string(name);
}

}  // namespace quartet::controller
