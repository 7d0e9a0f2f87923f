// A whole cluster under one seed: actions with faults, then none, and checked all the way.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "tests/simulation/action.h"
#include "tests/simulation/checks.h"
#include "tests/simulation/mutation.h"
#include "tests/simulation/network.h"
#include "tests/simulation/old_controller.h"
#include "tests/simulation/sim_controller.h"
#include "tests/simulation/sim_node.h"
#include "tests/simulation/users.h"
#include "tests/simulation/world.h"

namespace quartet::simulation {

struct RunOptions {
  uint64_t seed = 1;
  // A step is an action, or an event that is handled (a message delivered, a write done, a timer): after so many no
  // further actions are made. Then the faults end, and all has to converge.
  uint64_t steps = 2000;
  Mutation mutation = Mutation::kNone;
  // These instead of the seed's.
  std::optional<Actions> actions;
  // Told of every action before it is done.
  std::function<void(int64_t time_us, const Action& action)> on_action;
};

struct RunResult {
  // What was found wrong, and when; nothing if all held.
  Finding finding;
  int64_t time_us = 0;
  // What was done up to then.
  Actions actions;
  uint64_t steps = 0;
  uint64_t entries = 0;
  uint64_t acknowledged = 0;
  // What happened, and how often.
  std::map<std::string, uint64_t> seen;
};

RunResult RunOnce(const RunOptions& options);

class Cluster {
 public:
  explicit Cluster(const RunOptions& options);
  RunResult Run();

 private:
  void Act();
  void Perform(const Action& action);
  void PerformOnController(const Action& action);
  void PerformOnNode(SimNode& node, const Action& action);
  // All events until then, checked.
  void RunFor(int64_t us);
  void StartEnrolled();
  void ControllerCrashed();
  void StartController();
  void RestoreController();
  void Heal();
  void RunUntilConverged();
  void After(uint64_t ms, std::function<void()> event);

  const RunOptions options_;
  World world_;
  SimNodes nodes_;
  Network network_;
  SimController controller_;
  std::unique_ptr<OldController> old_controller_;
  Users users_;
  Checks checks_;
  RunResult result_;
  // Of each node: repairs are limited to ten in an hour.
  std::map<std::string, int> rots_;
};

}  // namespace quartet::simulation
