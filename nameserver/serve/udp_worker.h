// A thread that answers UDP on one socket per listen address.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "nameserver/serve/counters.h"
#include "nameserver/serve/file_descriptor.h"
#include "nameserver/serve/responder.h"
#include "nameserver/serve/udp_batch.h"

namespace quartet::nameserver {

// On the path of a query it makes no system calls but recvmmsg and sendmmsg (and epoll_wait where it has
// several sockets), and neither allocates nor locks.
class UdpWorker {
 public:
  struct Socket {
    FileDescriptor fd;
    // It is bound to a wildcard address.
    bool packet_info = false;
  };

  // Begins to answer at once. `sockets` are blocking, at least one. `name` is the thread's, for `top`. `busy_poll`: with
  // nothing to do it goes on asking for so long before it sleeps.
  UdpWorker(const std::string& name, std::vector<Socket> sockets, ResponderFactory make_responder,
            std::chrono::microseconds busy_poll = {});
  // Stops first.
  ~UdpWorker();

  // Answers what the kernel had queued, ends the thread and closes the sockets. Only one thread may call it.
  void Stop();

  const ServeCounters& counters() const { return counters_; }

 private:
  void Run();
  void ServeOne(Responder& responder);
  void ServeMany(Responder& responder);
  // One batch; false if nothing came.
  bool Round(size_t socket, int flags, Responder& responder);

  std::vector<Socket> sockets_;
  std::deque<UdpBatch> batches_;
  const ResponderFactory make_responder_;
  const std::chrono::microseconds busy_poll_;
  std::atomic<bool> stopping_ = false;
  ServeCounters counters_;
  std::thread thread_;
};

}  // namespace quartet::nameserver
