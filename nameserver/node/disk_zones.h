// The zones of a store that nobody changes, in memory as they are asked for: a node's residency (docs/residency.md) without a
// feed.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nameserver/replica/cold_loads.h"
#include "nameserver/replica/stored_names.h"
#include "nameserver/replica/zone_installer.h"
#include "nameserver/serve/parking.h"
#include "nameserver/zone/directory.h"
#include "replication/store/store.h"

namespace quartet::nameserver {

// Thread-safe. Its thread is the directory's only writer.
class DiskZones {
 public:
  // Names all zones of the store, which has the layout of a node's complete replica (docs/formats/node_replica.md), and
  // begins to load those that are asked for. `memory_budget`: bytes for names and pages; 0: any. Both must outlive it, and
  // the directory be empty. FAILED_PRECONDITION: the store is no complete replica; errors of ReadStoredNames.
  static absl::StatusOr<std::unique_ptr<DiskZones>> Open(const store::Store& store, Directory& directory,
                                                         size_t memory_budget,
                                                         const ServerIdentity& identity = {});
  // Precondition: whoever parks queries is gone.
  ~DiskZones();

  // Where queries wait for their zones: for AnswerFrom (nameserver/serve/directory_responder.h).
  Parking& parking() { return parking_; }
  uint64_t loads() const { return loads_.loads(); }

 private:
  DiskZones(const store::Store& store, Directory& directory, const ServerIdentity& identity);
  void Run();
  void Tell(bool& what);

  StoredNames names_;
  std::mutex mutex_;
  std::condition_variable wake_;
  // Guarded by mutex_: what there is to do.
  bool read_ = false;
  bool built_ = false;
  bool stop_ = false;

  ColdLoads loads_;
  Parking parking_;
  ZoneInstaller installer_;
  std::thread thread_;
};

}  // namespace quartet::nameserver
