#include "replication/feed/received.h"

#include <utility>

namespace quartet::replication {
namespace {

void Move(std::deque<Received::Message>& from, size_t bytes, std::vector<Received::Message>& to) {
  for (size_t taken = 0; !from.empty() && taken < bytes;) {
    taken += from.front().ByteSizeLong();
    to.push_back(std::move(from.front()));
    from.pop_front();
  }
}

}  // namespace

void Received::Push(Message message) {
  const bool snapshot = message.has_snapshot_part() || message.has_snapshot_parts();
  (snapshot ? snapshots_ : prompt_).push_back(std::move(message));
}

void Received::Clear() {
  prompt_.clear();
  snapshots_.clear();
}

std::vector<Received::Message> Received::Take(size_t prompt_bytes, size_t snapshot_bytes) {
  std::vector<Message> messages;
  Move(prompt_, prompt_bytes, messages);
  Move(snapshots_, snapshot_bytes, messages);
  return messages;
}

}  // namespace quartet::replication
