// Pages of lists of the admin API.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace quartet::controller {

// 100 for 0, at most 1,000. INVALID_ARGUMENT: negative.
absl::StatusOr<size_t> PageSize(int asked);

// A page token and the place in a list that it stands for (any bytes; empty: its beginning). INVALID_ARGUMENT: it is none.
absl::StatusOr<std::string> ReadPageToken(const std::string& token);
std::string WritePageToken(absl::string_view place);

}  // namespace quartet::controller
