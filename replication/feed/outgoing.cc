#include "replication/feed/outgoing.h"

#include "dns/base/check.h"

namespace quartet::replication {

v1::SubscribeResponse Outgoing::Parse() const {
  v1::SubscribeResponse message;
  QUARTET_CHECK(message.ParseFromString(*bytes_));
  return message;
}

void AppendField(int number, absl::string_view bytes, std::string& out) {
  constexpr int kLengthDelimited = 2;
  out += static_cast<char>(number << 3 | kLengthDelimited);
  size_t length = bytes.size();
  for (; length >= 0x80; length >>= 7) out += static_cast<char>(0x80 | (length & 0x7f));
  out += static_cast<char>(length);
  out.append(bytes.data(), bytes.size());
}

}  // namespace quartet::replication
