// Datagrams of one socket, many per system call: received into, and answered from, buffers made once.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "nameserver/serve/counters.h"
#include "nameserver/serve/responder.h"

namespace quartet::nameserver {

// The destination of a datagram, as its control data has it, becomes the source of its answer. The way out is the routing
// table's to choose, but for link-local addresses, which mean nothing without their interface.
void TurnAround(msghdr& message);

// One round: Receive -> a Responder fills queries() -> Send. Owned by one thread. Allocates in its
// constructor only.
class UdpBatch {
 public:
  // Datagrams a round.
  static constexpr size_t kSize = 64;
  // Longer queries come cut; what is left of them is no whole message, and gets the answer for that.
  static constexpr size_t kQueryBytes = 2048;
  // Answers that cross an IPv6 path of minimal MTU unfragmented (RFC 9715 recommends at most 1,400 octets;
  // 1,232 is what the DNS community settled on).
  static constexpr size_t kAnswerBytes = 1232;

  // `packet_info`: the socket is bound to a wildcard address and asks for the destination of each datagram;
  // answers leave from there.
  explicit UdpBatch(bool packet_info);
  ~UdpBatch();

  // recvmmsg with `flags`. Returns the number of datagrams; 0 if none came, whatever the reason: the caller
  // knows whether it wanted to stop, and errors that ICMP left on a socket are gone once reported.
  size_t Receive(int fd, int flags);
  // What the last Receive got.
  std::span<Exchange> queries();
  // sendmmsg of all answers; never waits. What the kernel does not take is dropped and counted: a client asks
  // again.
  void Send(int fd, ServeCounters& counters);

 private:
  struct Buffers;

  size_t PrepareAnswers(ServeCounters& counters);

  const bool packet_info_;
  size_t received_ = 0;
  // Of these, neither answered nor parked.
  size_t ignored_ = 0;
  std::unique_ptr<Buffers> buffers_;
};

}  // namespace quartet::nameserver
