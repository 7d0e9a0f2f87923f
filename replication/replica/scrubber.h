// Reads all zones of a replica again and again, slowly, and says which of them are not on disk what they
// should be. Without I/O but its reads of the store: a thread of low priority, or a simulation, steps it.
//
// Each zone is read from a snapshot of its own: row, generation and record sets are of one moment, and no
// snapshot is held for long. A zone that has been replaced by the time the finding is acted upon has another
// generation, so nothing is marked for what is not there any more. The same machine serves nodes and controllers, which
// keep their zones in different rows.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "replication/base/clock.h"
#include "replication/replica/zone_on_disk.h"
#include "replication/store/store.h"

namespace quartet::replication {

struct ScrubFinding {
  std::string zone_id;
  uint64_t generation = 0;
  // In what it differs from what its row says.
  std::string reason;
};

// How far it is; survives restarts (docs/formats/replica.md). Times are Unix microseconds, 0: never.
struct ScrubProgress {
  // The last one that was finished, and what it found.
  int64_t end_us = 0;
  uint64_t zones = 0;
  uint64_t damaged = 0;
  // The one that is under way: when it was begun (0: none is), behind which zone it goes on, what it found.
  int64_t begun_us = 0;
  std::string after;
  uint64_t zones_done = 0;
  uint64_t damaged_so_far = 0;
};

// nullopt: none is stored under that name, or it can't be read (a scrub then begins anew).
std::optional<ScrubProgress> ReadScrubProgress(const store::Reader& reader, absl::string_view name);

// Not thread-safe. Memory: one zone's iterator.
class Scrubber {
 public:
  struct Options {
    // From the beginning of one scrub to that of the next.
    int64_t interval_us = 24LL * 3600 * 1'000'000;
    uint64_t bytes_per_second = 8 << 20;
    // Read in one step.
    size_t step_bytes = 256 << 10;
    // Progress is worth a write as often.
    int64_t write_us = 60'000'000;
    // How the replica keeps its zones, and under what name its progress.
    ReadZoneOnDisk read = ReadNodeZoneOnDisk;
    std::string progress_name = "node/scrub";
  };

  // `store` and `clock` must outlive it. Goes on where the progress that is stored says.
  Scrubber(const store::Store& store, Clock& clock, const Options& options);

  struct Step {
    std::vector<ScrubFinding> findings;
    // Call again after so long.
    int64_t wait_us = 0;
    // The progress is to be stored (PutProgress); losing it costs reading some zones again.
    bool store_progress = false;
    // A scrub ended with this step.
    bool ended = false;
    // Not OK: it can't be read which zones there are. It is not one of them that is damaged, but the store.
    absl::Status store;
  };
  Step Next();

  const ScrubProgress& progress() const { return progress_; }
  void PutProgress(store::Batch& batch) const;

 private:
  struct Zone {
    std::unique_ptr<store::Reader> snapshot;
    std::unique_ptr<ZoneCheck> check;
  };

  bool Due(int64_t wall_us) const;
  void ReadOn(Step& step);
  // Opens the first zone behind progress_.after. False: there is none.
  bool OpenNext(Step& step);
  void Found(Step& step, const std::string& zone_id, uint64_t generation, absl::string_view reason);

  const store::Store& store_;
  Clock& clock_;
  const Options options_;
  ScrubProgress progress_;
  std::optional<Zone> zone_;
  uint64_t bytes_ = 0;
  int64_t last_write_us_ = 0;
};

}  // namespace quartet::replication
