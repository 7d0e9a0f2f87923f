#include "tests/sandbox_registry/faults.h"

#include <cstdint>
#include <fstream>
#include <map>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "controller/registrar/epp/namespaces.h"
#include "controller/registrar/epp/xml_reader.h"
#include "dns/base/check.h"

namespace quartet::sandbox {
namespace {

using controller::epp::XmlDocument;
using controller::epp::XmlElement;

Fault ReadFault(const std::vector<absl::string_view>& words) {
  static const std::map<absl::string_view, Fault::Kind> kKinds = {
      {"delay", Fault::Kind::kDelay},     {"late", Fault::Kind::kLate},
      {"cut", Fault::Kind::kCut},         {"lost", Fault::Kind::kLost},
      {"garbage", Fault::Kind::kGarbage}, {"oversized", Fault::Kind::kOversized},
  };
  QUARTET_CHECK(words.size() >= 2 && kKinds.contains(words[1]));
  Fault fault{kKinds.at(words[1]), {}};
  if (fault.kind == Fault::Kind::kDelay || fault.kind == Fault::Kind::kLate) {
    uint32_t milliseconds = 0;
    QUARTET_CHECK(words.size() == 3 && absl::SimpleAtoi(words[2], &milliseconds));
    fault.wait = std::chrono::milliseconds(milliseconds);
  }
  return fault;
}

std::string ObjectOf(const XmlElement& verb) {
  const std::vector<XmlElement> inside = verb.Children();
  if (inside.empty()) return "";
  const absl::string_view name_space = inside.front().name_space();
  if (name_space == controller::epp::kDomainNamespace) return "domain:";
  if (name_space == controller::epp::kHostNamespace) return "host:";
  return name_space == controller::epp::kContactNamespace ? "contact:" : "";
}

}  // namespace

Fault Faults::Of(absl::string_view command) const {
  if (none()) return {};
  std::ifstream file(path_);
  for (std::string line; std::getline(file, line);) {
    const std::vector<absl::string_view> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (!words.empty() && (words[0] == command || words[0] == "*")) return ReadFault(words);
  }
  return {};
}

std::string CommandOf(absl::string_view message) {
  const absl::StatusOr<XmlDocument> document = XmlDocument::Parse(message);
  if (!document.ok()) return "";
  const std::vector<XmlElement> inside = document->root().Children();
  if (inside.empty()) return "";
  if (inside.front().name() == "hello") return "hello";
  const std::vector<XmlElement> parts = inside.front().Children();
  return parts.empty() ? "" : absl::StrCat(ObjectOf(parts.front()), parts.front().name());
}

}  // namespace quartet::sandbox
