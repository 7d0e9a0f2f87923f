// DNS messages out of a byte stream: each behind its length in two octets (RFC 1035 §4.2.2, RFC 7766 §8). No
// I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace quartet::nameserver {

// Holds what came and was not taken: at most one message of 64 KiB; usually 2 KiB, and no more than
// kKeptBytes between messages. Grows with what came, not with what a length promises. Not thread-safe.
class TcpFraming {
 public:
  static constexpr size_t kPrefix = 2;
  static constexpr size_t kMaxMessage = 65535;
  static constexpr size_t kKeptBytes = 2048;

  // Where to put what comes next; not empty once Next() has returned nullopt. Ends the life of what Next()
  // returned.
  std::span<uint8_t> Room();
  // The first `n` bytes of Room() are filled.
  void Received(size_t n);
  // The next whole message, without its length; nullopt: more bytes are needed. Lasts until Room().
  std::optional<std::span<const uint8_t>> Next();
  // Bytes of memory it holds.
  size_t capacity() const { return bytes_.size(); }
  // A message has begun and is not whole.
  bool partial() const { return begin_ != end_; }

 private:
  size_t unread() const { return end_ - begin_; }
  // Length of the message at begin_, prefix included; the least that can be said if the prefix is not there
  // yet.
  size_t FrameSize() const;

  std::vector<uint8_t> bytes_ = std::vector<uint8_t>(kKeptBytes);
  // Invariant: begin_ <= end_ <= bytes_.size(); bytes_.size() >= kKeptBytes.
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace quartet::nameserver
