// Ctrl-C, and being asked to end, for commands that go on until then.
#pragma once

#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

namespace quartet::admin {

// While it lives, SIGINT and SIGTERM call `interrupted` (once, from a thread of its own) in place of ending the process.
// To be made before other threads are: those made later don't take the signals.
class Interrupt {
 public:
  explicit Interrupt(std::function<void()> interrupted);
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  bool happened() const { return happened_; }

 private:
  void Wait();

  const std::function<void()> interrupted_;
  std::atomic<bool> happened_{false};
  std::atomic<bool> ended_{false};
  sigset_t before_ = {};
  std::thread thread_;
};

}  // namespace quartet::admin
