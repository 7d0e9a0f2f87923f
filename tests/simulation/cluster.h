// A whole cluster under one seed: run, with faults, then without, and checked all the way.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "tests/simulation/checks.h"
#include "tests/simulation/mutation.h"
#include "tests/simulation/network.h"
#include "tests/simulation/sim_controller.h"
#include "tests/simulation/sim_node.h"
#include "tests/simulation/truth.h"
#include "tests/simulation/workload.h"
#include "tests/simulation/world_clock.h"

namespace quartet::simulation {

struct RunOptions {
  uint64_t seed = 1;
  // Requests of users.
  uint64_t steps = 80;
  Mutation mutation = Mutation::kNone;
};

struct RunResult {
  // What was found wrong, and when; nothing if all held.
  Finding finding;
  int64_t time_us = 0;
  uint64_t entries = 0;
  uint64_t acknowledged = 0;
  uint64_t faults = 0;
  uint64_t events = 0;
};

class Cluster {
 public:
  explicit Cluster(const RunOptions& options);
  RunResult Run();

 private:
  void StartNodes();
  // All events until then, checked.
  void RunFor(int64_t us);
  void ScheduleRequest();
  void ScheduleFault();
  void FaultAtNode(SimNode& node);
  void FaultAtController();
  void ControllerCrashed();
  void Heal();
  void RunUntilConverged();

  void NodeWritten(SimNode& node);
  void Committed();
  void Check(Finding finding);

  const RunOptions options_;
  WorldClock clock_;
  Dice dice_;
  Truth truth_;
  Network network_;
  SimController controller_;
  SimNodes nodes_;
  Workload workload_;
  RunResult result_;
  uint64_t requests_left_;
  bool faults_ = true;
};

RunResult RunOnce(const RunOptions& options);

}  // namespace quartet::simulation
