// The value of a record set: a served part, which nodes get, and a control part, which they don't. Both are
// stored as these exact bytes and never encoded again. docs/formats/record_value.md.
//
//   served  = u8 version (1) . u8 kind (1: rdata) . u32be ttl . u8 n . n bytes of owner . u16be count
//             . count x (u16be length . rdata)
//             owner: the owner in wire format without the apex' labels, case as given; n = 0 if it has no
//             upper-case letter
//   control = u8 version (1) . u8 origin (1 USER, 2 SYSTEM, 3 SIGNER) . u8 n . writer . u16be n . comment
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dns/name/name.h"
#include "dns/record_set/record_set.h"

namespace quartet::replication {

enum class Origin : uint8_t { kUser = 1, kSystem = 2, kSigner = 3 };

inline constexpr size_t kMaxWriterBytes = 255;
inline constexpr size_t kMaxCommentBytes = 65535;

// Text beyond the limits is cut off by EncodeControl; services refuse it before.
struct Control {
  Origin origin = Origin::kUser;
  std::string writer;
  std::string comment;
};

// Values are sorted by their bytes, so that one record set has one served part. The owner must be within
// `apex`.
std::string EncodeServed(const dns::RecordSet& record_set, const dns::Name& apex);
// `record_key` gives owner and type. INVALID_ARGUMENT: damaged; UNIMPLEMENTED: a version or kind this code
// does not know.
absl::StatusOr<dns::RecordSet> DecodeServed(absl::string_view record_key, absl::string_view served,
                                            const dns::Name& apex);

// A served part taken apart without copying: for the pages. The rdata are `count` times (u16be length .
// rdata).
struct ServedView {
  uint32_t ttl;
  // Owner's labels in their case, without the apex'; empty if all lower-case.
  absl::string_view owner_case;
  uint16_t count;
  absl::string_view rdata;
};
absl::StatusOr<ServedView> ViewServed(absl::string_view served);

std::string EncodeControl(const Control& control);
absl::StatusOr<Control> DecodeControl(absl::string_view control);

}  // namespace quartet::replication
