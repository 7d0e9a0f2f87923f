// Proposals that wait to be judged: fair between zones.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "absl/status/status.h"
#include "controller/sequencer/proposal.h"
#include "controller/sequencer/sequencer.h"

namespace quartet::controller {

// Zones (and, for what is about no zone, principals) take turns, each of about `turn_bytes` (deficit round robin;
// Shreedhar and Varghese, 1995). So a zone with a queue of large batches, or of the chunks of an import, delays a
// small change of another zone by one turn of its own, however long its queue is; it may fill its share of the queue,
// and no more. Within a zone, and for a principal outside of zones, order is kept.
//
// Not thread-safe.
class TurnQueue {
 public:
  struct Options {
    // What may wait, altogether and of one zone.
    size_t proposals = 8192;
    size_t bytes = 64 << 20;
    size_t zone_proposals = 4096;
    size_t zone_bytes = 16 << 20;
    size_t turn_bytes = 64 << 10;
  };
  struct Item {
    Proposal proposal;
    Sequencer::Done done;
  };

  explicit TurnQueue(const Options& options) : options_(options) {}

  // OK: the item was taken. RESOURCE_EXHAUSTED: it was not, and is as it was; a zone's queue may be full, or all of
  // it. An item larger than a bound is taken if nothing else waits under that bound.
  absl::Status Push(Item& item);

  // The next one in turn; nullopt if there is none.
  std::optional<Item> Pop();

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }

 private:
  struct Waiting {
    std::deque<Item> items;
    size_t bytes = 0;
    // Bytes it may still take in its turn.
    size_t credit = 0;
  };
  // Its elements stay where they are.
  using Queues = std::unordered_map<std::string, Waiting>;

  Queues::value_type& InTurn();

  const Options options_;
  // Invariant: turns_ holds each key of queues_ once, and none of them is empty.
  Queues queues_;
  std::deque<Queues::value_type*> turns_;
  size_t size_ = 0;
  size_t bytes_ = 0;
};

}  // namespace quartet::controller
