// Names of domains as people give them, and as they are stored.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace quartet::controller {

// The stored form: lower case, A-labels (RFC 5890 §2.3.2.1), no final dot; of host names too. INVALID_ARGUMENT, with the name
// and what is wrong with it: no labels of letters, digits and hyphens (RFC 5890 §2.3.1), a single label, letters outside
// ASCII, an A-label that no U-label has (as far as Punycode tells), an address.
absl::StatusOr<std::string> NormalDomainName(absl::string_view text);

// The same of a TLD, or of a domain below one that a registry takes names in: "test", "co.example"; a single label is one.
absl::StatusOr<std::string> NormalTld(absl::string_view text);

}  // namespace quartet::controller
