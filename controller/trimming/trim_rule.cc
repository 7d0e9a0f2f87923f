#include "controller/trimming/trim_rule.h"

namespace quartet::controller {

std::optional<uint64_t> TrimRule::Upto() const {
  if (holds_ > 0) return std::nullopt;
  std::optional<uint64_t> upto;
  uint64_t left = segments_.bytes();
  const uint64_t needed = marks_.Lowest();
  for (const LogSegments::Segment& segment : segments_.closed()) {
    const bool too_much = left > log_bytes_;
    const bool needless = segment.last <= needed && left - segment.bytes >= log_bytes_ / kKeptPart;
    if (!too_much && !needless) break;
    upto = segment.last;
    left -= segment.bytes;
  }
  return upto;
}

std::vector<std::string> TrimRule::Trimmed(uint64_t upto) {
  segments_.Trim(upto);
  return marks_.Trimmed(upto);
}

}  // namespace quartet::controller
