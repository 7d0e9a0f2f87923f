// What INSYNC rests on: the acknowledgements that came to the controller, noted apart from the code that uses them.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "quartet/replication/v1/feed.pb.h"
#include "tests/simulation/truth.h"

namespace quartet::simulation {

class Proofs {
 public:
  // A message that the controller took. `disk`: which one of its disks the node had when it said so.
  void Heard(const std::string& node, uint64_t disk, const replication::v1::SubscribeRequest& message);
  // Another process leads: it has heard nothing.
  void Forget() { said_.clear(); }

  // What was logged rests on what was heard: changes are INSYNC when all counted nodes of all their zone's nameservers
  // cover them, and there is one of each; nodes are counted when they cover all that was INSYNC.
  Finding CheckInsync(const Timeline::Proven& proven, uint64_t epoch) const;
  Finding CheckCounted(const Timeline::Counted& counted, uint64_t epoch) const;

 private:
  struct Said {
    uint64_t disk = 0;
    bool acknowledged = false;
    uint64_t epoch = 0;
    uint64_t index = 0;
    // Zone -> revision it serves.
    std::map<std::string, uint64_t> exceptions;
  };
  bool Covers(const std::string& node, const Timeline::Change& change, uint64_t epoch) const;

  std::map<std::string, Said> said_;
};

}  // namespace quartet::simulation
