// What a serving thread counts. Each has its own, on cache lines of its own.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <numeric>

namespace quartet::nameserver {

// Why a TCP connection was closed that its client would have kept.
enum class ShedReason : uint8_t {
  // No whole query, nor an answer taken, for as long as connections may idle.
  kIdle,
  // It was idle longest when another one needed its place.
  kRoom,
  // Its source has as many as one may have.
  kSource,
  // The process has no file descriptors left.
  kDescriptors,
  // What it had sent of a query, or had not read of answers, was more than there is memory for.
  kMemory,
};
inline constexpr size_t kShedReasons = 5;

// For metrics.
inline const char* ShedReasonName(ShedReason reason) {
  static constexpr std::array<const char*, kShedReasons> kNames = {"idle", "room", "source", "descriptors",
                                                                   "memory"};
  return kNames[static_cast<size_t>(reason)];
}

// A sum over threads at one moment.
struct ServeTotals {
  uint64_t queries = 0;
  // By the 4-bit code of the header (so BADVERS counts as NOERROR).
  std::array<uint64_t, 16> responses = {};
  // Came, but were no query that can be answered.
  uint64_t ignored = 0;
  // Answers the kernel would not take (buffers full, no route).
  uint64_t send_drops = 0;
  // TCP: accepted, and closed for a limit or a timeout, by ShedReason.
  uint64_t connections = 0;
  std::array<uint64_t, kShedReasons> shed = {};

  uint64_t shed_for(ShedReason reason) const { return shed[static_cast<size_t>(reason)]; }
  uint64_t connections_shed() const { return std::accumulate(shed.begin(), shed.end(), uint64_t{0}); }
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
  void CountShed(ShedReason reason) { Add(shed_[static_cast<size_t>(reason)], 1); }

  void AddTo(ServeTotals& totals) const {
    totals.queries += queries_.load(std::memory_order_relaxed);
    for (size_t i = 0; i < responses_.size(); ++i) {
      totals.responses[i] += responses_[i].load(std::memory_order_relaxed);
    }
    totals.ignored += ignored_.load(std::memory_order_relaxed);
    totals.send_drops += send_drops_.load(std::memory_order_relaxed);
    totals.connections += connections_.load(std::memory_order_relaxed);
    for (size_t i = 0; i < shed_.size(); ++i) totals.shed[i] += shed_[i].load(std::memory_order_relaxed);
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
  std::array<Counter, kShedReasons> shed_ = {};
};

}  // namespace quartet::nameserver
