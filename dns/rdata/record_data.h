// Record data (RDATA) of known and unknown types, in uncompressed wire format.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dns/name/name.h"
#include "dns/rdata/type.h"

namespace quartet::dns {

// The data of one record: a type, and bytes that are well formed for it (fields complete, names valid, nothing left
// over). Unknown types are opaque (RFC 3597). A value type.
class RecordData {
 public:
  static constexpr size_t kMaxWire = 65535;

  // Takes uncompressed wire format; INVALID_ARGUMENT if it is not well formed for `type`.
  static absl::StatusOr<RecordData> FromWire(Type type, std::span<const uint8_t> wire);

  // Reads presentation format, all fields separated by blanks. Names without a final dot are completed with `origin`.
  // RFC 3597's `\# length hex` is taken for every type. Bounded in time and memory by the text's length, which may be
  // 132,000 characters at most. INVALID_ARGUMENT says which field is wrong and why.
  static absl::StatusOr<RecordData> Parse(Type type, absl::string_view text, const Name& origin);

  Type type() const { return type_; }
  std::span<const uint8_t> wire() const {
    return {reinterpret_cast<const uint8_t*>(wire_.data()), wire_.size()};
  }

  // Presentation format, names absolute; Parse takes it back to the same bytes.
  std::string ToString() const;
  // The same as people want to read it, and Parse takes it back too: TXT and SPF data that were split for their length only,
  // every string but the last of 255 octets, stand in one pair of quotes. No zone file: strings there have 255 octets at
  // most.
  std::string ToJoinedString() const;

  // The domain names in it, in order: the exchange of an MX, both of a SOA. Empty for types without.
  std::vector<Name> Names() const;

  // Same bytes but for the case of names in the types of RFC 4034 §6.2 (as RFC 6840 §5.1 corrects it).
  bool operator==(const RecordData& other) const {
    return type_ == other.type_ && Canonical() == other.Canonical();
  }
  // Canonical form (RFC 4034 §6.2).
  std::string Canonical() const;

 private:
  RecordData(Type type, std::string wire) : type_(type), wire_(std::move(wire)) {}

  Type type_;
  // Invariant: well formed for type_, at most kMaxWire octets.
  std::string wire_;
};

// Fields of SOA record data (RFC 1035 §3.3.13).
struct Soa {
  Name mname;
  Name rname;
  uint32_t serial;
  uint32_t refresh;
  uint32_t retry;
  uint32_t expire;
  uint32_t minimum;
};

RecordData MakeSoa(const Soa& soa);
// `data` must be of type SOA.
Soa ReadSoa(const RecordData& data);
RecordData MakeNs(const Name& host);

// RFC 1982 §3.2: whether serial `a` is before `b`.
bool SerialLess(uint32_t a, uint32_t b);

}  // namespace quartet::dns
