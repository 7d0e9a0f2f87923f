// Whose nameservers a new zone must not share.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dns/name/name.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Nameservers that a new public zone of this name and account must not get: those of every zone of the same
// name (a deleted one only if it is another account's), and those of other accounts' zones above and below
// it, who could answer for its names otherwise. Those of the zone `own_zone` are not excluded for it. Stops looking
// once all of `everybody` are excluded.
absl::StatusOr<std::set<std::string>> ExcludedNameservers(const store::Reader& view, const dns::Name& apex,
                                                          absl::string_view account,
                                                          const std::set<std::string>& everybody,
                                                          absl::string_view own_zone = "");

}  // namespace quartet::controller
