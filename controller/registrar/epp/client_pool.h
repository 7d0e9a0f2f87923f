// A few sessions with one registry, shared by whoever has something to ask it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/registrar/epp/client.h"
#include "replication/base/clock.h"

namespace quartet::controller::epp {

// Sessions are made when they are first needed, and anew when they have ended; after a failure nobody tries again before a
// pause, which grows from 100 ms to a minute. Thread-safe.
class ClientPool {
 public:
  struct Options {
    Endpoint endpoint;
    // Of each session but for its trid_prefix, which the pool makes.
    Session::Options session;
    size_t sessions = 4;
    // How long Run waits for a session.
    std::chrono::milliseconds patience{30'000};
  };

  // `random` must outlive it.
  ClientPool(Options options, replication::Random& random);
  // No call may be under way.
  ~ClientPool();

  // As Client::Run; UNAVAILABLE and PERMISSION_DENIED of Client::Connect too: nothing was sent.
  absl::StatusOr<Response> Run(const Command& command);
  // To be called about once a minute: keeps the sessions alive that nobody uses.
  void KeepAlive();

 private:
  absl::StatusOr<std::unique_ptr<Client>> Take();
  void Put(std::unique_ptr<Client> client);
  absl::StatusOr<std::unique_ptr<Client>> Connect();

  const Options options_;
  replication::Random& random_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Client>> idle_;
  // Sessions that are used or being made.
  size_t busy_ = 0;
  // No session is made before this time, and the last one could not be.
  Deadline not_before_{};
  std::chrono::milliseconds pause_{0};
  absl::Status last_failure_;
};

}  // namespace quartet::controller::epp
