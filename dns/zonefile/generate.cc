#include "dns/zonefile/generate.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "dns/rdata/text_codec.h"

namespace quartet::dns {
namespace {

constexpr uint32_t kMaxNumber = 0x7fffffff;
constexpr uint32_t kMaxWidth = 63;

struct Modifier {
  int64_t offset = 0;
  uint32_t width = 0;
  char base = 'd';
};

// What stands between the braces.
bool ParseModifier(absl::string_view text, Modifier* modifier) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ',');
  if (parts.size() > 3) return false;
  const bool below = !parts[0].empty() && parts[0][0] == '-';
  uint32_t offset = 0;
  if (!ParseNumber(parts[0].substr(below ? 1 : 0), kMaxNumber, &offset)) return false;
  modifier->offset = below ? -int64_t{offset} : int64_t{offset};
  if (parts.size() > 1 && !ParseNumber(parts[1], kMaxWidth, &modifier->width)) return false;
  if (parts.size() < 3) return true;
  if (parts[2].size() != 1 || absl::string_view("doxX").find(parts[2][0]) == absl::string_view::npos)
    return false;
  modifier->base = parts[2][0];
  return true;
}

bool AppendNumber(const Modifier& modifier, uint32_t number, std::string* out) {
  const int64_t value = modifier.offset + int64_t{number};
  if (value < 0) return false;
  std::string digits;
  switch (modifier.base) {
    case 'o':
      digits = absl::StrFormat("%o", value);
      break;
    case 'x':
      digits = absl::StrFormat("%x", value);
      break;
    case 'X':
      digits = absl::StrFormat("%X", value);
      break;
    default:
      digits = absl::StrCat(value);
  }
  if (digits.size() < modifier.width) out->append(modifier.width - digits.size(), '0');
  out->append(digits);
  return true;
}

// Takes the "$" at the front of `*rest` with what belongs to it.
bool ExpandDollar(absl::string_view* rest, uint32_t number, std::string* out) {
  rest->remove_prefix(1);
  if (!rest->empty() && rest->front() == '$') {
    rest->remove_prefix(1);
    out->append("\\$");
    return true;
  }
  Modifier modifier;
  if (!rest->empty() && rest->front() == '{') {
    const size_t close = rest->find('}');
    if (close == absl::string_view::npos || !ParseModifier(rest->substr(1, close - 1), &modifier))
      return false;
    rest->remove_prefix(close + 1);
  }
  return AppendNumber(modifier, number, out);
}

}  // namespace

std::optional<GenerateRange> ParseGenerateRange(absl::string_view text) {
  GenerateRange range = {0, 0, 1};
  const size_t dash = text.find('-');
  if (dash == absl::string_view::npos) return std::nullopt;
  const size_t slash = text.find('/', dash);
  const size_t last_size = slash == absl::string_view::npos ? slash : slash - dash - 1;
  if (!ParseNumber(text.substr(0, dash), kMaxNumber, &range.first) ||
      !ParseNumber(text.substr(dash + 1, last_size), kMaxNumber, &range.last) || range.last < range.first) {
    return std::nullopt;
  }
  if (slash != absl::string_view::npos &&
      (!ParseNumber(text.substr(slash + 1), kMaxNumber, &range.step) || range.step == 0)) {
    return std::nullopt;
  }
  return range;
}

bool ExpandGenerate(absl::string_view pattern, uint32_t number, std::string* out) {
  while (!pattern.empty()) {
    if (pattern.front() == '$') {
      if (!ExpandDollar(&pattern, number, out)) return false;
      continue;
    }
    // An escape is copied whole: "\$" is no "$".
    const size_t size = std::min<size_t>(pattern.front() == '\\' ? 2 : 1, pattern.size());
    out->append(pattern.data(), size);
    pattern.remove_prefix(size);
  }
  return true;
}

bool Generator::Next() {
  const uint32_t number = range_.first + made_++ * range_.step;
  record_size_ = 0;
  for (size_t i = 0; i < pattern_.size(); ++i) {
    words_[i].clear();
    if (!ExpandGenerate(pattern_[i].raw, number, &words_[i])) return false;
    record_size_ += words_[i].size();
    tokens_[i].raw = words_[i];
  }
  return record_size_ <= kMaxGeneratedRecord;
}

}  // namespace quartet::dns
