// One socket of a load: a closed loop of so many queries under way.
#pragma once

#include <netinet/in.h>

#include <chrono>
#include <cstddef>
#include <memory>

#include "tests/bench/load_queries.h"

namespace quartet::tests {

// Neither call waits. Not thread-safe.
class LoadClient {
 public:
  using Time = std::chrono::steady_clock::time_point;

  virtual ~LoadClient() = default;
  // Sends what there is room for; at most `most`. Returns how many.
  virtual size_t Send(LoadQueries& queries, size_t most) = 0;
  virtual void Receive(Time now, LoadTotals& totals) = 0;
  virtual size_t under_way() const = 0;
};

// Sends and receives many queries per system call. What was not answered for a quarter of a second is lost.
std::unique_ptr<LoadClient> MakeUdpClient(const sockaddr_in& server, size_t window);

// One connection for all its time, pipelined (RFC 7766 §6.2.1.1); each query is a segment of its own, as clients that don't
// know each other's queries send them. What is under way when the server ends the connection, or answers nothing for a second,
// is lost; then it connects anew.
std::unique_ptr<LoadClient> MakeTcpClient(const sockaddr_in& server, size_t window);

}  // namespace quartet::tests
