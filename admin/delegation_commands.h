// What other commands show and do of zones' nameservers.
#pragma once

#include <string>

#include "admin/session.h"

namespace quartet::admin {

namespace v1 {
class Zone;
}  // namespace v1

// The zone's nameservers with their states, as a table.
void PrintZoneNameservers(const v1::Zone& zone);

// Begins to move all zones away from a nameserver that drains, a hundred a second at most; exits at the end where one could not
// be. Called again, it goes on.
void MoveZonesAway(Session& session, const std::string& nameserver);

}  // namespace quartet::admin
