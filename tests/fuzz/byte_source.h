// A fuzzer's input as a row of small decisions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace quartet::fuzz {

// Gives zeros once the bytes are used up, so that every input means something.
class ByteSource {
 public:
  explicit ByteSource(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  bool empty() const { return bytes_.empty(); }
  uint8_t Take() {
    if (bytes_.empty()) return 0;
    const uint8_t byte = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return byte;
  }
  // 0 to `end` - 1; `end` is at most 65536.
  size_t Below(size_t end) {
    const size_t high = end > 256 ? Take() : 0;
    return (high << 8 | Take()) % end;
  }
  // True once in `times`.
  bool OneIn(size_t times) { return Below(times) == times - 1; }

 private:
  std::span<const uint8_t> bytes_;
};

}  // namespace quartet::fuzz
