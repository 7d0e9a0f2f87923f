#include "admin/interrupt.h"

#include <pthread.h>

#include <utility>

namespace quartet::admin {
namespace {

sigset_t Signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

Interrupt::Interrupt(std::function<void()> interrupted) : interrupted_(std::move(interrupted)) {
  const sigset_t signals = Signals();
  pthread_sigmask(SIG_BLOCK, &signals, &before_);
  thread_ = std::thread([this] { Wait(); });
}

Interrupt::~Interrupt() {
  ended_ = true;
  // Wakes it, if it waits still.
  pthread_kill(thread_.native_handle(), SIGTERM);
  thread_.join();
  // One that came too late does not end the process now.
  const sigset_t signals = Signals();
  const timespec at_once = {};
  while (sigtimedwait(&signals, nullptr, &at_once) > 0) {
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void Interrupt::Wait() {
  const sigset_t signals = Signals();
  int signal = 0;
  sigwait(&signals, &signal);
  if (ended_) return;
  happened_ = true;
  interrupted_();
}

}  // namespace quartet::admin
