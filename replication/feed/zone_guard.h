// Whom the publisher asks before it sends a zone whole: what a controller knows to be damaged is sent to nobody.
#pragma once

#include <string>

namespace quartet::replication {

// Called by the thread that runs turns, for every zone that a node asks for: neither may block.
class ZoneGuard {
 public:
  virtual ~ZoneGuard() = default;
  // Not empty: nothing of the zone is to be sent, and why.
  virtual std::string Quarantined(const std::string& zone_id) = 0;
  // Read to be sent, its record sets were not what the log says. It was not sent.
  virtual void Suspect(const std::string& zone_id) = 0;
};

}  // namespace quartet::replication
