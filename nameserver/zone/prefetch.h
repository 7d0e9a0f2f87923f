// Asks memory for bytes that will be read soon: a hint, right for any address.
#pragma once

#include <cstddef>
#include <cstdint>

namespace quartet::nameserver {

inline constexpr size_t kCacheLine = 64;

// The cache lines of the `size` (not 0) bytes at `at`.
inline void Prefetch(const void* at, size_t size) {
  // Or the compiler takes functions that do nothing else for ones without effect, and drops their calls.
  asm volatile("");
  const auto* byte = static_cast<const uint8_t*>(at);
#pragma GCC unroll 8
  for (size_t offset = 0; offset < size; offset += kCacheLine) __builtin_prefetch(byte + offset);
  if (size % kCacheLine != 1) __builtin_prefetch(byte + size - 1);
}

}  // namespace quartet::nameserver
