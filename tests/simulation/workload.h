// What users do: they make, change and delete zones, and remember what they were told.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/simulation/checks.h"
#include "tests/simulation/sim_controller.h"
#include "tests/simulation/truth.h"
#include "tests/simulation/world_clock.h"

namespace quartet::simulation {

class Workload {
 public:
  Workload(SimController& controller, const Truth& truth, Dice& dice)
      : controller_(controller), truth_(truth), dice_(dice) {}

  // Stripes with domains, two nameservers each with one node, and a second node for two of them. Returns
  // (node, nameserver).
  std::vector<std::pair<std::string, std::string>> Found();

  // One request.
  void Act();
  const std::vector<Acknowledged>& acknowledged() const { return acknowledged_; }

 private:
  void Propose(controller::PlanFn plan);
  void MakeZone();
  void ChangeZone(const std::string& zone_id);
  void DeleteZone(const std::string& zone_id);
  std::string SomeZone();

  SimController& controller_;
  const Truth& truth_;
  Dice& dice_;
  std::vector<Acknowledged> acknowledged_;
  uint64_t zones_made_ = 0;
  uint64_t requests_ = 0;
};

}  // namespace quartet::simulation
