// Who begins what nobody asked for.
#pragma once

#include "absl/strings/string_view.h"

namespace quartet::controller {

// DomainOperationRow.principal of operations that the system begins by itself.
inline constexpr absl::string_view kSystemPrincipal = "quartet";

}  // namespace quartet::controller
