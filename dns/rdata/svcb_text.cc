#include "dns/rdata/svcb_text.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "dns/rdata/service_params.h"
#include "dns/rdata/text_codec.h"

namespace quartet::dns {
namespace {

using Bytes = std::span<const uint8_t>;

// By their numbers.
constexpr const char* kKeyNames[] = {"mandatory", "alpn",     "no-default-alpn", "port", "ipv4hint",
                                     "ech",       "ipv6hint", "dohpath",         "ohttp"};

struct Param {
  ServiceKey key = ServiceKey::kMandatory;
  std::string value;  // wire format
  size_t token = 0;   // where it was written
};

bool HasName(ServiceKey key) { return static_cast<size_t>(key) < std::size(kKeyNames); }

std::string KeyName(ServiceKey key) {
  const auto number = static_cast<uint16_t>(key);
  return HasName(key) ? kKeyNames[number] : absl::StrCat("key", number);
}

// `text` is in lower case.
bool ParseKey(absl::string_view text, ServiceKey* key) {
  for (size_t i = 0; i < std::size(kKeyNames); ++i) {
    if (text == kKeyNames[i]) {
      *key = static_cast<ServiceKey>(i);
      return true;
    }
  }
  // RFC 9460 §2.1: no leading zeros.
  if (text.substr(0, 3) != "key") return false;
  text.remove_prefix(3);
  uint32_t number = 0;
  if ((text.size() > 1 && text[0] == '0') || !ParseNumber(text, 65535, &number)) return false;
  *key = static_cast<ServiceKey>(number);
  return true;
}

absl::Status Wrong(absl::string_view key, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("parameter ", key, ": ", why));
}

// --- Text to wire. Functions that return a text return nullptr, or what is wrong. ---

constexpr const char* kEmptyItem = "an item of its list is empty";

// Items of a value-list between commas; `\,` and `\\` undone (RFC 9460 appendix A.1).
const char* SplitList(absl::string_view value, std::vector<std::string>* items) {
  items->emplace_back();
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] == ',') {
      if (items->back().empty()) return kEmptyItem;
      items->emplace_back();
    } else if (value[i] != '\\') {
      items->back().push_back(value[i]);
    } else if (i + 1 < value.size() && (value[i + 1] == ',' || value[i + 1] == '\\')) {
      items->back().push_back(value[++i]);
    } else {
      return "in its list a backslash may stand before a comma or a backslash only";
    }
  }
  return items->back().empty() ? kEmptyItem : nullptr;
}

const char* MandatoryToWire(const std::vector<std::string>& items, std::string* wire) {
  std::vector<ServiceKey> keys(items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    if (!ParseKey(absl::AsciiStrToLower(items[i]), &keys[i])) return "it lists what is no key";
  }
  // In any order as text, in ascending order on the wire (RFC 9460 §8).
  std::sort(keys.begin(), keys.end());
  for (ServiceKey key : keys) AppendU16(static_cast<uint16_t>(key), wire);
  return nullptr;
}

const char* AlpnToWire(const std::vector<std::string>& items, std::string* wire) {
  for (const std::string& item : items) {
    if (item.size() > 255) return "a protocol of more than 255 octets";
    wire->push_back(static_cast<char>(item.size()));
    wire->append(item);
  }
  return nullptr;
}

const char* AddressesToWire(ServiceKey key, const std::vector<std::string>& items, std::string* wire) {
  for (const std::string& item : items) {
    if (key == ServiceKey::kIpv4Hint && !AppendIpv4(item, wire)) return "it lists what is no IPv4 address";
    if (key == ServiceKey::kIpv6Hint && !AppendIpv6(item, wire)) return "it lists what is no IPv6 address";
  }
  return nullptr;
}

const char* ListToWire(ServiceKey key, absl::string_view value, std::string* wire) {
  std::vector<std::string> items;
  if (const char* wrong = SplitList(value, &items)) return wrong;
  if (key == ServiceKey::kMandatory) return MandatoryToWire(items, wire);
  return key == ServiceKey::kAlpn ? AlpnToWire(items, wire) : AddressesToWire(key, items, wire);
}

const char* PortToWire(absl::string_view value, std::string* wire) {
  uint32_t port = 0;
  if (!ParseNumber(value, 65535, &port)) return "it is no number from 0 to 65535";
  AppendU16(port, wire);
  return nullptr;
}

// `value` has its character-string escapes undone.
const char* ValueToWire(ServiceKey key, absl::string_view value, std::string* wire) {
  switch (key) {
    case ServiceKey::kMandatory:
    case ServiceKey::kAlpn:
    case ServiceKey::kIpv4Hint:
    case ServiceKey::kIpv6Hint:
      return ListToWire(key, value, wire);
    case ServiceKey::kPort:
      return PortToWire(value, wire);
    case ServiceKey::kEch:
      return AppendBase64(value, wire) ? nullptr : "it is not in base64";
    default:
      wire->append(value.data(), value.size());
      return nullptr;
  }
}

// Splits `key=value`, `key="value"` or `key` into the key's text and the value's token.
absl::Status SplitParam(const TextToken& token, absl::string_view* key, TextToken* value) {
  if (token.quoted) return Wrong(ShowToken(token), "quotes go around the value only, as in alpn=\"h2\"");
  const size_t equals = token.raw.find('=');
  *key = token.raw.substr(0, equals);
  if (equals == absl::string_view::npos) return absl::OkStatus();
  value->raw = token.raw.substr(equals + 1);
  // ScanToken has seen to it that what begins with a quote ends with its partner.
  if (value->raw.size() >= 2 && value->raw.front() == '"') {
    value->raw = value->raw.substr(1, value->raw.size() - 2);
    value->quoted = true;
  }
  return absl::OkStatus();
}

absl::Status ParseParam(const TextToken& token, Param* param) {
  absl::string_view key;
  TextToken value;
  if (absl::Status status = SplitParam(token, &key, &value); !status.ok()) return status;
  const std::string lower = absl::AsciiStrToLower(key);
  if (!ParseKey(lower, &param->key)) {
    return Wrong(ShowToken({key, false}), "unknown; keys without a name are written as key65280 is");
  }
  std::string octets;
  if (absl::Status status = DecodeToken(value, &octets); !status.ok()) return Wrong(lower, status.message());
  // keyNNNNN has its value in wire format, even where the number has a name.
  const bool by_name = HasName(param->key) && lower == KeyName(param->key);
  if (!by_name) {
    param->value = std::move(octets);
  } else if (const char* wrong = ValueToWire(param->key, octets, &param->value)) {
    return Wrong(lower, wrong);
  }
  if (param->value.size() > 65535) return Wrong(lower, "its value is over 65,535 octets");
  return absl::OkStatus();
}

// --- Wire to text ---

// One protocol of an alpn list, with what the list gives a meaning escaped.
std::string EscapeItem(absl::string_view item) {
  std::string escaped;
  for (char c : item) {
    if (c == ',' || c == '\\') escaped.push_back('\\');
    escaped.push_back(c);
  }
  return escaped;
}

absl::string_view Chars(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

std::string Quoted(absl::string_view octets) {
  std::string quoted;
  AppendQuoted(octets, &quoted);
  return quoted;
}

std::string AlpnText(Bytes value) {
  std::string list;
  while (!value.empty()) {
    const size_t length = value[0];
    absl::StrAppend(&list, list.empty() ? "" : ",", EscapeItem(Chars(value.subspan(1, length))));
    value = value.subspan(1 + length);
  }
  return Quoted(list);
}

uint16_t ReadU16(Bytes bytes) { return static_cast<uint16_t>(bytes[0] << 8 | bytes[1]); }

// Items of `size` octets each, between commas.
std::string ItemsText(ServiceKey key, Bytes value, size_t size) {
  std::string list;
  for (size_t at = 0; at < value.size(); at += size) {
    const Bytes item = value.subspan(at, size);
    if (at > 0) list.push_back(',');
    list +=
        key == ServiceKey::kMandatory ? KeyName(static_cast<ServiceKey>(ReadU16(item))) : AddressText(item);
  }
  return list;
}

std::string ValueText(ServiceKey key, Bytes value) {
  switch (key) {
    case ServiceKey::kMandatory:
      return ItemsText(key, value, 2);
    case ServiceKey::kAlpn:
      return AlpnText(value);
    case ServiceKey::kPort:
      return absl::StrCat(ReadU16(value));
    case ServiceKey::kIpv4Hint:
      return ItemsText(key, value, 4);
    case ServiceKey::kIpv6Hint:
      return ItemsText(key, value, 16);
    case ServiceKey::kEch:
      return Base64Text(value);
    default:
      return Quoted(Chars(value));
  }
}

}  // namespace

absl::Status AppendSvcParams(std::span<const TextToken> tokens, size_t* bad, std::string* wire) {
  std::vector<Param> params(tokens.size());
  for (size_t i = 0; i < tokens.size(); ++i) {
    *bad = params[i].token = i;
    if (absl::Status status = ParseParam(tokens[i], &params[i]); !status.ok()) return status;
  }
  std::stable_sort(params.begin(), params.end(),
                   [](const Param& a, const Param& b) { return a.key < b.key; });
  std::string sorted;
  for (size_t i = 0; i < params.size(); ++i) {
    *bad = params[i].token;
    if (i > 0 && params[i].key == params[i - 1].key)
      return Wrong(KeyName(params[i].key), "it stands there twice");
    AppendU16(static_cast<uint16_t>(params[i].key), &sorted);
    AppendU16(static_cast<uint32_t>(params[i].value.size()), &sorted);
    sorted += params[i].value;
  }
  *bad = 0;
  const Bytes bytes(reinterpret_cast<const uint8_t*>(sorted.data()), sorted.size());
  if (absl::Status status = CheckServiceParams(bytes); !status.ok()) return status;
  *wire += sorted;
  return absl::OkStatus();
}

bool FormatSvcParams(std::span<const uint8_t> wire, std::string* text) {
  if (!CheckServiceParams(wire).ok()) return false;
  bool first = true;
  ServiceParam param;
  while (TakeServiceParam(wire, param)) {
    absl::StrAppend(text, first ? "" : " ", KeyName(param.key));
    if (!param.value.empty()) absl::StrAppend(text, "=", ValueText(param.key, param.value));
    first = false;
  }
  return true;
}

}  // namespace quartet::dns
