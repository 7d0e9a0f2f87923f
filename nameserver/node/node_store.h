// A node's database on disk: opened, opened anew when it takes no write any more, and made anew, empty, when it is damaged. All
// that it held is on the controller (docs/adr/0011-what-was-synced-must-be-there.md).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nameserver/replica/replica.h"
#include "replication/base/clock.h"
#include "replication/store/replaceable_store.h"
#include "replication/store/store.h"

namespace quartet::nameserver {

// store() is thread-safe; the rest is for one thread.
class NodeStore {
 public:
  // Opens or makes the database in `directory`. One that is damaged is set aside (replication/store/set_aside.h), and an empty
  // one made. Errors: as OpenRocksStore. `clock` must outlive it.
  static absl::StatusOr<std::unique_ptr<NodeStore>> Open(const std::string& directory,
                                                         replication::Clock& clock);

  // The same one all the time, whatever is behind it.
  store::Store& store() { return *store_; }

  // For Replica::Parts::renew. A store that failed with DATA_LOSS is set aside, and an empty one takes its place; any other is
  // closed and opened, and is set aside if that shows that it is damaged. Nobody may hold a snapshot or iterator for long:
  // UNAVAILABLE then, as where this store was made anew only a moment ago. Other errors: as OpenRocksStore. After an error it
  // is to be called again; until then nothing may be readable.
  absl::StatusOr<Replica::Renewed> Renew(const absl::Status& why);

  // What the operator is to know, one sentence; empty: nothing.
  std::string Alarm() const;

 private:
  NodeStore(const std::string& directory, replication::Clock& clock) : directory_(directory), clock_(clock) {}
  absl::StatusOr<std::unique_ptr<store::Store>> OpenOrMakeAnew();
  absl::StatusOr<std::unique_ptr<store::Store>> MakeAnew(const absl::Status& why);
  absl::Status CheckNotTooOften() const;
  void MadeAnew();

  const std::string directory_;
  replication::Clock& clock_;
  std::unique_ptr<store::ReplaceableStore> store_;
  // It was made anew in this process, and what it was before could not be kept.
  bool not_kept_ = false;
  // Monotonic: when it may be made anew again, and how long after that for the next time.
  int64_t next_us_ = 0;
  int64_t wait_us_ = 0;
};

}  // namespace quartet::nameserver
