// A query that waits for its zone to be loaded, and the ring by which a worker hands such queries over.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "nameserver/serve/responder.h"

namespace quartet::nameserver {

class ParkingPlace;

// All that is needed to answer later. Plain data.
struct ParkedQuery {
  // Longer queries are not parked. (A query is a name, at most 255 octets, and EDNS options.)
  static constexpr size_t kBytes = 512;

  std::span<const uint8_t> query() const { return {bytes.data(), size}; }
  bool is_stream() const { return waker != nullptr; }

  // Datagrams: the socket, where the query came from, and control data that says by which address of ours.
  int socket = -1;
  union {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
  } source;
  socklen_t source_size = 0;
  alignas(cmsghdr) std::array<uint8_t, CMSG_SPACE(sizeof(in6_pktinfo))> control;
  size_t control_size = 0;
  // Streams: whom to tell, and of what (Exchange).
  StreamWaker* waker = nullptr;
  uint64_t token = 0;

  // Set by whoever keeps it.
  ParkingPlace* place = nullptr;
  int64_t since_us = 0;
  int parked = 0;

  uint16_t size = 0;
  std::array<uint8_t, kBytes> bytes;
};

// From one thread to another, without lock or allocation. Holds at most `size` (a power of two) queries.
class ParkedRing {
 public:
  explicit ParkedRing(size_t size) : slots_(size) {}

  // The giving thread: the slot to fill before Push; nullptr: the ring is full.
  ParkedQuery* Room() {
    const uint32_t head = head_.load(std::memory_order_relaxed);
    if (head - tail_.load(std::memory_order_acquire) == slots_.size()) return nullptr;
    return &slots_[head % slots_.size()];
  }
  void Push() { head_.store(head_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }

  // The taking thread: the oldest query, which stays until Pop; nullptr: none.
  const ParkedQuery* Front() const {
    const uint32_t tail = tail_.load(std::memory_order_relaxed);
    return tail == head_.load(std::memory_order_acquire) ? nullptr : &slots_[tail % slots_.size()];
  }
  void Pop() { tail_.store(tail_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }

 private:
  std::vector<ParkedQuery> slots_;
  // Queries given and taken since the beginning, each written by one thread only.
  alignas(64) std::atomic<uint32_t> head_ = 0;
  alignas(64) std::atomic<uint32_t> tail_ = 0;
};

}  // namespace quartet::nameserver
