// EPP over TCP: each message is preceded by its length (RFC 5734 §4).
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace quartet::controller::epp {

// Of a header: four octets, a big-endian number that counts them too.
inline constexpr size_t kFrameHeaderBytes = 4;
// Larger messages are not read: a registry's answers are a few KiB.
inline constexpr size_t kMaxFrameBytes = 1 << 20;

// Precondition: the message with its header is at most kMaxFrameBytes.
std::string Frame(absl::string_view message);

// Makes messages of a stream's bytes, however they come. Holds one frame at most beside what it was fed last. Not
// thread-safe.
class FrameReader {
 public:
  explicit FrameReader(size_t max_bytes = kMaxFrameBytes) : max_bytes_(max_bytes) {}

  void Feed(absl::string_view bytes) { buffer_.append(bytes.data(), bytes.size()); }
  // The next whole message, without its header; nullopt: more bytes are needed. OUT_OF_RANGE: the length is one that no
  // message has; the stream can't be read any further.
  absl::StatusOr<std::optional<std::string>> Next();

 private:
  size_t max_bytes_;
  std::string buffer_;
};

}  // namespace quartet::controller::epp
