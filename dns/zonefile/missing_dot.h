// Names that look absolute but lack their final dot: the commonest slip in zone files.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "absl/strings/string_view.h"
#include "dns/name/name.h"
#include "dns/rdata/type.h"

namespace quartet::dns {

class MissingDot {
 public:
  explicit MissingDot(const Name& apex);

  // Whether an owner as written is relative but ends with the zone's name: "www.example.com" in example.com.
  bool OwnerLooksAbsolute(absl::string_view written) const;

  // Whether a name in record data does, or ends with a well-known top-level domain: "mail.example.net".
  bool ValueLooksAbsolute(absl::string_view written) const;

  // Which tokens of this type's data are names that are completed with the origin, in the types people write
  // by hand.
  static std::span<const uint8_t> NameTokens(Type type);

 private:
  // Lower case, without the final dot; empty for the root.
  std::string apex_;
};

}  // namespace quartet::dns
