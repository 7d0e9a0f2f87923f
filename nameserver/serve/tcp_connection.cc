#include "nameserver/serve/tcp_connection.h"

#include <optional>
#include <utility>

#include "dns/base/check.h"

namespace quartet::nameserver {

std::optional<std::span<const uint8_t>> TcpConnection::Next() {
  if (waiting_) return std::nullopt;
  return parked_.has_value() ? std::exchange(parked_, std::nullopt) : framing_.Next();
}

std::span<const uint8_t> TcpConnection::Answer(Responder& responder, AnswerSpace& space,
                                               ServeCounters& counters) {
  constexpr size_t kFrame = TcpFraming::kPrefix + TcpFraming::kMaxMessage;
  const std::span<uint8_t> bytes = space.bytes();
  size_t used = 0;
  while (bytes.size() - used >= kFrame) {
    const std::optional<std::span<const uint8_t>> query = Next();
    if (!query.has_value()) break;
    Exchange exchange = {.query = *query,
                         .space = bytes.subspan(used + TcpFraming::kPrefix, TcpFraming::kMaxMessage),
                         .source = source_,
                         .waker = parks_left_ > 0 ? waker_ : nullptr,
                         .token = token_};
    responder.AnswerStream(exchange);
    if (exchange.parked) {
      parked_ = query;
      waiting_ = true;
      --parks_left_;
      break;
    }
    parks_left_ = kParks;
    counters.CountQueries(1);
    if (exchange.answer_size == 0) {
      counters.CountIgnored(1);
      finished_ = true;
      framing_ = TcpFraming();
      break;
    }
    QUARTET_CHECK(exchange.answer_size <= TcpFraming::kMaxMessage && exchange.answer_size > 3);
    counters.CountResponse(exchange.space[3]);
    bytes[used] = static_cast<uint8_t>(exchange.answer_size >> 8);
    bytes[used + 1] = static_cast<uint8_t>(exchange.answer_size);
    used += TcpFraming::kPrefix + exchange.answer_size;
  }
  return bytes.first(used);
}

void TcpConnection::Keep(std::span<const uint8_t> unsent) {
  QUARTET_CHECK(!has_unsent());
  unsent_.assign(unsent.begin(), unsent.end());
  unsent_begin_ = 0;
}

void TcpConnection::Sent(size_t n) {
  QUARTET_CHECK(n <= unsent_.size() - unsent_begin_);
  unsent_begin_ += n;
  if (has_unsent()) return;
  unsent_ = std::vector<uint8_t>();
  unsent_begin_ = 0;
}

}  // namespace quartet::nameserver
