// Takes what a registry has to tell (RFC 5730 §2.9.2.3).
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "controller/registrar/registries/registry_client.h"
#include "controller/request_host.h"

namespace quartet::controller {

// The registry's first message: asked for, logged with what follows from it (registry_messages.h), then acknowledged, so that a
// crash in between only has it asked for again. kNone: there is none; kTaken: there may be another; kTrouble: it could not
// be had, logged or acknowledged, `why` says.
struct PollResult {
  enum class Kind { kNone, kTaken, kTrouble };
  Kind kind = Kind::kNone;
  std::string why;
};
PollResult PollOnce(RequestHost& host, RegistryClient& registry);

// One thread, which takes all messages there are, keeps the registry's idle sessions alive, then sleeps. Thread-safe.
class RegistryPoller {
 public:
  struct Options {
    std::chrono::milliseconds every{30'000};
    // After trouble.
    std::chrono::milliseconds again_after{5'000};
  };

  // Both must outlive it.
  RegistryPoller(RequestHost& host, RegistryClient& registry, const Options& options);
  // Stops: waits for what is under way.
  ~RegistryPoller();

  // Something may be there to be told.
  void Hasten();

 private:
  void Run();
  // All messages that there are; false: trouble came in between.
  bool TakeAll();
  bool stopping();

  RequestHost& host_;
  RegistryClient& registry_;
  const Options options_;
  // The thread's own: what was told of last.
  std::string trouble_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  bool hastened_ = false;
  std::thread thread_;
};

}  // namespace quartet::controller
