// Asks nameservers for many TXT record sets over UDP, until each has answered with each wanted value.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace quartet::tests {

// Asks few questions, many at a time, so that it leaves the nodes their cores: a name is asked for once it is expected, and
// again only where the answer was not the wanted one; every 10 ms until WaitForAll is called, every millisecond then. Thread-safe. Ends the process with a message if a socket can't be had.
class VisibilityWatch {
 public:
  // `port`: of all nameservers.
  explicit VisibilityWatch(uint16_t port);
  ~VisibilityWatch();
  VisibilityWatch(const VisibilityWatch&) = delete;
  VisibilityWatch& operator=(const VisibilityWatch&) = delete;

  // Each of the IPv4 addresses is to answer with `value` as TXT record of `name`. At most 65,536 in all.
  void Expect(const std::vector<std::string>& addresses, const std::string& name, const std::string& value);

  // Waits until `count` names were expected and all are there, everywhere. Time of the last answer by CLOCK_MONOTONIC in
  // microseconds; 0: not within `timeout_us`.
  int64_t WaitForAll(size_t count, int64_t timeout_us);

 private:
  struct Wanted;
  struct Server;

  void Run();
  Server& ServerOf(const std::string& address);
  void Ask(Server& server, int64_t now_us);
  void Take(Server& server, int64_t now_us);

  const uint16_t port_;
  std::atomic<int64_t> tick_us_;
  std::mutex mutex_;
  std::vector<Wanted> expected_;
  // By address.
  std::map<std::string, Server> servers_;
  // Answers still to come, and when the last one came.
  size_t missing_ = 0;
  int64_t last_us_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace quartet::tests
