// How many imports there are at once, and whose turn it is.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/imports/pulse.h"

namespace quartet::controller {

// One at a time, in the order they came. Thread-safe.
class TurnLine {
 public:
  // Whose turn it is until it goes.
  class Turn {
   public:
    explicit Turn(TurnLine& line) : line_(line) {}
    ~Turn() { line_.End(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    TurnLine& line_;
  };

  // Waits for it. ABORTED: the client has gone.
  absl::StatusOr<std::unique_ptr<Turn>> Wait(Pulse& pulse);

 private:
  void End();

  std::mutex mutex_;
  std::condition_variable ended_;
  uint64_t next_ = 0;
  // Who waits, and who has the turn: the first.
  std::set<uint64_t> line_;
};

// Thread-safe; must outlive what it gave.
class ImportAdmission {
 public:
  explicit ImportAdmission(size_t most) : most_(most) {}

  // An import that was let in, until it goes.
  class Entry {
   public:
    explicit Entry(ImportAdmission& admission) : admission_(admission) {}
    ~Entry();
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

    // For as long as the import lasts. ABORTED: another import of the zone is under way.
    absl::Status TakeZone(const std::string& zone_id);

   private:
    ImportAdmission& admission_;
    std::string zone_id_;
  };

  // RESOURCE_EXHAUSTED: there are too many.
  absl::StatusOr<std::unique_ptr<Entry>> Enter();

 private:
  const size_t most_;
  std::mutex mutex_;
  size_t count_ = 0;
  std::set<std::string> zones_;
};

}  // namespace quartet::controller
