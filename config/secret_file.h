// Passwords and the like: in files of their own, which nobody else may read.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace quartet::config {

// Its one line, without the line's end. NOT_FOUND, PERMISSION_DENIED: it can't be read, or others than its owner can, who is
// neither we nor root; INVALID_ARGUMENT: it is no file, is empty or has more than one line. The message says which file and
// what to do, and nothing of what is in it.
absl::StatusOr<std::string> ReadSecretFile(const std::string& path);

}  // namespace quartet::config
