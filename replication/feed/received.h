// Messages of a node's stream that wait for the next write.
#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "quartet/replication/v1/feed.pb.h"

namespace quartet::replication {

// Not thread-safe. Bounded by the credit that the node gave. One write takes some of them, so that it does
// not last long: what is acknowledged behind it waits for it. Spans and the like first, in order; snapshots
// (in order too) flow beside them and move no cursor, so nobody waits for these.
class Received {
 public:
  using Message = quartet::replication::v1::SubscribeResponse;

  void Push(Message message);
  void Clear();
  bool empty() const { return prompt_.empty() && snapshots_.empty(); }

  // Messages until they come to `prompt_bytes`, and snapshots until they come to `snapshot_bytes`; at least
  // one of each that there is.
  std::vector<Message> Take(size_t prompt_bytes, size_t snapshot_bytes);

 private:
  std::deque<Message> prompt_;
  std::deque<Message> snapshots_;
};

}  // namespace quartet::replication
