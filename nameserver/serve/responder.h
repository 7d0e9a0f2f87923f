// What stands behind the sockets: bytes in, bytes out.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace quartet::nameserver {

// The thread that answers a stream's queries, told that one which was parked is to be asked again.
class StreamWaker {
 public:
  virtual ~StreamWaker() = default;
  // Any thread; never waits. `token`: of the Exchange; one that is not known any more is ignored. `may_park`: false: it is
  // to be answered now, whatever the answer is.
  virtual void Wake(uint64_t token, bool may_park) = 0;
};

// One query and the place of its answer. Pointers last for the call.
struct Exchange {
  std::span<const uint8_t> query;
  // Where to write the answer; it may not be longer.
  std::span<uint8_t> space;
  // AF_INET or AF_INET6.
  const sockaddr* source = nullptr;
  // Length of the answer; 0: none is sent (the bytes were no query).
  size_t answer_size = 0;
  // The zone is to be loaded first, and answer_size is 0. A datagram's answer is sent by somebody else later, or never; a
  // stream's query is to be asked again once `waker` is told.
  bool parked = false;

  // Datagrams: the socket it came by, and the message as received (sender, and control data if there is any). Without
  // them, and without a waker, nothing is parked.
  int socket = -1;
  const msghdr* received = nullptr;
  // Streams: whom to wake, and what it is known by there.
  StreamWaker* waker = nullptr;
  uint64_t token = 0;
};

// Answers the queries of one thread. Made, used and destroyed in that thread.
class Responder {
 public:
  virtual ~Responder() = default;

  // Fills in the answers to queries that came as datagrams, or to one over TCP. The state of the zones is
  // taken inside the call, so an answer shows all that was visible before its query came; nothing of that
  // state is held on return, so the thread may then wait in the kernel for as long as it likes. Allocates
  // nothing, takes no lock, makes no system call.
  virtual void AnswerDatagrams(std::span<Exchange> batch) = 0;
  virtual void AnswerStream(Exchange& exchange) = 0;
};

// Called in each thread that will answer.
using ResponderFactory = std::function<std::unique_ptr<Responder>()>;

}  // namespace quartet::nameserver
