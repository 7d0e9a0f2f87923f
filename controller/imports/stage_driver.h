// Drives a stage: from the record sets of a zone to chunks in the log, and the flip.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/host.h"
#include "controller/imports/import_plans.h"
#include "controller/imports/node_pace.h"
#include "controller/imports/pulse.h"
#include "controller/imports/stage_window.h"
#include "controller/imports/zone_merge.h"

namespace quartet::controller {

struct StageOptions {
  // Of a chunk. A small change to another zone waits for one of them, in the sequencer and on each node: milliseconds.
  size_t chunk_bytes = 16 << 10;
  // Chunks that the nodes may be behind.
  StageWindow::Options window;
  std::chrono::milliseconds patience{10'000};
};

// Fill, then Flip. Whatever fails: Abort. Used by one thread; a stage is aborted by its destructor if it is open by then.
//
// Memory: two chunks; one is on its way through the sequencer.
class StageDriver {
 public:
  // `proposal` has account and principal of the import. All must outlive it.
  StageDriver(Host& host, const ImportTarget& target, const Proposal& caller, const StageOptions& options);
  ~StageDriver();

  // Logs all record sets of the zone as it will be, but its own two, `total` altogether. ABORTED: the zone was changed, or
  // the client has gone.
  absl::Status Fill(ZoneMerge& merge, uint64_t total, Pulse& pulse);

  // `flip` has caller, request id and hash; the rest is added. A duplicate leaves the stage to be aborted.
  absl::StatusOr<Outcome> Flip(Proposal flip);

  // Gives up what is open, so that it takes no room. What can't be logged is left to the next import, or to the leader's
  // next term.
  void Abort(const std::string& reason);

 private:
  struct InFlight;

  absl::Status Send(replication::RecordPuts puts, size_t bytes, Pulse& pulse);
  absl::Status Open(replication::RecordPuts puts, size_t bytes);
  absl::Status WaitForNodes(Pulse& pulse);

  Host& host_;
  const ImportTarget target_;
  const Proposal& caller_;
  const StageOptions options_;
  const UsageFn usage_;
  // A stage that is open; its chunks include those in flight.
  std::optional<OpenedStage> stage_;
  std::shared_ptr<std::optional<FoundedZone>> founded_;
  std::unique_ptr<NodePace> pace_;
  StageWindow window_;
  std::shared_ptr<InFlight> in_flight_;
};

// Aborts stages that were left open by imports of this term. To be called while no other stage is being filled.
absl::Status AbortLeftOpen(Host& host);

}  // namespace quartet::controller
