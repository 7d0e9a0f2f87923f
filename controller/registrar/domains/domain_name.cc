#include "controller/registrar/domains/domain_name.h"

#include <arpa/inet.h>

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "controller/registrar/domains/punycode.h"

namespace quartet::controller {
namespace {

// RFC 1035 §2.3.4: 255 bytes with lengths and the root.
constexpr size_t kMostBytes = 253;
constexpr size_t kMostLabelBytes = 63;
constexpr absl::string_view kAcePrefix = "xn--";

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

// RFC 5890 §2.3.1.
bool IsLetterDigitHyphen(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-'; }

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool IsAddress(const std::string& text) {
  in6_addr address = {};
  return inet_pton(AF_INET, text.c_str(), &address) == 1 || inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

// What is wrong with a label of lower case; empty: nothing.
std::string FaultOfLabel(absl::string_view label) {
  if (label.empty()) return "a label of it is empty";
  if (label.size() > kMostLabelBytes)
    return absl::StrCat("a label of it is ", label.size(), " bytes long, and ", kMostLabelBytes,
                        " at most can be");
  if (absl::StrContains(label, '_')) return "underscores are of names below a domain, not of domains";
  const auto strange = std::find_if_not(label.begin(), label.end(), IsLetterDigitHyphen);
  if (strange != label.end()) {
    return absl::StrCat("\"", absl::CHexEscape(absl::string_view(&*strange, 1)),
                        "\" is in it, and only letters, digits and hyphens can be");
  }
  if (label.front() == '-' || label.back() == '-') return "a label of it begins or ends with a hyphen";
  if (label.size() < 4 || label.substr(2, 2) != "--") return "";
  if (!absl::StartsWith(label, kAcePrefix))
    return "a label of it has hyphens in third and fourth place, which only xn-- labels may have";
  if (!IsPunycode(label.substr(kAcePrefix.size())))
    return absl::StrCat(label, " is no A-label: it stands for no label of letters outside ASCII");
  return "";
}

std::string FaultOf(const std::string& name, size_t least_labels) {
  if (name.empty()) return "it is empty";
  if (!IsAscii(name)) return "it is of letters outside ASCII: give its A-label, xn--…";
  if (IsAddress(name)) return "it is an address";
  if (name.size() > kMostBytes)
    return absl::StrCat("it is ", name.size(), " bytes long, and ", kMostBytes, " at most can be");
  const std::vector<absl::string_view> labels = absl::StrSplit(name, '.');
  for (const absl::string_view label : labels) {
    if (std::string fault = FaultOfLabel(label); !fault.empty()) return fault;
  }
  // Nor would a number be told from an address.
  if (std::all_of(labels.back().begin(), labels.back().end(), IsDigit)) return "its last label is a number";
  if (labels.size() < least_labels) return "it is a single label: name the TLD too, as in example.test";
  return "";
}

// For messages: hostile bytes escaped, and no more of them than anybody reads.
std::string Shown(absl::string_view text) {
  constexpr size_t kMostShown = 80;
  size_t shown = std::min(text.size(), kMostShown);
  // No character is cut in two.
  while (shown > 0 && shown < text.size() && (static_cast<unsigned char>(text[shown]) & 0xc0) == 0x80)
    --shown;
  return absl::StrCat("\"", absl::Utf8SafeCHexEscape(text.substr(0, shown)), shown < text.size() ? "…" : "",
                      "\"");
}

absl::StatusOr<std::string> Normal(absl::string_view text, size_t least_labels, absl::string_view what) {
  absl::string_view name = text;
  if (name.size() > 1) absl::ConsumeSuffix(&name, ".");
  std::string normal = absl::AsciiStrToLower(name);
  const std::string fault = FaultOf(normal, least_labels);
  if (!fault.empty())
    return absl::InvalidArgumentError(absl::StrCat(Shown(text), " is no ", what, ": ", fault));
  return normal;
}

}  // namespace

absl::StatusOr<std::string> NormalDomainName(absl::string_view text) {
  return Normal(text, 2, "domain name");
}

absl::StatusOr<std::string> NormalTld(absl::string_view text) { return Normal(text, 1, "TLD"); }

}  // namespace quartet::controller
