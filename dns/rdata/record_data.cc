#include "dns/rdata/record_data.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "dns/base/check.h"
#include "dns/rdata/layout.h"
#include "dns/rdata/service_params.h"

namespace quartet::dns {
namespace {

using Bytes = std::span<const uint8_t>;

Bytes BytesOf(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

absl::Status Error(Type type, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(TypeName(type), " record data: ", what));
}

// Digests have the length of their algorithm; of algorithms not known here any length is taken.
absl::Status CheckDigest(Type type, size_t expected, size_t length) {
  if (expected == 0 || length == expected) return absl::OkStatus();
  return Error(type, absl::StrCat("digest of ", length, " octets, its algorithm makes ", expected));
}

// RFC 4034 §5.1.4, RFC 4509 §2.1, RFC 6605 §2.
size_t DsDigestLength(uint8_t digest_type) {
  switch (digest_type) {
    case 1:
      return 20;
    case 2:
      return 32;
    case 4:
      return 48;
    default:
      return 0;
  }
}

// RFC 4255 §3.1.2, RFC 6594 §4.
size_t SshfpLength(uint8_t fingerprint_type) {
  if (fingerprint_type == 1) return 20;
  return fingerprint_type == 2 ? 32 : 0;
}

// RFC 6698 §2.1.3.
size_t TlsaLength(uint8_t matching_type) {
  if (matching_type == 1) return 32;
  return matching_type == 2 ? 64 : 0;
}

// RFC 8659 §4.1: a tag has one or more letters and digits.
absl::Status CheckCaaTag(Bytes wire) {
  const Bytes tag = wire.subspan(2, wire[1]);
  const bool plain = std::all_of(tag.begin(), tag.end(), [](uint8_t c) { return absl::ascii_isalnum(c); });
  if (tag.empty() || !plain) return Error(Type::kCaa, "the tag must be letters and digits");
  return absl::OkStatus();
}

// What a type asks for beyond its layout, which `wire` has been checked against.
absl::Status CheckMeaning(Type type, Bytes wire) {
  switch (type) {
    case Type::kDs:
    case Type::kCds:
      return CheckDigest(type, DsDigestLength(wire[3]), wire.size() - 4);
    case Type::kSshfp:
      return CheckDigest(type, SshfpLength(wire[1]), wire.size() - 2);
    case Type::kTlsa:
      return CheckDigest(type, TlsaLength(wire[2]), wire.size() - 3);
    case Type::kCaa:
      return CheckCaaTag(wire);
    default:
      return absl::OkStatus();
  }
}

absl::Status CheckLayout(const Layout& layout, Bytes wire) {
  for (size_t i = 0; i < layout.fields.size() && layout.fields[i] != Field::kEnd; ++i) {
    const std::optional<size_t> size = FieldSize(layout.fields[i], wire);
    if (!size) return Error(layout.type, absl::StrCat("field ", i + 1, " is malformed or ends early"));
    if (layout.fields[i] == Field::kServiceParams) {
      if (absl::Status params = CheckServiceParams(wire); !params.ok()) {
        return Error(layout.type, params.message());
      }
    }
    wire = wire.subspan(*size);
  }
  if (!wire.empty()) return Error(layout.type, absl::StrCat(wire.size(), " octets too many"));
  return absl::OkStatus();
}

// Calls visit(offset, size) for each domain name in well-formed data.
template <typename Visit>
void ForEachName(const Layout& layout, Bytes wire, const Visit& visit) {
  size_t at = 0;
  for (Field field : layout.fields) {
    const std::optional<size_t> size = FieldSize(field, wire.subspan(at));
    QUARTET_CHECK(size.has_value());
    if (field == Field::kName) visit(at, *size);
    at += *size;
  }
}

void AppendU32(uint32_t value, std::string& out) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

uint32_t ReadU32(Bytes data) {
  return uint32_t{data[0]} << 24 | uint32_t{data[1]} << 16 | uint32_t{data[2]} << 8 | uint32_t{data[3]};
}

void AppendName(const Name& name, std::string& out) {
  out.append(reinterpret_cast<const char*>(name.wire().data()), name.wire().size());
}

RecordData Trusted(Type type, const std::string& wire) {
  absl::StatusOr<RecordData> data = RecordData::FromWire(type, BytesOf(wire));
  QUARTET_CHECK(data.ok());
  return *std::move(data);
}

}  // namespace

absl::StatusOr<RecordData> RecordData::FromWire(Type type, std::span<const uint8_t> wire) {
  if (wire.size() > kMaxWire) return Error(type, "over 65535 octets");
  if (const Layout* layout = FindLayout(type); layout != nullptr) {
    if (absl::Status fields = CheckLayout(*layout, wire); !fields.ok()) return fields;
    if (absl::Status meaning = CheckMeaning(type, wire); !meaning.ok()) return meaning;
  }
  return RecordData(type, std::string(reinterpret_cast<const char*>(wire.data()), wire.size()));
}

std::vector<Name> RecordData::Names() const {
  std::vector<Name> names;
  const Layout* layout = FindLayout(type_);
  if (layout == nullptr) return names;
  ForEachName(*layout, wire(), [&](size_t at, size_t size) {
    names.push_back(Name::FromWire(wire().subspan(at, size)).value());
  });
  return names;
}

std::string RecordData::Canonical() const {
  std::string canonical = wire_;
  const Layout* layout = FindLayout(type_);
  if (layout == nullptr || !layout->lower_names) return canonical;
  // Length octets are below 'A', so a whole name can be lowered octet by octet.
  ForEachName(*layout, wire(), [&](size_t at, size_t size) {
    for (char& c : std::span<char>(canonical).subspan(at, size)) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
  });
  return canonical;
}

RecordData MakeSoa(const Soa& soa) {
  std::string wire;
  AppendName(soa.mname, wire);
  AppendName(soa.rname, wire);
  for (uint32_t number : {soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum})
    AppendU32(number, wire);
  return Trusted(Type::kSoa, wire);
}

Soa ReadSoa(const RecordData& data) {
  QUARTET_CHECK(data.type() == Type::kSoa);
  const std::vector<Name> names = data.Names();
  const Bytes numbers = data.wire().last(20);
  return {names[0],
          names[1],
          ReadU32(numbers),
          ReadU32(numbers.subspan(4)),
          ReadU32(numbers.subspan(8)),
          ReadU32(numbers.subspan(12)),
          ReadU32(numbers.subspan(16))};
}

RecordData MakeNs(const Name& host) {
  std::string wire;
  AppendName(host, wire);
  return Trusted(Type::kNs, wire);
}

bool SerialLess(uint32_t a, uint32_t b) {
  // Half the circle apart is undefined there, and false here in both directions.
  const uint32_t ahead = b - a;
  return ahead != 0 && ahead < 0x80000000u;
}

}  // namespace quartet::dns
