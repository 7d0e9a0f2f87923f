// The node's end of inquiries (feed.proto): reports on its replica, read from the store part by part. Without
// I/O but those reads; a thread of low priority, or a simulation, steps it.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/base/clock.h"
#include "replication/replica/node_meta.h"
#include "replication/replica/scrubber.h"
#include "replication/replica/zone_digester.h"
#include "replication/store/store.h"

namespace quartet::replication {

// Not thread-safe. One report at a time, in the order the inquiries came; each part is of one snapshot of the
// store, and a zone that is recomputed or listed is of one snapshot as a whole. Memory: one part and 16
// inquiries.
class Reports {
 public:
  struct Options {
    size_t part_bytes = 48 << 10;
    // Read in one step.
    size_t step_bytes = 1 << 20;
    // An operator waits for it: faster than a scrub.
    uint64_t bytes_per_second = 128 << 20;
    size_t waiting = 16;
  };

  // `store` must outlive it.
  Reports(const store::Store& store, const Options& options);

  // Beyond the bound of those that wait it is dropped: a controller asks one at a time.
  void Ask(const quartet::replication::v1::Inquiry& inquiry);
  // The stream has ended: nobody waits for an answer any more.
  void Forget();
  bool idle() const { return waiting_.empty(); }

  struct Step {
    // To be sent.
    std::optional<quartet::replication::v1::ReportPart> part;
    // Zones that are not on disk what their rows say (Subscriber::Damaged).
    std::vector<ScrubFinding> findings;
    // Call again after so long, while not idle.
    int64_t wait_us = 0;
  };
  // Precondition: not idle().
  Step Next();

 private:
  // A zone being recomputed or listed, with all that it is read from.
  struct Zone {
    quartet::replication::v1::ZoneReport report;
    uint64_t generation = 0;
    std::shared_ptr<const store::Reader> snapshot;
    std::string prefix;
    std::unique_ptr<Hasher> hasher;
    std::unique_ptr<ZoneDigester> digester;
    std::unique_ptr<store::Iterator> records;
  };

  absl::Status Begin(const quartet::replication::v1::Inquiry& inquiry);
  absl::Status ReadOn(Step& step);
  absl::Status ReadRecords();
  // The next zone that is asked for, or none; the zone's rows are read.
  absl::StatusOr<std::optional<Zone>> NextZone();
  absl::Status OpenDigester(Zone& zone) const;
  void CloseDigester(Step& step);
  void AddZone(Zone zone);
  void Emit(Step& step, absl::Status error);

  const store::Store& store_;
  const Options options_;
  // The first is being answered once begun_.
  std::deque<quartet::replication::v1::Inquiry> waiting_;
  bool begun_ = false;
  quartet::replication::v1::ReportPart part_;
  uint32_t parts_ = 0;
  size_t part_bytes_ = 0;
  // All that was asked for is in the parts.
  bool whole_ = false;
  std::string after_;
  std::shared_ptr<const store::Reader> snapshot_;
  std::optional<Zone> zone_;
  uint64_t bytes_ = 0;
};

}  // namespace quartet::replication
