#include "controller/registrar/operations/operation_watches.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

#include "controller/ending_watch.h"

namespace quartet::controller {

struct OperationWatches::State {
  std::mutex mutex;
  uint64_t next = 0;
  // By operation and number.
  std::map<std::pair<std::string, uint64_t>, std::function<void()>> watches;
};

OperationWatches::OperationWatches() : state_(std::make_shared<State>()) {}
OperationWatches::~OperationWatches() = default;

std::unique_ptr<Watch> OperationWatches::Add(const std::string& operation_id, std::function<void()> moved) {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  const std::pair<std::string, uint64_t> key{operation_id, state_->next++};
  state_->watches.emplace(key, std::move(moved));
  // Waits for a callback that is running, as those run under the mutex.
  return std::make_unique<EndingWatch>([state = state_, key] {
    const std::lock_guard<std::mutex> lock(state->mutex);
    state->watches.erase(key);
  });
}

void OperationWatches::Moved(const std::string& operation_id) {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  auto it = state_->watches.lower_bound({operation_id, 0});
  for (; it != state_->watches.end() && it->first.first == operation_id; ++it) it->second();
}

}  // namespace quartet::controller
