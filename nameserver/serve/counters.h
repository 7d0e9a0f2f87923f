// What a serving thread counts. Each has its own, on cache lines of its own.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace quartet::nameserver {

// A sum over threads at one moment.
struct ServeTotals {
  uint64_t queries = 0;
  // By the 4-bit code of the header.
  std::array<uint64_t, 16> responses = {};
  // Came, but were no query that can be answered.
  uint64_t ignored = 0;
  // Answers the kernel would not take (buffers full, no route).
  uint64_t send_drops = 0;
  // TCP: accepted, and closed for a limit or a timeout.
  uint64_t connections = 0;
  uint64_t connections_shed = 0;
};

// One writer, any readers. Not atomic additions: a plain load and store cost nothing and there is one writer
// only.
class alignas(64) ServeCounters {
 public:
  void CountQueries(uint64_t n) { Add(queries_, n); }
  void CountResponse(uint8_t flags) { Add(responses_[flags & 0xf], 1); }
  void CountIgnored(uint64_t n) { Add(ignored_, n); }
  void CountSendDrops(uint64_t n) { Add(send_drops_, n); }
  void CountConnection() { Add(connections_, 1); }
  void CountConnectionShed() { Add(connections_shed_, 1); }

  void AddTo(ServeTotals& totals) const {
    totals.queries += queries_.load(std::memory_order_relaxed);
    for (size_t i = 0; i < responses_.size(); ++i) {
      totals.responses[i] += responses_[i].load(std::memory_order_relaxed);
    }
    totals.ignored += ignored_.load(std::memory_order_relaxed);
    totals.send_drops += send_drops_.load(std::memory_order_relaxed);
    totals.connections += connections_.load(std::memory_order_relaxed);
    totals.connections_shed += connections_shed_.load(std::memory_order_relaxed);
  }

 private:
  using Counter = std::atomic<uint64_t>;
  static void Add(Counter& counter, uint64_t n) {
    counter.store(counter.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }

  Counter queries_ = 0;
  std::array<Counter, 16> responses_ = {};
  Counter ignored_ = 0;
  Counter send_drops_ = 0;
  Counter connections_ = 0;
  Counter connections_shed_ = 0;
};

}  // namespace quartet::nameserver
