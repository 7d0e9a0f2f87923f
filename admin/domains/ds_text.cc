#include "admin/domains/ds_text.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace quartet::admin {
namespace {

// RFC 4034 §2.1.2: the only one.
constexpr uint32_t kProtocol = 3;

// Three numbers, and what stands behind them without its blanks.
struct Parts {
  uint32_t numbers[3] = {};
  std::string rest;
};

absl::StatusOr<Parts> Split(absl::string_view text, absl::string_view form) {
  const auto wrong = [&] { return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is not ", form)); };
  const std::vector<absl::string_view> words =
      absl::StrSplit(text, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  if (words.size() < 4) return wrong();
  Parts parts;
  for (size_t i = 0; i < 3; ++i) {
    const uint32_t most = i == 0 ? UINT16_MAX : UINT8_MAX;
    if (!absl::SimpleAtoi(words[i], &parts.numbers[i]) || parts.numbers[i] > most) return wrong();
  }
  parts.rest = absl::StrJoin(words.begin() + 3, words.end(), "");
  return parts;
}

// 0: any. RFC 4034 §5.1.4, RFC 4509, RFC 5933, RFC 6605.
size_t DigestBytes(uint32_t digest_type) {
  switch (digest_type) {
    case 1:
      return 20;
    case 2:
    case 3:
      return 32;
    case 4:
      return 48;
    default:
      return 0;
  }
}

}  // namespace

absl::StatusOr<v1::DomainDs> ParseDs(absl::string_view text) {
  absl::StatusOr<Parts> parts = Split(text, "KEY-TAG ALGORITHM DIGEST-TYPE DIGEST");
  if (!parts.ok()) return parts.status();
  std::string& digest = parts->rest;
  const bool hex = std::all_of(digest.begin(), digest.end(),
                               [](char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); });
  if (!hex || digest.size() % 2 != 0)
    return absl::InvalidArgumentError(
        absl::StrCat("\"", digest, "\" is no digest: it is hexadecimal, two digits a byte"));
  const size_t bytes = DigestBytes(parts->numbers[2]);
  if (bytes != 0 && digest.size() != 2 * bytes) {
    return absl::InvalidArgumentError(absl::StrCat("a digest of type ", parts->numbers[2], " has ", 2 * bytes,
                                                   " hexadecimal digits, not ", digest.size()));
  }
  v1::DomainDs ds;
  ds.set_key_tag(parts->numbers[0]);
  ds.set_algorithm(parts->numbers[1]);
  ds.set_digest_type(parts->numbers[2]);
  ds.set_digest(absl::AsciiStrToUpper(digest));
  return ds;
}

absl::StatusOr<v1::DomainDs> ParseKey(absl::string_view text) {
  const absl::StatusOr<Parts> parts = Split(text, "FLAGS PROTOCOL ALGORITHM PUBLIC-KEY");
  if (!parts.ok()) return parts.status();
  if (parts->numbers[1] != kProtocol)
    return absl::InvalidArgumentError(absl::StrCat("a DNSKEY's protocol is 3, not ", parts->numbers[1]));
  if (parts->numbers[0] == 0)
    return absl::InvalidArgumentError("a DNSKEY that signs zones has flags 256 or 257, not 0");
  std::string key;
  if (!absl::Base64Unescape(parts->rest, &key) || key.empty())
    return absl::InvalidArgumentError(absl::StrCat("\"", parts->rest, "\" is no public key: it is base64"));
  v1::DomainDs ds;
  ds.set_flags(parts->numbers[0]);
  ds.set_algorithm(parts->numbers[2]);
  ds.set_public_key(absl::Base64Escape(key));
  return ds;
}

std::string DsText(const v1::DomainDs& ds) {
  if (ds.flags() != 0)
    return absl::StrCat("key ", ds.flags(), " ", kProtocol, " ", ds.algorithm(), " ", ds.public_key());
  return absl::StrCat(ds.key_tag(), " ", ds.algorithm(), " ", ds.digest_type(), " ", ds.digest());
}

}  // namespace quartet::admin
