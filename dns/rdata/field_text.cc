#include "dns/rdata/field_text.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "dns/rdata/ldns_field.h"
#include "dns/rdata/location_text.h"
#include "dns/rdata/svcb_text.h"
#include "dns/rdata/text_codec.h"
#include "dns/rdata/type.h"

namespace quartet::dns {
namespace {

absl::Status Wrong(absl::string_view why) { return absl::InvalidArgumentError(why); }

absl::Status NoNumber(const TextToken& token, uint32_t max) {
  return Wrong(absl::StrCat(ShowToken(token), " is no number from 0 to ", max));
}

void AppendNumber(uint32_t value, size_t octets, std::string* wire) {
  if (octets == 4) {
    AppendU32(value, wire);
  } else if (octets == 2) {
    AppendU16(value, wire);
  } else {
    wire->push_back(static_cast<char>(value));
  }
}

// --- Fields of one token ---

absl::Status AppendInteger(const TextToken& token, size_t octets, std::string* wire) {
  const uint32_t max = octets == 4 ? UINT32_MAX : (1U << 8 * octets) - 1;
  uint32_t value = 0;
  if (!ParseNumber(token.raw, max, &value)) return NoNumber(token, max);
  AppendNumber(value, octets, wire);
  return absl::OkStatus();
}

absl::Status AppendSeconds(const TextToken& token, std::string* wire) {
  uint32_t seconds = 0;
  if (!ParseSeconds(token.raw, &seconds)) {
    return Wrong(
        absl::StrCat(ShowToken(token), " is no number of seconds up to 4294967295, and no time like 1h30m"));
  }
  AppendU32(seconds, wire);
  return absl::OkStatus();
}

absl::Status AppendTime(const TextToken& token, std::string* wire) {
  uint32_t time = 0;
  if (!ParseTime(token.raw, &time)) {
    return Wrong(absl::StrCat(ShowToken(token), " is no time in the form YYYYMMDDHHmmSS (1970 to 2106)"));
  }
  AppendU32(time, wire);
  return absl::OkStatus();
}

absl::Status AppendAlgorithm(const TextToken& token, std::string* wire) {
  uint32_t number = 0;
  if (!ParseNumber(token.raw, 255, &number) && !LdnsAlgorithm(token.raw, &number)) {
    return Wrong(absl::StrCat(ShowToken(token), " is no number from 0 to 255 and no algorithm's name"));
  }
  wire->push_back(static_cast<char>(number));
  return absl::OkStatus();
}

absl::Status AppendCertificateType(const TextToken& token, std::string* wire) {
  uint32_t number = 0;
  if (!ParseNumber(token.raw, 65535, &number) && !LdnsCertificateType(token.raw, &number)) {
    return Wrong(
        absl::StrCat(ShowToken(token), " is no number from 0 to 65535 and no certificate type's name"));
  }
  AppendU16(number, wire);
  return absl::OkStatus();
}

absl::Status AppendType(const TextToken& token, std::string* wire) {
  absl::StatusOr<Type> type = ParseType(token.raw);
  if (!type.ok()) return Wrong(absl::StrCat(ShowToken(token), " is no record type"));
  AppendU16(static_cast<uint16_t>(*type), wire);
  return absl::OkStatus();
}

absl::Status AppendName(const TextToken& token, const Name& origin, std::string* wire) {
  absl::StatusOr<Name> name = ParseNameToken(token, origin);
  if (!name.ok()) return name.status();
  wire->append(reinterpret_cast<const char*>(name->wire().data()), name->wire().size());
  return absl::OkStatus();
}

// `octets` behind a length octet.
void AppendCounted(absl::string_view octets, std::string* wire) {
  wire->push_back(static_cast<char>(octets.size()));
  wire->append(octets.data(), octets.size());
}

absl::Status AppendString(const TextToken& token, std::string* wire) {
  std::string octets;
  if (absl::Status status = DecodeToken(token, &octets); !status.ok()) return status;
  if (octets.size() > 255)
    return Wrong(absl::StrCat("a string of ", octets.size(), " octets; 255 is the most"));
  AppendCounted(octets, wire);
  return absl::OkStatus();
}

absl::Status AppendTag(const TextToken& token, std::string* wire) {
  const bool plain =
      !token.raw.empty() && std::all_of(token.raw.begin(), token.raw.end(), absl::ascii_isalnum);
  if (!plain || token.raw.size() > 255) {
    return Wrong(absl::StrCat(ShowToken(token), " is not made of letters and digits"));
  }
  AppendCounted(token.raw, wire);
  return absl::OkStatus();
}

absl::Status AppendSalt(const TextToken& token, std::string* wire) {
  std::string salt;
  if (token.raw != "-" && (token.raw.empty() || !AppendHex(token.raw, &salt))) {
    return Wrong(absl::StrCat(ShowToken(token), " is neither '-' nor hexadecimal"));
  }
  if (salt.size() > 255) return Wrong("a salt of more than 255 octets");
  AppendCounted(salt, wire);
  return absl::OkStatus();
}

absl::Status AppendHash(const TextToken& token, std::string* wire) {
  std::string hash;
  if (token.raw.empty() || !AppendBase32Hex(token.raw, &hash) || hash.size() > 255) {
    return Wrong(absl::StrCat(ShowToken(token), " is not in base32hex"));
  }
  AppendCounted(hash, wire);
  return absl::OkStatus();
}

absl::Status AppendOneToken(const FieldSpec& field, const Name& origin, const TextToken& token,
                            std::string* wire) {
  switch (field.field) {
    case TextField::kU8:
      return AppendInteger(token, 1, wire);
    case TextField::kU16:
      return AppendInteger(token, 2, wire);
    case TextField::kU32:
      return AppendInteger(token, 4, wire);
    case TextField::kSeconds:
      return AppendSeconds(token, wire);
    case TextField::kTime:
      return AppendTime(token, wire);
    case TextField::kAlgorithm:
      return AppendAlgorithm(token, wire);
    case TextField::kCertType:
      return AppendCertificateType(token, wire);
    case TextField::kType:
      return AppendType(token, wire);
    case TextField::kIpv4:
      if (AppendIpv4(token.raw, wire)) return absl::OkStatus();
      return Wrong(absl::StrCat(ShowToken(token), " is no IPv4 address like 192.0.2.1"));
    case TextField::kIpv6:
      if (AppendIpv6(token.raw, wire)) return absl::OkStatus();
      return Wrong(absl::StrCat(ShowToken(token), " is no IPv6 address like 2001:db8::1"));
    case TextField::kName:
      return AppendName(token, origin, wire);
    case TextField::kString:
      return AppendString(token, wire);
    case TextField::kTag:
      return AppendTag(token, wire);
    case TextField::kLongString:
      return DecodeToken(token, wire);
    case TextField::kSalt:
      return AppendSalt(token, wire);
    case TextField::kHash:
      return AppendHash(token, wire);
    default:
      if (AppendLdnsField(field.ldns, token.raw, wire)) return absl::OkStatus();
      return Wrong(absl::StrCat(ShowToken(token), " is not what this type has here"));
  }
}

// --- Fields that take all tokens left ---

// A string of more than 255 octets becomes several of 255 (as resolvers join them again: RFC 7208 §3.3).
absl::Status AppendStrings(std::span<const TextToken> tokens, size_t* bad, std::string* wire) {
  std::string octets;
  for (*bad = 0; *bad < tokens.size(); ++*bad) {
    octets.clear();
    if (absl::Status status = DecodeToken(tokens[*bad], &octets); !status.ok()) return status;
    absl::string_view rest = octets;
    do {
      AppendCounted(rest.substr(0, 255), wire);
      rest.remove_prefix(std::min<size_t>(rest.size(), 255));
    } while (!rest.empty());
  }
  return absl::OkStatus();
}

absl::Status AppendBlob(TextField field, std::span<const TextToken> tokens, std::string* wire) {
  std::string text;
  for (const TextToken& token : tokens) text.append(token.raw.data(), token.raw.size());
  const bool hex = field == TextField::kHex;
  if (text.empty()) return Wrong("it is empty");
  if (hex ? AppendHex(text, wire) : AppendBase64(text, wire)) return absl::OkStatus();
  return Wrong(hex ? "it is not in hexadecimal, two digits an octet" : "it is not in base64, or cut off");
}

absl::Status AppendTypes(std::span<const TextToken> tokens, size_t* bad, std::string* wire) {
  std::vector<uint16_t> types;
  for (*bad = 0; *bad < tokens.size(); ++*bad) {
    absl::StatusOr<Type> type = ParseType(tokens[*bad].raw);
    if (!type.ok()) return Wrong(absl::StrCat(ShowToken(tokens[*bad]), " is no record type"));
    types.push_back(static_cast<uint16_t>(*type));
  }
  std::sort(types.begin(), types.end());
  // RFC 4034 §4.1.2: a window for each high octet in use, no longer than its last bit needs.
  for (size_t i = 0; i < types.size();) {
    const uint16_t window = types[i] >> 8;
    std::string bits;
    for (; i < types.size() && types[i] >> 8 == window; ++i) {
      const size_t octet = (types[i] & 0xff) / 8;
      bits.resize(std::max(bits.size(), octet + 1), '\0');
      bits[octet] = static_cast<char>(bits[octet] | 0x80 >> types[i] % 8);
    }
    wire->push_back(static_cast<char>(window));
    AppendCounted(bits, wire);
  }
  return absl::OkStatus();
}

absl::Status AppendRest(TextField field, std::span<const TextToken> tokens, size_t* bad, std::string* wire) {
  *bad = 0;
  switch (field) {
    case TextField::kStrings:
      return AppendStrings(tokens, bad, wire);
    case TextField::kTypes:
      return AppendTypes(tokens, bad, wire);
    case TextField::kSvcParams:
      return AppendSvcParams(tokens, bad, wire);
    case TextField::kLocation:
      return AppendLocation(tokens, bad, wire);
    default:
      return AppendBlob(field, tokens, wire);
  }
}

bool TakesRest(TextField field) {
  switch (field) {
    case TextField::kStrings:
    case TextField::kHex:
    case TextField::kBase64:
    case TextField::kTypes:
    case TextField::kSvcParams:
    case TextField::kLocation:
      return true;
    default:
      return false;
  }
}

bool MayBeMissing(TextField field) { return field == TextField::kTypes || field == TextField::kSvcParams; }

}  // namespace

absl::StatusOr<Name> ParseNameToken(const TextToken& token, const Name& origin) {
  if (token.quoted) return Wrong(absl::StrCat("the name ", ShowToken(token), " must not stand in quotes"));
  for (size_t i = 0; i < token.raw.size(); ++i) {
    const char c = token.raw[i];
    if (static_cast<signed char>(c) < 0) {
      return Wrong(absl::StrCat("the name ", ShowToken(token),
                                " has letters outside ASCII: write it in its xn-- form (IDNA)"));
    }
    if (c == '"') return Wrong(absl::StrCat("the name ", ShowToken(token), " has quotes in it"));
    // What is escaped may be a quote.
    if (c == '\\') ++i;
  }
  absl::StatusOr<Name> name = Name::Parse(token.raw, origin);
  if (name.ok()) return name;
  return Wrong(absl::StrCat(ShowToken(token),
                            " is no name: ", absl::StripPrefix(name.status().message(), "domain name: ")));
}

absl::Status AppendField(const FieldSpec& field, const Name& origin, TokenQueue* tokens, size_t* bad,
                         std::string* wire) {
  const size_t start = tokens->position();
  absl::Status status;
  *bad = 0;
  if (tokens->empty() && !MayBeMissing(field.field)) {
    status = Wrong("missing");
  } else if (TakesRest(field.field)) {
    status = AppendRest(field.field, tokens->Rest(), bad, wire);
    if (status.ok()) tokens->Skip(tokens->Rest().size());
  } else {
    status = AppendOneToken(field, origin, tokens->Take(), wire);
  }
  if (status.ok()) return status;
  *bad += start;
  return Wrong(absl::StrCat(field.name, ": ", status.message()));
}

}  // namespace quartet::dns
