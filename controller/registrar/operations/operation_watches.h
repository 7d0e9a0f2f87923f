// Who wants to hear when an operation has moved.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "controller/watch.h"

namespace quartet::controller {

// Thread-safe. Watches may outlive it.
class OperationWatches {
 public:
  OperationWatches();
  ~OperationWatches();

  // `moved` must not block, nor add or end a watch.
  std::unique_ptr<Watch> Add(const std::string& operation_id, std::function<void()> moved);
  // Calls those of this operation.
  void Moved(const std::string& operation_id);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace quartet::controller
