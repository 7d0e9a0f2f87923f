// Keeps an import from running away from the nodes that take it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "controller/host.h"
#include "controller/imports/pulse.h"

namespace quartet::controller {

// Waits for the nodes of a zone that are connected; not for one that stands still, behind, for longer than `patience`:
// that one takes what it missed from the log, or as a snapshot. Used by one thread.
class NodePace {
 public:
  NodePace(Host& host, std::vector<std::string> nameservers, std::chrono::milliseconds patience);

  // Until all have acknowledged the entry at `index`. ABORTED: the client has gone.
  absl::Status WaitFor(uint64_t index, Pulse& pulse);

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Seen {
    uint64_t index = 0;
    // Since when it is behind, and has not moved.
    Time since;
  };
  bool AnyBehind(uint64_t index);

  Host& host_;
  const std::vector<std::string> nameservers_;
  const std::chrono::milliseconds patience_;
  std::map<std::string, Seen> seen_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool moved_ = false;
  // Last: its callback uses the above.
  std::unique_ptr<Watch> watch_;
};

}  // namespace quartet::controller
