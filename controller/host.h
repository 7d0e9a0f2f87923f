// What parts of the controller that stand beside its core need of it: what is stored, how to change it, and which nodes
// are there.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/imports/admission.h"
#include "controller/sequencer/proposal.h"
#include "controller/sequencer/sequencer.h"
#include "controller/watch.h"
#include "replication/store/store.h"

namespace quartet::controller {

// A node that is connected, and the last entry it has acknowledged.
struct NodePlace {
  std::string node;
  uint64_t acknowledged_index = 0;
};

// Thread-safe.
class Host {
 public:
  virtual ~Host() = default;
  virtual const store::Store& replica() const = 0;
  // As SequencerThread::ProposeAsync.
  virtual void ProposeAsync(Proposal proposal, Sequencer::Done done) = 0;
  // Zones a nameserver has: for balance.
  virtual uint64_t ZonesOf(const std::string& nameserver) const = 0;
  // The nodes of these nameservers that are connected and have acknowledged something.
  virtual std::vector<NodePlace> Connected(const std::vector<std::string>& nameservers) const = 0;
  // `moved` is called whenever what Connected tells may have moved; it must not block.
  virtual std::unique_ptr<Watch> WatchNodes(std::function<void()> moved) = 0;

  // Of those who fill a stage: one at a time.
  TurnLine& stage_turns() { return stage_turns_; }

 private:
  TurnLine stage_turns_;
};

// Blocks until it is committed or refused.
absl::StatusOr<Outcome> ProposeAndWait(Host& host, Proposal proposal);

// The outcome of the same proposal if it was made before: a duplicate; else nothing that counts, and it may be made. Proposes
// nothing.
absl::StatusOr<Outcome> AskWhetherDone(Host& host, Proposal proposal);

}  // namespace quartet::controller
