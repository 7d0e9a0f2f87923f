#include "controller/zones/storable.h"

#include "absl/strings/str_cat.h"

namespace quartet::controller {

std::string WhyTypeIsNotStored(dns::Type type) {
  switch (type) {
    case dns::Type::kSig:
    case dns::Type::kNxt:
    case dns::Type::kRrsig:
    case dns::Type::kNsec:
    case dns::Type::kDnskey:
    case dns::Type::kNsec3:
    case dns::Type::kNsec3param:
    case dns::Type::kCds:
    case dns::Type::kCdnskey:
      return absl::StrCat(dns::TypeName(type), " records are made by the zone's signer, not stored");
    default:
      break;
  }
  if (dns::IsMetaType(type) || static_cast<uint16_t>(type) == 0) {
    return absl::StrCat(dns::TypeName(type), " stands in messages only and can't be stored (RFC 6895)");
  }
  return "";
}

}  // namespace quartet::controller
