// Who wants to hear when a change, or the nodes, have moved.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "controller/roster/insync_tracker.h"
#include "controller/watch.h"

namespace quartet::controller {

// Work per move is that of the watches of its nameserver. Thread-safe. Callbacks come one at a time, from the
// thread that tells of the move; they must not call this object. Watches may outlive it.
class Watches {
 public:
  Watches();
  ~Watches();

  std::unique_ptr<Watch> AddChange(const TrackedChange& change, std::function<void()> moved);
  std::unique_ptr<Watch> AddNodes(std::function<void()> moved);

  // Whether somebody watches one of these changes.
  bool AnyWatched(const std::vector<std::string>& change_ids) const;

  void NodesMoved(const std::vector<InsyncTracker::Move>& moves);
  // The nameservers that a change has to be served by are others now.
  void Retarget(const std::string& change_id, const std::vector<std::string>& targets);
  void ChangesInsync(const std::vector<std::string>& change_ids);
  // Stripes, nameservers or nodes: all watches are told.
  void RosterMoved();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace quartet::controller
