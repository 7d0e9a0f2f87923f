#include "nameserver/serve/tcp_framing.h"

#include <algorithm>
#include <cstring>

#include "dns/base/check.h"

namespace quartet::nameserver {

size_t TcpFraming::FrameSize() const {
  if (unread() < kPrefix) return kPrefix;
  return kPrefix + (size_t{bytes_[begin_]} << 8 | bytes_[begin_ + 1]);
}

std::span<uint8_t> TcpFraming::Room() {
  if (begin_ != 0) {
    std::memmove(bytes_.data(), bytes_.data() + begin_, unread());
    end_ -= begin_;
    begin_ = 0;
  }
  const size_t wanted = std::max(std::min(FrameSize(), 2 * unread()), kKeptBytes);
  if (bytes_.size() < wanted) {
    bytes_.resize(wanted);
  } else if (end_ == 0 && bytes_.size() > kKeptBytes) {
    bytes_ = std::vector<uint8_t>(kKeptBytes);
  }
  return std::span(bytes_).subspan(end_);
}

void TcpFraming::Received(size_t n) {
  QUARTET_CHECK(n <= bytes_.size() - end_);
  end_ += n;
}

std::optional<std::span<const uint8_t>> TcpFraming::Next() {
  if (unread() < kPrefix || unread() < FrameSize()) return std::nullopt;
  const size_t size = FrameSize();
  const std::span<const uint8_t> message(bytes_.data() + begin_ + kPrefix, size - kPrefix);
  begin_ += size;
  return message;
}

}  // namespace quartet::nameserver
