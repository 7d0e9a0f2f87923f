// The zones that this controller holds damaged: their record sets on its disk are not what their rows, and so the log,
// say. Nothing of them is sent to nodes, which go on answering from their own copies, and they take no changes, for an
// entry made from a damaged zone would carry a digest that is right nowhere else. docs/repair.md.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "quartet/stored/v1/quarantine.pb.h"
#include "replication/base/clock.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Thread-safe. Notes are rows of this replica (docs/formats/replica.md), not of the log: other controllers may hold the
// zone undamaged. In memory all of them are held, which are few.
class Quarantine {
 public:
  // Reads the notes. Both must outlive it.
  static absl::StatusOr<std::unique_ptr<Quarantine>> Open(store::Store& store, replication::Clock& clock);

  // Notes it, synced, and logs an error; no-op if it is noted already. A note that can't be written counts until the
  // process ends.
  void Put(const std::string& zone_id, uint64_t generation, uint64_t revision, const std::string& reason);
  // Called before a zone is let out, by the thread that does: whoever remembers what it held forgets that. Not OK: it
  // stays in, for another Lift to try again. Set it once, before the first Lift; may be empty.
  using BeforeLift = std::function<absl::Status()>;
  void set_before_lift(BeforeLift before_lift) { before_lift_ = std::move(before_lift); }
  // Its record sets, under that generation, are what its row says. No-op if it is not noted.
  void Lift(const std::string& zone_id, uint64_t generation);

  // Empty: it is not in quarantine.
  std::string Reason(const std::string& zone_id) const;
  // FAILED_PRECONDITION: it is, with what to do. `name` is the zone's, for people.
  absl::Status Check(const std::string& zone_id, const std::string& name) const;
  // In order of their ids.
  std::vector<stored::v1::QuarantineRow> rows() const;
  size_t size() const;

 private:
  Quarantine(store::Store& store, replication::Clock& clock) : store_(store), clock_(clock) {}
  void Write(const store::Batch& batch);

  store::Store& store_;
  replication::Clock& clock_;
  BeforeLift before_lift_;
  // Held while a note is written: they are rare.
  std::mutex writing_;
  mutable std::mutex mutex_;
  std::map<std::string, stored::v1::QuarantineRow> rows_;
};

}  // namespace quartet::controller
