// What stands behind the sockets: bytes in, bytes out.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace quartet::nameserver {

enum class Transport : uint8_t { kUdp, kTcp };

// One query and the place of its answer. Pointers last for the call.
struct Exchange {
  std::span<const uint8_t> query;
  // Where to write the answer; it may not be longer.
  std::span<uint8_t> space;
  // AF_INET or AF_INET6.
  const sockaddr* source = nullptr;
  // Length of the answer; 0: none is sent (the bytes were no query).
  size_t answer_size = 0;
};

// Answers the queries of one thread. Made, used and destroyed in that thread.
class Responder {
 public:
  virtual ~Responder() = default;

  // Answers all of `batch` from one state of the zones, which is taken inside the call: so every answer shows all that was
  // visible before its query came. Holds nothing of that state when it returns, so that the thread may wait in the kernel
  // for as long as it likes. Allocates nothing, takes no lock, makes no system call.
  virtual void Answer(std::span<Exchange> batch, Transport transport) = 0;
};

// Called in each thread that will answer.
using ResponderFactory = std::function<std::unique_ptr<Responder>()>;

}  // namespace quartet::nameserver
