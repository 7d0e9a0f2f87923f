// Asks nameservers for a TXT record over UDP, as fast as it can, until all answer with a wanted value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace quartet::tests {

// Not thread-safe. Ends the process with a message if a socket can't be had.
class UdpProbe {
 public:
  struct Target {
    std::string address;  // IPv4
    uint16_t port;
  };

  // Will ask for the TXT records of `name` (a host name in presentation format without escapes).
  UdpProbe(const std::vector<Target>& targets, const std::string& name);
  ~UdpProbe();
  UdpProbe(const UdpProbe&) = delete;
  UdpProbe& operator=(const UdpProbe&) = delete;

  // Asks until each target's answer held `value` (RCODE 0, AA, as one character string) or `timeout_us`
  // passed. Returns per target the time of its first such answer by CLOCK_MONOTONIC in microseconds; 0: it
  // never came.
  std::vector<int64_t> WaitForAll(const std::string& value, int64_t timeout_us);

  static int64_t NowMicros();

 private:
  struct Socket {
    int fd;
    int64_t asked_us;
    int64_t answered_us;
  };
  void Ask(Socket& socket);
  void Take(Socket& socket, const std::string& value);

  std::vector<Socket> sockets_;
  std::string query_;
  uint16_t next_id_ = 1;
};

}  // namespace quartet::tests
