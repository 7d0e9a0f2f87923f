// What must hold after every step, whatever happened. Each step is checked for what it can have changed.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "replication/base/position.h"
#include "tests/simulation/network.h"
#include "tests/simulation/sim_controller.h"
#include "tests/simulation/sim_node.h"
#include "tests/simulation/users.h"
#include "tests/simulation/world.h"

namespace quartet::simulation {

class Checks {
 public:
  explicit Checks(World& world) : world_(world) {}

  // The node wrote, and serves, these zones anew (`anew`: it was opened):
  // * its cursor is a place in the log, and of a state that is confirmed;
  // * on disk, its zones are those of its nameserver as of the cursor, except those marked BEHIND; so are its imports;
  // * what it answers from is, record for record, the revision it says (equal revision, equal digest), and was
  //   assigned to its nameserver;
  // * if it is counted, it has whatever is INSYNC: INSYNC neither lies nor goes back;
  // * it answers neither before its first fill nor when it is drained.
  void NodeWritten(const SimNode& node, const std::set<std::string>& zones, bool anew);

  // Entries were committed: what they made INSYNC is there, and who is drained is silent.
  void Committed(const SimNodes& nodes);

  // Changes that somebody was told of are in the log, at their place.
  void Acknowledged(const Users& users, const SimController& controller);
  void ToldInsync(const std::string& change_id);

  // All nodes are at the head with nothing BEHIND, and all changes are INSYNC. nullopt: so it is.
  Finding Converged(const SimNodes& nodes) const;

 private:
  std::set<std::string> ZonesToCheck(const SimNode& node, const Timeline& timeline,
                                     const std::set<std::string>& zones, bool anew);
  Finding CheckPlace(const SimNode& node) const;
  Finding CheckStored(const SimNode& node, const Timeline& timeline, const std::string& zone_id) const;
  Finding CheckServed(const SimNode& node, const std::string& zone_id) const;
  Finding CheckInsync(const SimNode& node, const std::string& zone_id);
  Finding CheckAnswers(const SimNode& node) const;
  Finding NotConverged(const SimNode& node) const;

  World& world_;
  // Up to where a node's zones were checked.
  std::map<std::string, replication::Position> checked_;
  // (Node, zone) whose copy is of another epoch, until it serves what is INSYNC in this one.
  std::set<std::pair<std::string, std::string>> unclaimed_;
};

}  // namespace quartet::simulation
