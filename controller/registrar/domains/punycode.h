// Punycode (RFC 3492), as far as telling what is none.
#pragma once

#include "absl/strings/string_view.h"

namespace quartet::controller {

// Whether `text`, what follows "xn--" in a label of lower case, encodes a label with a character outside ASCII. What characters
// IDNA allows in one is its registry's to say.
bool IsPunycode(absl::string_view text);

}  // namespace quartet::controller
