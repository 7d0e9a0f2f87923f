// What users and operators ask the controller for, and what they were told.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/simulation/action.h"
#include "tests/simulation/sim_controller.h"
#include "tests/simulation/world.h"

namespace quartet::simulation {

class Users {
 public:
  Users(SimController& controller, World& world) : controller_(controller), world_(world) {}

  // Stripes with domains, nameservers and their first nodes.
  void Found();
  // An action that is a request; false: it is none.
  bool Ask(const Action& action);

  // Changes that somebody was told to be made. Those that a restore took away are forgotten.
  struct Acknowledged {
    std::string change_id;
    replication::Position position;
  };
  const std::vector<Acknowledged>& acknowledged() const { return acknowledged_; }
  // How many ever.
  uint64_t told() const { return told_; }
  void Restored();
  // Nameservers whose nodes are all drained for good get another one: else nothing would become INSYNC any more.
  void ReplaceDrained(const std::function<bool(const std::string& node)>& is_drained);

 private:
  struct Request {
    std::string id;
    controller::PlanFn plan;
  };

  void Propose(Request request);
  // For an action on a zone that is there: its plan.
  controller::PlanFn PlanFor(const Action& action, const std::string& zone_id) const;
  void CreateZone(const Action& action);
  void Enroll(const std::string& node);
  void Drain(const std::string& node);

  SimController& controller_;
  World& world_;
  std::vector<Acknowledged> acknowledged_;
  uint64_t told_ = 0;
  uint64_t requests_ = 0;
  // By the zone's number: its last one.
  std::map<uint64_t, Request> last_;
};

// "a0", "a0x" -> "ns-a0".
std::string NameserverOf(const std::string& node);

}  // namespace quartet::simulation
