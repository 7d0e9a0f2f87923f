// What the controller knows of a node's replica: the last acknowledgement of each node.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace quartet::replication {

struct ZoneException {
  std::string zone_id;
  // 0: it answers SERVFAIL.
  uint64_t served_revision = 0;
  std::string reason;
};

// An acknowledgement covers (zone, index, revision) if epoch is the log's, acknowledged_index >= index, and the zone is no
// exception or one with served_revision >= revision. It holds for one incarnation and is forgotten with it.
struct NodeProgress {
  std::string node;
  std::string nameserver;
  bool connected = false;
  // Empty until it said Hello to this controller.
  std::string incarnation;
  std::string version;
  // False until the first acknowledgement of this incarnation.
  bool acknowledged = false;
  uint64_t epoch = 0;
  uint64_t acknowledged_index = 0;
  std::vector<ZoneException> exceptions;
  int64_t acknowledged_wall_us = 0;
  // It said that none of its sockets is open, for good.
  bool sockets_closed = false;
};

}  // namespace quartet::replication
