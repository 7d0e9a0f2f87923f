// What must hold after every step, whatever happened.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "replication/base/position.h"
#include "tests/simulation/network.h"
#include "tests/simulation/sim_controller.h"
#include "tests/simulation/sim_node.h"
#include "tests/simulation/truth.h"

namespace quartet::simulation {

// Each returns what is wrong, or nothing.
using Finding = std::optional<std::string>;

// Every zone a running node answers from is, record for record, the revision it says (equal revision, equal
// digest), and that revision was assigned to its nameserver.
Finding CheckServed(const SimNode& node, const Truth& truth);

// A node that is counted and serving has whatever is INSYNC: INSYNC neither lies nor goes back.
Finding CheckInsync(const SimNode& node, const Truth& truth);

// On disk, the zones of a node are those of its nameserver as of its cursor, except those marked BEHIND.
Finding CheckReplica(const SimNode& node, const Truth& truth);

// A change that a caller was told of is in the log, at its place.
struct Acknowledged {
  std::string change_id;
  replication::Position position;
};
Finding CheckAcknowledged(const std::vector<Acknowledged>& changes, const SimController& controller,
                          const Truth& truth);

// All nodes are at the head with nothing BEHIND, and all changes are INSYNC.
Finding CheckConverged(const SimNodes& nodes, const Truth& truth);

}  // namespace quartet::simulation
