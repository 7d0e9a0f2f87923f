// Any bytes as what a TCP client sends, in pieces of any size: each whole message is answered, in order,
// however the stream was cut and however little of the answers could be sent at a time.
#include <netinet/in.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dns/base/check.h"
#include "nameserver/serve/tcp_connection.h"
#include "nameserver/serve/test_responder.h"

namespace quartet::nameserver {

// A few bytes can ask for many answers of 64 KiB; what is beyond this adds nothing.
constexpr size_t kEnough = 200'000;

namespace {

// Answers what all messages in `stream` up to the first that is none should get.
std::string Expected(std::span<const uint8_t> stream) {
  std::string answers;
  while (stream.size() >= 2) {
    const size_t size = size_t{stream[0]} << 8 | stream[1];
    if (stream.size() - 2 < size || size < EchoResponder::kHeader) break;
    std::vector<uint8_t> space(TcpFraming::kMaxMessage);
    Exchange exchange = {
        .query = stream.subspan(2, size), .space = space, .source = nullptr, .answer_size = 0};
    EchoResponder().AnswerStream(exchange);
    answers += {static_cast<char>(exchange.answer_size >> 8), static_cast<char>(exchange.answer_size)};
    answers.append(space.begin(), space.begin() + static_cast<std::ptrdiff_t>(exchange.answer_size));
    stream = stream.subspan(2 + size);
    if (answers.size() > kEnough) break;
  }
  return answers;
}

class Client {
 public:
  // Pieces are `step` bytes and growing; `taken` is how much the network takes of what is sent at a time.
  Client(size_t step, size_t taken) : step_(step), taken_(taken) {}

  std::string Run(std::span<const uint8_t> stream) {
    while (!stream.empty() && connection_.wants_read() && received_.size() <= kEnough) {
      const std::span<uint8_t> room = connection_.Room();
      QUARTET_CHECK(!room.empty());
      const size_t n = std::min({step_++, room.size(), stream.size()});
      std::copy_n(stream.begin(), n, room.begin());
      connection_.Received(n);
      stream = stream.subspan(n);
      Drain();
    }
    return received_;
  }

 private:
  void Drain() {
    for (;;) {
      while (connection_.has_unsent()) {
        const std::span<const uint8_t> unsent = connection_.unsent();
        const size_t n = std::min(taken_, unsent.size());
        received_.append(unsent.begin(), unsent.begin() + static_cast<std::ptrdiff_t>(n));
        connection_.Sent(n);
      }
      const std::span<const uint8_t> answers = connection_.Answer(responder_, space_, counters_);
      if (answers.empty()) return;
      connection_.Keep(answers);
    }
  }

  size_t step_;
  const size_t taken_;
  sockaddr_in source_ = {};
  EchoResponder responder_;
  AnswerSpace space_;
  ServeCounters counters_;
  TcpConnection connection_{reinterpret_cast<const sockaddr*>(&source_)};
  std::string received_;
};

}  // namespace
}  // namespace quartet::nameserver

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace quartet::nameserver;  // NOLINT(google-build-using-namespace)
  if (size < 2) return 0;
  const std::span<const uint8_t> stream(data + 2, size - 2);
  const std::string expected = Expected(stream);
  const std::string received = Client(1 + data[0], 1 + size_t{data[1]} * 16).Run(stream);
  const size_t common = std::min(expected.size(), received.size());
  QUARTET_CHECK(expected.compare(0, common, received, 0, common) == 0);
  QUARTET_CHECK(common > kEnough || expected.size() == received.size());
  return 0;
}
