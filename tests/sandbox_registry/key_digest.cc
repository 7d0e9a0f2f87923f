#include "tests/sandbox_registry/key_digest.h"

#include <openssl/sha.h>

#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace quartet::sandbox {
namespace {

std::string DnskeyOf(const KeyData& key) {
  std::string rdata;
  rdata.push_back(static_cast<char>(key.flags() >> 8));
  rdata.push_back(static_cast<char>(key.flags() & 0xff));
  rdata.push_back(static_cast<char>(key.protocol()));
  rdata.push_back(static_cast<char>(key.algorithm()));
  std::string public_key;
  absl::Base64Unescape(key.public_key(), &public_key);
  return rdata + public_key;
}

// RFC 4034 appendix B.
uint16_t KeyTag(const std::string& rdata) {
  uint32_t sum = 0;
  for (size_t i = 0; i < rdata.size(); ++i) {
    const uint32_t octet = static_cast<uint8_t>(rdata[i]);
    sum += i % 2 == 0 ? octet << 8 : octet;
  }
  return static_cast<uint16_t>(sum + (sum >> 16));
}

}  // namespace

std::string DsOfKey(const dns::Name& owner, const KeyData& key) {
  const std::string rdata = DnskeyOf(key);
  // Owners are lower-case here, as RFC 4034 §5.1.4 wants them.
  std::string text(reinterpret_cast<const char*>(owner.wire().data()), owner.wire().size());
  text += rdata;
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  const std::string hex =
      absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), sizeof(digest)));
  return absl::StrCat(KeyTag(rdata), " ", key.algorithm(), " 2 ", absl::AsciiStrToUpper(hex));
}

}  // namespace quartet::sandbox
