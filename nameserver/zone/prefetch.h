// Asks memory for bytes that will be read soon: a hint, right for any address.
#pragma once

#include <cstddef>
#include <cstdint>

namespace quartet::nameserver {

inline constexpr size_t kCacheLine = 64;

// The cache lines of the `size` bytes at `at`; the last of them only if it begins within a line's length of
// another.
inline void Prefetch(const void* at, size_t size) {
  const auto* byte = static_cast<const uint8_t*>(at);
  for (size_t offset = 0; offset < size; offset += kCacheLine) __builtin_prefetch(byte + offset);
}

}  // namespace quartet::nameserver
