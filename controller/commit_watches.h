// Who wants to hear of each group of entries that was committed.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "controller/sequencer/sequencer.h"
#include "controller/watch.h"

namespace quartet::controller {

// Thread-safe. Watches may outlive it.
class CommitWatches {
 public:
  // Must not block, nor add or end a watch.
  using Fn = std::function<void(const std::vector<Sequencer::Committed>& entries)>;

  CommitWatches();
  ~CommitWatches();

  std::unique_ptr<Watch> Add(Fn committed);
  // Calls those that there are, in the order they were added.
  void Committed(const std::vector<Sequencer::Committed>& entries);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace quartet::controller
