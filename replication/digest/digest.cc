#include "replication/digest/digest.h"

namespace quartet::replication {

namespace {

uint64_t ReadLittleEndian(absl::string_view bytes) {
  uint64_t number = 0;
  for (size_t i = bytes.size(); i-- > 0;) number = number << 8 | static_cast<uint8_t>(bytes[i]);
  return number;
}

void AppendLittleEndian(uint64_t number, std::string& out) {
  for (int i = 0; i < 8; ++i) out += static_cast<char>(number >> (8 * i) & 0xff);
}

}  // namespace

Digest Digest::FromBytes(absl::string_view bytes) {
  Digest digest;
  if (bytes.size() != kBytes) return digest;
  digest.low_ = ReadLittleEndian(bytes.substr(0, 8));
  digest.high_ = ReadLittleEndian(bytes.substr(8));
  return digest;
}

std::string Digest::ToBytes() const {
  std::string bytes;
  bytes.reserve(kBytes);
  AppendLittleEndian(low_, bytes);
  AppendLittleEndian(high_, bytes);
  return bytes;
}

std::string Digest::ToHex() const {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (char octet : ToBytes()) {
    hex += kDigits[static_cast<uint8_t>(octet) >> 4];
    hex += kDigits[static_cast<uint8_t>(octet) & 0xf];
  }
  return hex;
}

Digest& Digest::operator+=(const Digest& other) {
  low_ += other.low_;
  const uint64_t carry = low_ < other.low_ ? 1 : 0;
  high_ += other.high_ + carry;
  return *this;
}

Digest& Digest::operator-=(const Digest& other) {
  const uint64_t borrow = low_ < other.low_ ? 1 : 0;
  low_ -= other.low_;
  high_ -= other.high_ + borrow;
  return *this;
}

}  // namespace quartet::replication
