#include "controller/watching/resume_token.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "replication/replica/layout.h"

namespace quartet::controller {
namespace {

using replication::layout::BigEndian64;
using replication::layout::ReadBigEndian64;

// u8 version . u64be epoch . u64be index . chain . u64be events
constexpr char kVersion = 1;
constexpr size_t kChain = 16;
constexpr size_t kBytes = 1 + 8 + 8 + kChain + 8;

}  // namespace

std::string WriteResumeToken(const ResumePoint& point) {
  std::string bytes(1, kVersion);
  bytes += BigEndian64(point.position.epoch) + BigEndian64(point.position.index);
  bytes.append(point.position.chain.begin(), point.position.chain.end());
  bytes += BigEndian64(point.events);
  return absl::WebSafeBase64Escape(bytes);
}

absl::StatusOr<ResumePoint> ReadResumeToken(absl::string_view token) {
  std::string bytes;
  ResumePoint point;
  const bool read =
      absl::WebSafeBase64Unescape(token, &bytes) && bytes.size() == kBytes && bytes[0] == kVersion;
  const uint64_t events = read ? ReadBigEndian64(absl::string_view(bytes).substr(kBytes - 8)) : 0;
  if (!read || events > UINT32_MAX)
    return absl::InvalidArgumentError("resume_token: no token of a watch of changes; watch without one");
  point.position.epoch = ReadBigEndian64(absl::string_view(bytes).substr(1, 8));
  point.position.index = ReadBigEndian64(absl::string_view(bytes).substr(9, 8));
  std::copy_n(bytes.begin() + 17, kChain, point.position.chain.begin());
  point.events = static_cast<uint32_t>(events);
  return point;
}

}  // namespace quartet::controller
