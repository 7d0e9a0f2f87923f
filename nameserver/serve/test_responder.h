// A responder for tests of sockets: every query comes back with the response bit set.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>

#include "nameserver/serve/responder.h"

namespace quartet::nameserver {

// Bytes too short for a DNS header are ignored. An answer is cut to the room there is. Octets 10 and 11 of a
// query over TCP (ARCOUNT) say how many octets its answer is to have, if more than the query.
class EchoResponder : public Responder {
 public:
  static constexpr size_t kHeader = 12;

  void AnswerDatagrams(std::span<Exchange> batch) override {
    for (Exchange& exchange : batch) Echo(exchange, exchange.query.size());
  }
  void AnswerStream(Exchange& exchange) override {
    if (exchange.query.size() < kHeader) return;
    const size_t wanted = size_t{exchange.query[10]} << 8 | exchange.query[11];
    Echo(exchange, std::max(exchange.query.size(), wanted));
  }

 private:
  static void Echo(Exchange& exchange, size_t size) {
    if (exchange.query.size() < kHeader) return;
    exchange.answer_size = std::min(size, exchange.space.size());
    std::fill_n(exchange.space.begin(), exchange.answer_size, uint8_t{0});
    std::copy_n(exchange.query.begin(), std::min(exchange.query.size(), exchange.answer_size),
                exchange.space.begin());
    exchange.space[2] |= 0x80;
  }
};

inline ResponderFactory MakeEcho() {
  return [] { return std::make_unique<EchoResponder>(); };
}

}  // namespace quartet::nameserver
