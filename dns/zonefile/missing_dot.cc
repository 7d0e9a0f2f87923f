#include "dns/zonefile/missing_dot.h"

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace quartet::dns {
namespace {

constexpr absl::string_view kTopLevel[] = {"com", "net", "org", "edu", "gov",   "mil", "int", "arpa", "info",
                                           "biz", "dev", "app", "io",  "cloud", "co",  "uk",  "de",   "fr",
                                           "nl",  "ch",  "eu",  "us",  "ca",    "jp",  "au",  "in",   "br"};

bool IsRelative(absl::string_view written) {
  return !written.empty() && written.back() != '.' && written != "@";
}

bool EndsWithTopLevel(absl::string_view written) {
  const size_t dot = written.rfind('.');
  if (dot == absl::string_view::npos) return false;
  for (absl::string_view top : kTopLevel) {
    if (absl::EqualsIgnoreCase(written.substr(dot + 1), top)) return true;
  }
  return false;
}

}  // namespace

MissingDot::MissingDot(const Name& apex) : apex_(absl::StripSuffix(apex.ToLower().ToString(), ".")) {}

bool MissingDot::OwnerLooksAbsolute(absl::string_view written) const {
  if (apex_.empty() || !IsRelative(written) || !absl::EndsWithIgnoreCase(written, apex_)) return false;
  return written.size() == apex_.size() || written[written.size() - apex_.size() - 1] == '.';
}

bool MissingDot::ValueLooksAbsolute(absl::string_view written) const {
  return OwnerLooksAbsolute(written) || (!apex_.empty() && IsRelative(written) && EndsWithTopLevel(written));
}

std::span<const uint8_t> MissingDot::NameTokens(Type type) {
  static constexpr uint8_t kFirst[] = {0};
  static constexpr uint8_t kSecond[] = {1};
  static constexpr uint8_t kFourth[] = {3};
  static constexpr uint8_t kSixth[] = {5};
  static constexpr uint8_t kFirstTwo[] = {0, 1};
  switch (type) {
    case Type::kNs:
    case Type::kCname:
    case Type::kPtr:
    case Type::kDname:
      return kFirst;
    case Type::kMx:
    case Type::kSvcb:
    case Type::kHttps:
      return kSecond;
    case Type::kSrv:
      return kFourth;
    case Type::kNaptr:
      return kSixth;
    case Type::kSoa:
      return kFirstTwo;
    default:
      return {};
  }
}

}  // namespace quartet::dns
