#include "controller/commit_watches.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

#include "controller/ending_watch.h"

namespace quartet::controller {

struct CommitWatches::State {
  std::mutex mutex;
  uint64_t next = 0;
  std::map<uint64_t, Fn> watches;
};

CommitWatches::CommitWatches() : state_(std::make_shared<State>()) {}
CommitWatches::~CommitWatches() = default;

std::unique_ptr<Watch> CommitWatches::Add(Fn committed) {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  const uint64_t id = state_->next++;
  state_->watches.emplace(id, std::move(committed));
  return std::make_unique<EndingWatch>([state = state_, id] {
    const std::lock_guard<std::mutex> lock(state->mutex);
    state->watches.erase(id);
  });
}

void CommitWatches::Committed(const std::vector<Sequencer::Committed>& entries) {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  for (const auto& [id, committed] : state_->watches) committed(entries);
}

}  // namespace quartet::controller
