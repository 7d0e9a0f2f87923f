#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "dns/rdata/field_text.h"
#include "dns/rdata/ldns_field.h"
#include "dns/rdata/rdata_text.h"
#include "dns/rdata/record_data.h"
#include "dns/rdata/text_codec.h"
#include "dns/rdata/type_fields.h"

namespace quartet::dns {
namespace {

// Of a character-string (RFC 1035 §3.3).
constexpr size_t kMaxString = 255;

// 65,535 octets in RFC 3597's form fit.
constexpr size_t kMaxText = 132'000;

// What FromWire's messages begin with too.
std::string Prefix(Type type) { return absl::StrCat(TypeName(type), " record data: "); }

// RFC 3597 §5: `\#`, the number of octets, the octets in hexadecimal.
bool IsGeneric(std::span<const TextToken> tokens) {
  return !tokens.empty() && !tokens[0].quoted && tokens[0].raw == "\\#";
}

absl::Status AppendGeneric(TokenQueue* tokens, size_t* bad, std::string* wire) {
  constexpr FieldSpec kLength = {TextField::kU16, "length"};
  constexpr FieldSpec kData = {TextField::kHex, "data"};
  tokens->Skip(1);
  std::string length_octets;
  if (absl::Status status = AppendField(kLength, Name(), tokens, bad, &length_octets); !status.ok())
    return status;
  const size_t length =
      size_t{static_cast<uint8_t>(length_octets[0])} << 8 | static_cast<uint8_t>(length_octets[1]);
  if (length > 0 || !tokens->empty()) {
    if (absl::Status status = AppendField(kData, Name(), tokens, bad, wire); !status.ok()) return status;
  }
  if (wire->size() == length) return absl::OkStatus();
  *bad = 1;
  return absl::InvalidArgumentError(
      absl::StrCat("length: ", length, " stands there, but there are ", wire->size(), " octets of data"));
}

absl::Status AppendFields(std::span<const FieldSpec> fields, const Name& origin, TokenQueue* tokens,
                          size_t* bad, std::string* wire) {
  for (const FieldSpec& field : fields) {
    if (absl::Status status = AppendField(field, origin, tokens, bad, wire); !status.ok()) return status;
  }
  if (tokens->empty()) return absl::OkStatus();
  *bad = tokens->position();
  return absl::InvalidArgumentError(
      absl::StrCat(ShowToken(tokens->Front()), " is too much: the data ends before it"));
}

absl::Status AppendData(Type type, const Name& origin, TokenQueue* tokens, size_t* bad, std::string* wire) {
  if (IsGeneric(tokens->Rest())) return AppendGeneric(tokens, bad, wire);
  const std::span<const FieldSpec> fields = FieldsOf(type);
  if (!fields.empty()) return AppendFields(fields, origin, tokens, bad, wire);
  const std::vector<FieldSpec> ldns_fields = LdnsFieldsOf(type);
  if (!ldns_fields.empty()) return AppendFields(ldns_fields, origin, tokens, bad, wire);
  *bad = 0;
  return absl::InvalidArgumentError(
      absl::StrCat("data of type ", TypeName(type), " is written as \\# LENGTH HEX (RFC 3597)"));
}

std::string GenericText(std::span<const uint8_t> wire) {
  return absl::StrCat("\\# ", wire.size(), wire.empty() ? "" : " ", HexText(wire));
}

// False if the data can't be written in the form of its type.
bool FormatFields(std::span<const FieldSpec> fields, std::span<const uint8_t> wire, std::string* text) {
  for (const FieldSpec& field : fields) {
    const size_t before = text->size();
    if (before > 0) text->push_back(' ');
    if (!FormatField(field, &wire, text)) return false;
    // A field that may be empty leaves no blank behind.
    if (before > 0 && text->size() == before + 1) text->pop_back();
  }
  return wire.empty();
}

bool IsText(Type type) { return type == Type::kTxt || type == Type::kSpf; }

// The strings of TXT data as one; nullopt if Parse would not split it again as it is.
std::optional<std::string> JoinStrings(std::span<const uint8_t> wire) {
  std::string joined;
  bool first = true;
  for (; !wire.empty(); first = false) {
    const size_t length = wire[0];
    const bool last = wire.size() == 1 + length;
    if (!last && length != kMaxString) return std::nullopt;
    if (length == 0 && !first) return std::nullopt;
    joined.append(reinterpret_cast<const char*>(wire.data() + 1), length);
    wire = wire.subspan(1 + length);
  }
  return joined;
}

}  // namespace

bool HasLooseBlanks(Type type, std::span<const TextToken> tokens) {
  if (!IsText(type) || tokens.size() < 2 || IsGeneric(tokens)) return false;
  return std::any_of(tokens.begin(), tokens.end(), [](const TextToken& token) { return !token.quoted; });
}

bool HasLongString(Type type, std::span<const TextToken> tokens) {
  if (!IsText(type) || IsGeneric(tokens)) return false;
  return std::any_of(tokens.begin(), tokens.end(), [](const TextToken& token) {
    std::string octets;
    return token.raw.size() > kMaxString && DecodeToken(token, &octets).ok() && octets.size() > kMaxString;
  });
}

absl::StatusOr<RecordData> ParseRecordData(Type type, std::span<const TextToken> tokens, const Name& origin,
                                           size_t* bad) {
  TokenQueue queue(tokens);
  std::string wire;
  if (absl::Status status = AppendData(type, origin, &queue, bad, &wire); !status.ok()) return status;
  *bad = 0;
  absl::StatusOr<RecordData> data =
      RecordData::FromWire(type, {reinterpret_cast<const uint8_t*>(wire.data()), wire.size()});
  if (data.ok()) return data;
  return absl::InvalidArgumentError(absl::StripPrefix(data.status().message(), Prefix(type)));
}

absl::StatusOr<RecordData> RecordData::Parse(Type type, absl::string_view text, const Name& origin) {
  if (text.size() > kMaxText) {
    return absl::InvalidArgumentError(absl::StrCat(Prefix(type), "more than ", kMaxText, " characters"));
  }
  std::vector<TextToken> tokens;
  if (absl::Status status = SplitTokens(text, &tokens); !status.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(Prefix(type), status.message()));
  }
  size_t bad = 0;
  absl::StatusOr<RecordData> data = ParseRecordData(type, tokens, origin, &bad);
  if (data.ok()) return data;
  return absl::InvalidArgumentError(absl::StrCat(Prefix(type), data.status().message()));
}

std::string RecordData::ToString() const {
  const std::span<const FieldSpec> fields = FieldsOf(type_);
  std::string text;
  if (!fields.empty() && FormatFields(fields, wire(), &text) && text.size() <= kMaxText) return text;
  return GenericText(wire());
}

std::string RecordData::ToJoinedString() const {
  if (!IsText(type_)) return ToString();
  const std::optional<std::string> joined = JoinStrings(wire());
  std::string text;
  if (joined.has_value()) AppendQuoted(*joined, &text);
  return text.empty() || text.size() > kMaxText ? ToString() : text;
}

}  // namespace quartet::dns
