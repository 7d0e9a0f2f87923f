#include "controller/registrar/ds_wishes.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;
using DsRows = google::protobuf::RepeatedPtrField<stored::v1::DomainDsRow>;

constexpr int kMostDs = 16;

absl::StatusOr<stored::v1::DomainDsRow> ReadDsRecord(const v1::DomainDs& ds, const RegistryConfig& registry) {
  stored::v1::DomainDsRow row;
  const bool is_key = !ds.public_key().empty();
  if (is_key != registry.wants_keys) {
    return absl::InvalidArgumentError(
        absl::StrCat("registry ", registry.name, " takes ",
                     registry.wants_keys ? "DNSKEYs (flags, algorithm, public key)" : "DS records", " only"));
  }
  if (ds.algorithm() == 0 || ds.algorithm() > 255)
    return absl::InvalidArgumentError("a DS record's algorithm is 1 to 255");
  row.set_algorithm(ds.algorithm());
  if (is_key) {
    std::string key;
    if (!absl::Base64Unescape(ds.public_key(), &key) || key.empty())
      return absl::InvalidArgumentError("the public key is no base64");
    if (ds.flags() == 0 || ds.flags() > 65535)
      return absl::InvalidArgumentError("a key's flags are 256 or 257");
    row.set_public_key(key);
    row.set_flags(ds.flags());
    return row;
  }
  const bool hexadecimal = std::all_of(ds.digest().begin(), ds.digest().end(), [](char c) {
    return absl::ascii_isxdigit(static_cast<unsigned char>(c));
  });
  if (ds.digest().empty() || ds.digest().size() % 2 != 0 || !hexadecimal)
    return absl::InvalidArgumentError("the digest is not hexadecimal");
  // RFC 4509, RFC 6605: SHA-1, SHA-256, SHA-384.
  static const std::map<uint32_t, size_t> kDigestBytes = {{1, 20}, {2, 32}, {4, 48}};
  const auto bytes = kDigestBytes.find(ds.digest_type());
  if (ds.digest_type() == 0 || ds.digest_type() > 255)
    return absl::InvalidArgumentError("a DS record's digest type is 1 to 255");
  if (bytes != kDigestBytes.end() && ds.digest().size() != 2 * bytes->second) {
    return absl::InvalidArgumentError(absl::StrCat("a digest of type ", ds.digest_type(), " has ",
                                                   2 * bytes->second, " hexadecimal digits, not ",
                                                   ds.digest().size()));
  }
  if (ds.key_tag() > 65535) return absl::InvalidArgumentError("a key tag is at most 65535");
  row.set_key_tag(ds.key_tag());
  row.set_digest_type(ds.digest_type());
  row.set_digest(absl::HexStringToBytes(ds.digest()));
  return row;
}

}  // namespace

absl::Status ReadDsRecords(const google::protobuf::RepeatedPtrField<v1::DomainDs>& records,
                           const RegistryConfig& registry, DsRows& rows) {
  if (records.size() > kMostDs)
    return absl::InvalidArgumentError(absl::StrCat("more than ", kMostDs, " DS records at once"));
  for (const v1::DomainDs& ds : records) {
    absl::StatusOr<stored::v1::DomainDsRow> row = ReadDsRecord(ds, registry);
    if (!row.ok()) return row.status();
    *rows.Add() = *std::move(row);
  }
  return absl::OkStatus();
}

}  // namespace quartet::controller
