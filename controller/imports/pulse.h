// What an import does while it works: looks whether its client is still there, and tells it how far it has come.
#pragma once

#include <chrono>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "quartet/admin/v1/zone.pb.h"

namespace quartet::controller {

// Who waits for it. gone() is called by any thread.
class ImportClient {
 public:
  virtual ~ImportClient() = default;
  // Never waits: what the client does not take in time is replaced by what comes later.
  virtual void Tell(const admin::v1::ImportProgress& progress) = 0;
  virtual bool gone() const = 0;
};

// A client that sends, too. Read is called by one thread at a time.
class ImportStream : public ImportClient {
 public:
  // The next message, once it is there. OUT_OF_RANGE: the client sends no more; ABORTED: it has gone, or is taken for gone.
  virtual absl::StatusOr<admin::v1::ImportZoneRequest> Read() = 0;
  // Waits until those before it are with gRPC, so that memory holds one at a time. ABORTED: the client has gone, or takes
  // nothing and is taken for gone.
  virtual absl::Status Send(admin::v1::ImportZoneResponse response) = 0;
};

// Not thread-safe.
class Pulse {
 public:
  using Phase = admin::v1::ImportProgress::Phase;

  explicit Pulse(ImportClient& client) : client_(client) {}

  // Cheap: call it for each record. ABORTED: the client has gone.
  absl::Status Beat(Phase phase, uint64_t done, uint64_t total) {
    if (client_.gone()) return absl::AbortedError("the client went away");
    const auto now = std::chrono::steady_clock::now();
    if (phase == phase_ && now < next_) return absl::OkStatus();
    phase_ = phase;
    done_ = done;
    total_ = total;
    next_ = now + kInterval;
    admin::v1::ImportProgress progress;
    progress.set_phase(phase);
    progress.set_done(done);
    progress.set_total(total);
    client_.Tell(progress);
    return absl::OkStatus();
  }
  // While waiting: the same again.
  absl::Status Again() { return Beat(phase_, done_, total_); }

  // Waits should be no longer than this between two beats.
  static constexpr std::chrono::milliseconds kInterval{200};

 private:
  ImportClient& client_;
  Phase phase_ = admin::v1::ImportProgress::PHASE_UNSPECIFIED;
  uint64_t done_ = 0;
  uint64_t total_ = 0;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace quartet::controller
