#include "controller/registrar/epp/frame.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "dns/base/check.h"

namespace quartet::controller::epp {
namespace {

size_t LengthIn(absl::string_view header) {
  size_t length = 0;
  for (size_t i = 0; i < kFrameHeaderBytes; ++i) length = length << 8 | static_cast<uint8_t>(header[i]);
  return length;
}

}  // namespace

std::string Frame(absl::string_view message) {
  const size_t length = message.size() + kFrameHeaderBytes;
  QUARTET_CHECK(length <= kMaxFrameBytes);
  std::string frame;
  frame.reserve(length);
  for (int shift = 24; shift >= 0; shift -= 8) frame.push_back(static_cast<char>(length >> shift & 0xff));
  frame.append(message.data(), message.size());
  return frame;
}

absl::StatusOr<std::optional<std::string>> FrameReader::Next() {
  if (buffer_.size() < kFrameHeaderBytes) return std::nullopt;
  const size_t length = LengthIn(buffer_);
  if (length <= kFrameHeaderBytes || length > max_bytes_) {
    return absl::OutOfRangeError(
        absl::StrCat("a message of ", length, " bytes was announced; one has 5 to ", max_bytes_));
  }
  if (buffer_.size() < length) return std::nullopt;
  std::string message = buffer_.substr(kFrameHeaderBytes, length - kFrameHeaderBytes);
  buffer_.erase(0, length);
  return message;
}

}  // namespace quartet::controller::epp
