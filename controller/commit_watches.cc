#include "controller/commit_watches.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

namespace quartet::controller {

struct CommitWatches::State {
  std::mutex mutex;
  uint64_t next = 0;
  std::map<uint64_t, Fn> watches;
};

namespace {

class OneWatch : public Watch {
 public:
  explicit OneWatch(std::function<void()> end) : end_(std::move(end)) {}
  ~OneWatch() override { end_(); }

 private:
  std::function<void()> end_;
};

}  // namespace

CommitWatches::CommitWatches() : state_(std::make_shared<State>()) {}
CommitWatches::~CommitWatches() = default;

std::unique_ptr<Watch> CommitWatches::Add(Fn committed) {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  const uint64_t id = state_->next++;
  state_->watches.emplace(id, std::move(committed));
  return std::make_unique<OneWatch>([state = state_, id] {
    const std::lock_guard<std::mutex> lock(state->mutex);
    state->watches.erase(id);
  });
}

void CommitWatches::Committed(const std::vector<Sequencer::Committed>& entries) {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  for (const auto& [id, committed] : state_->watches) committed(entries);
}

}  // namespace quartet::controller
