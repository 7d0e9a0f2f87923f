// Owner names as bytes that sort in canonical order (RFC 4034 §6.1).
//
// The key of a name relative to an apex: the labels between, last (nearest the apex) first, lower-cased, each followed
// by 0x00; inside a label 0x00 is written 0x01 0x01 and 0x01 is written 0x01 0x02. The apex has the empty key.
//
//   apex example.com.   www.Sub.example.com.  ->  "sub" 00 "www" 00
//
// memcmp of two keys is the canonical order of the names; a name is below another exactly if its key begins with the
// other's key. At most kMaxKey bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dns/name/name.h"

namespace quartet::dns {

inline constexpr size_t kMaxKey = 2 * Name::kMaxWire;

// `name` must be within `apex`.
std::string CanonicalKey(const Name& name, const Name& apex);

// The lower-case name that has this key under `apex`. INVALID_ARGUMENT if none has.
absl::StatusOr<Name> NameFromCanonicalKey(absl::string_view key, const Name& apex);

// Same as CanonicalKey for `labels` labels of an uncompressed wire name, written to `out` (at least kMaxKey bytes);
// returns the length. For the query path: reads `wire` once, allocates nothing. Precondition: `wire` begins with at
// least `labels` valid labels.
size_t WriteCanonicalKey(const uint8_t* wire, size_t labels, uint8_t* out);

}  // namespace quartet::dns
