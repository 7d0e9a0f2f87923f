// One client's TCP connection, as a machine without I/O: bytes received go in, bytes to send come out (RFC
// 7766).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "nameserver/serve/counters.h"
#include "nameserver/serve/responder.h"
#include "nameserver/serve/tcp_framing.h"

namespace quartet::nameserver {

// Room a thread shares among its connections to write answers in before they are sent. Holds at least one of
// any size.
class AnswerSpace {
 public:
  static constexpr size_t kBytes = TcpFraming::kPrefix + TcpFraming::kMaxMessage + (16 << 10);
  AnswerSpace() : bytes_(kBytes) {}
  std::span<uint8_t> bytes() { return bytes_; }

 private:
  std::vector<uint8_t> bytes_;
};

// Queries may be pipelined; they are answered in the order they came, so that many answers leave in one
// segment. While one waits for its zone, or answers wait for a slow reader, nothing more is read: what a connection can
// hold is bounded (an AnswerSpace and one query). Not thread-safe.
class TcpConnection {
 public:
  // How often a query may be parked: its zone may have left memory again.
  static constexpr int kParks = 3;

  // `source` must outlive it. Without `waker`, which knows it by `token`, no query of it is parked.
  explicit TcpConnection(const sockaddr* source, StreamWaker* waker = nullptr, uint64_t token = 0)
      : source_(source), waker_(waker), token_(token) {}

  // Where to read into. Precondition: wants_read().
  std::span<uint8_t> Room() { return framing_.Room(); }
  // The first `n` bytes of Room() are filled.
  void Received(size_t n) { framing_.Received(n); }
  // The client sends nothing more (it may still read).
  void PeerFinished() { finished_ = true; }

  // Answers whole queries that came, as many as there is room for, into `space`; returns the bytes to send
  // next (the answers behind their lengths), empty if there is nothing to send. Precondition: nothing is
  // unsent.
  std::span<const uint8_t> Answer(Responder& responder, AnswerSpace& space, ServeCounters& counters);
  // A query of it is parked: Answer returns nothing before Resume.
  bool waiting() const { return waiting_; }
  // It is to be asked again, and may be parked again.
  void Resume(bool may_park) {
    waiting_ = false;
    if (!may_park) parks_left_ = 0;
  }
  // These could not be sent yet: keeps a copy.
  void Keep(std::span<const uint8_t> unsent);
  std::span<const uint8_t> unsent() const { return std::span(unsent_).subspan(unsent_begin_); }
  // The first `n` bytes of unsent() are sent.
  void Sent(size_t n);

  // Bytes of memory it holds for what came and what is to be sent; kIdleBytes if that is nothing.
  size_t buffered() const { return framing_.capacity() + unsent_.size(); }
  static constexpr size_t kIdleBytes = TcpFraming::kKeptBytes;

  bool has_unsent() const { return unsent_begin_ < unsent_.size(); }
  bool wants_read() const { return !finished_ && !has_unsent() && !waiting_; }
  // Nothing is left to do; once Answer() returned nothing.
  bool done() const { return finished_ && !has_unsent() && !waiting_; }

 private:
  // The query to answer next; nullopt: it has not come.
  std::optional<std::span<const uint8_t>> Next();

  const sockaddr* const source_;
  StreamWaker* const waker_;
  const uint64_t token_;
  TcpFraming framing_;
  std::vector<uint8_t> unsent_;
  size_t unsent_begin_ = 0;
  // The client ended its side, or sent what is no DNS message: after that nothing in the stream can be
  // trusted.
  bool finished_ = false;
  // The query that is, or was, parked; it lies in framing_, as nothing is read before it is answered.
  std::optional<std::span<const uint8_t>> parked_;
  bool waiting_ = false;
  // Of the query to answer next.
  int parks_left_ = kParks;
};

}  // namespace quartet::nameserver
