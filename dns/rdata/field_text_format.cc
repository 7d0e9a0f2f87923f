// The half of field_text.h that writes.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "dns/rdata/field_text.h"
#include "dns/rdata/location_text.h"
#include "dns/rdata/svcb_text.h"
#include "dns/rdata/text_codec.h"
#include "dns/rdata/type.h"

namespace quartet::dns {
namespace {

using Bytes = std::span<const uint8_t>;

absl::string_view Chars(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

bool Take(size_t size, Bytes* wire, Bytes* taken) {
  if (wire->size() < size) return false;
  *taken = wire->first(size);
  *wire = wire->subspan(size);
  return true;
}

bool TakeNumber(size_t size, Bytes* wire, uint32_t* value) {
  Bytes taken;
  if (!Take(size, wire, &taken)) return false;
  *value = 0;
  for (uint8_t octet : taken) *value = *value << 8 | octet;
  return true;
}

// What stands behind a length octet.
bool TakeCounted(Bytes* wire, Bytes* taken) {
  return !wire->empty() && Take(1 + size_t{(*wire)[0]}, wire, taken) && (*taken = taken->subspan(1), true);
}

bool FormatNumber(TextField field, Bytes* wire, std::string* text) {
  const bool one = field == TextField::kU8 || field == TextField::kAlgorithm;
  const bool four = field == TextField::kU32 || field == TextField::kSeconds || field == TextField::kTime;
  uint32_t value = 0;
  if (!TakeNumber(one ? 1 : four ? 4 : 2, wire, &value)) return false;
  if (field == TextField::kTime) {
    *text += TimeText(value);
  } else if (field == TextField::kType) {
    *text += TypeName(static_cast<Type>(value));
  } else {
    absl::StrAppend(text, value);
  }
  return true;
}

bool FormatAddress(size_t size, Bytes* wire, std::string* text) {
  Bytes address;
  if (!Take(size, wire, &address)) return false;
  *text += AddressText(address);
  return true;
}

bool FormatName(Bytes* wire, std::string* text) {
  size_t end = 0;
  while (end < wire->size() && (*wire)[end] != 0) end += 1 + size_t{(*wire)[end]};
  Bytes octets;
  if (!Take(end + 1, wire, &octets)) return false;
  absl::StatusOr<Name> name = Name::FromWire(octets);
  if (!name.ok()) return false;
  *text += name->ToString();
  return true;
}

bool FormatCounted(TextField field, Bytes* wire, std::string* text) {
  Bytes octets;
  if (!TakeCounted(wire, &octets)) return false;
  switch (field) {
    case TextField::kTag:
      absl::StrAppend(text, Chars(octets));
      return !octets.empty() && std::all_of(octets.begin(), octets.end(), absl::ascii_isalnum);
    case TextField::kSalt:
      *text += octets.empty() ? "-" : HexText(octets);
      return true;
    case TextField::kHash:
      *text += Base32HexText(octets);
      return !octets.empty();
    default:
      AppendQuoted(Chars(octets), text);
      return true;
  }
}

bool FormatStrings(Bytes* wire, std::string* text) {
  if (!FormatCounted(TextField::kString, wire, text)) return false;
  while (!wire->empty()) {
    text->push_back(' ');
    if (!FormatCounted(TextField::kString, wire, text)) return false;
  }
  return true;
}

void FormatWindow(uint8_t window, Bytes bits, std::string* text) {
  for (size_t i = 0; i < bits.size() * 8; ++i) {
    if ((bits[i / 8] & 0x80 >> i % 8) == 0) continue;
    const auto type = static_cast<Type>(window << 8 | i);
    absl::StrAppend(text, text->empty() || text->back() == ' ' ? "" : " ", TypeName(type));
  }
}

bool FormatTypes(Bytes* wire, std::string* text) {
  int last = -1;
  while (!wire->empty()) {
    const int window = wire->front();
    *wire = wire->subspan(1);
    Bytes bits;
    if (!TakeCounted(wire, &bits) || window <= last || bits.empty() || bits.size() > 32 || bits.back() == 0) {
      return false;
    }
    FormatWindow(static_cast<uint8_t>(window), bits, text);
    last = window;
  }
  return true;
}

bool FormatRest(TextField field, Bytes* wire, std::string* text) {
  Bytes rest;
  Take(wire->size(), wire, &rest);
  switch (field) {
    case TextField::kHex:
      *text += HexText(rest);
      return !rest.empty();
    case TextField::kBase64:
      *text += Base64Text(rest);
      return !rest.empty();
    case TextField::kSvcParams:
      return FormatSvcParams(rest, text);
    case TextField::kLocation:
      return FormatLocation(rest, text);
    case TextField::kLongString:
      AppendQuoted(Chars(rest), text);
      return true;
    default:
      return false;
  }
}

}  // namespace

bool FormatField(const FieldSpec& field, std::span<const uint8_t>* wire, std::string* text) {
  switch (field.field) {
    case TextField::kU8:
    case TextField::kU16:
    case TextField::kU32:
    case TextField::kSeconds:
    case TextField::kTime:
    case TextField::kAlgorithm:
    case TextField::kCertType:
    case TextField::kType:
      return FormatNumber(field.field, wire, text);
    case TextField::kIpv4:
      return FormatAddress(4, wire, text);
    case TextField::kIpv6:
      return FormatAddress(16, wire, text);
    case TextField::kName:
      return FormatName(wire, text);
    case TextField::kString:
    case TextField::kTag:
    case TextField::kSalt:
    case TextField::kHash:
      return FormatCounted(field.field, wire, text);
    case TextField::kStrings:
      return FormatStrings(wire, text);
    case TextField::kTypes:
      return FormatTypes(wire, text);
    default:
      return FormatRest(field.field, wire, text);
  }
}

}  // namespace quartet::dns
