// How a process is told to end: SIGTERM, or SIGINT from a terminal.
#pragma once

#include <csignal>

namespace quartet::replication {

// Make it before any thread: the signals are blocked in this thread and in all it starts.
class StopSignal {
 public:
  StopSignal() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }

  // Whether one has come, for those who have to do something else than wait.
  bool Came() const {
    sigset_t pending;
    return sigpending(&pending) == 0 &&
           (sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1);
  }

  // Returns once one has come.
  void Wait() const {
    int signal = 0;
    sigwait(&signals_, &signal);
  }

 private:
  sigset_t signals_;
};

}  // namespace quartet::replication
