#include "controller/roster/watches.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

namespace quartet::controller {

// Invariant: by_nameserver and by_change name only watches that are in `watches`.
struct Watches::State {
  struct Entry {
    TrackedChange change;
    std::function<void()> moved;
    bool nodes = false;
  };

  std::mutex mutex;
  uint64_t next = 0;
  std::map<uint64_t, Entry> watches;
  std::multimap<std::string, uint64_t> by_nameserver;
  std::multimap<std::string, uint64_t> by_change;
  std::vector<uint64_t> of_nodes;

  uint64_t Add(Entry entry) {
    const std::lock_guard<std::mutex> lock(mutex);
    const uint64_t id = next++;
    if (entry.nodes) of_nodes.push_back(id);
    if (!entry.nodes) by_change.emplace(entry.change.id, id);
    for (const std::string& target : entry.change.targets) by_nameserver.emplace(target, id);
    watches.emplace(id, std::move(entry));
    return id;
  }

  static void Erase(std::multimap<std::string, uint64_t>& index, const std::string& key, uint64_t id) {
    const auto [first, last] = index.equal_range(key);
    for (auto it = first; it != last; ++it) {
      if (it->second == id) return void(index.erase(it));
    }
  }

  // Waits for a callback that is running, as those run under the mutex.
  void Remove(uint64_t id) {
    const std::lock_guard<std::mutex> lock(mutex);
    const auto found = watches.find(id);
    Erase(by_change, found->second.change.id, id);
    for (const std::string& target : found->second.change.targets) Erase(by_nameserver, target, id);
    std::erase(of_nodes, id);
    watches.erase(found);
  }
};

namespace {

// Whether a node's move can have changed who serves this change.
bool Touches(const InsyncTracker::Move& move, uint64_t index) {
  return move.other || move.to < move.from || (move.from < index && index <= move.to);
}

template <typename State>
class Registered : public Watch {
 public:
  Registered(std::shared_ptr<State> state, uint64_t id) : state_(std::move(state)), id_(id) {}
  ~Registered() override { state_->Remove(id_); }

 private:
  std::shared_ptr<State> state_;
  uint64_t id_;
};

}  // namespace

Watches::Watches() : state_(std::make_shared<State>()) {}
Watches::~Watches() = default;

std::unique_ptr<Watch> Watches::AddChange(const TrackedChange& change, std::function<void()> moved) {
  return std::make_unique<Registered<State>>(state_, state_->Add({change, std::move(moved), false}));
}

std::unique_ptr<Watch> Watches::AddNodes(std::function<void()> moved) {
  return std::make_unique<Registered<State>>(state_, state_->Add({{}, std::move(moved), true}));
}

bool Watches::AnyWatched(const std::vector<std::string>& change_ids) const {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  return std::any_of(change_ids.begin(), change_ids.end(),
                     [this](const std::string& id) { return state_->by_change.contains(id); });
}

void Watches::NodesMoved(const std::vector<InsyncTracker::Move>& moves) {
  if (moves.empty()) return;
  const std::lock_guard<std::mutex> lock(state_->mutex);
  for (const InsyncTracker::Move& move : moves) {
    const auto [first, last] = state_->by_nameserver.equal_range(move.nameserver);
    for (auto it = first; it != last; ++it) {
      const State::Entry& entry = state_->watches.at(it->second);
      if (Touches(move, entry.change.index)) entry.moved();
    }
  }
  for (const uint64_t id : state_->of_nodes) state_->watches.at(id).moved();
}

void Watches::Retarget(const std::string& change_id, const std::vector<std::string>& targets) {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  const auto [first, last] = state_->by_change.equal_range(change_id);
  for (auto it = first; it != last; ++it) {
    State::Entry& entry = state_->watches.at(it->second);
    for (const std::string& target : entry.change.targets)
      State::Erase(state_->by_nameserver, target, it->second);
    entry.change.targets = targets;
    for (const std::string& target : targets) state_->by_nameserver.emplace(target, it->second);
    entry.moved();
  }
}

void Watches::ChangesInsync(const std::vector<std::string>& change_ids) {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  for (const std::string& change : change_ids) {
    const auto [first, last] = state_->by_change.equal_range(change);
    for (auto it = first; it != last; ++it) state_->watches.at(it->second).moved();
  }
}

void Watches::RosterMoved() {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  for (const auto& [id, entry] : state_->watches) entry.moved();
}

}  // namespace quartet::controller
