#include "nameserver/answer/placed_name.h"

#include <cstring>

#include "dns/base/check.h"

namespace quartet::nameserver {

void PlacedName::Read(const uint8_t* message, size_t position) {
  uint8_t wire[dns::Name::kMaxWire];
  size_t size = 0;
  size_t labels = 0;
  for (;;) {
    const size_t length = message[position];
    if (length >= 0xc0) {
      const size_t target = (length & 0x3f) << 8 | message[position + 1];
      QUARTET_CHECK(target < position);
      position = target;
      continue;
    }
    QUARTET_CHECK(size + length < sizeof(wire));
    at[labels] = static_cast<uint16_t>(position);
    std::memcpy(wire + size, message + position, length + 1);
    size += length + 1;
    position += length + 1;
    if (length == 0) break;
    ++labels;
  }
  QUARTET_CHECK(name.Read({wire, size}) == size);
}

bool PlacedName::IsWithin(const LookupName& question, size_t apex_labels) const {
  if (name.labels < apex_labels) return false;
  const std::span<const uint8_t> apex = question.Suffix(apex_labels);
  const std::span<const uint8_t> suffix = name.Suffix(apex_labels);
  return suffix.size() == apex.size() && std::memcmp(suffix.data(), apex.data(), apex.size()) == 0;
}

}  // namespace quartet::nameserver
