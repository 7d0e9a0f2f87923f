// `quartet zone update`: what of a zone is not its users' record sets.
#pragma once

#include "admin/session.h"

namespace CLI {
class App;
}

namespace quartet::admin {

// Adds it to the commands of `zone`.
void AddZoneUpdate(CLI::App& zone, Session& session);

}  // namespace quartet::admin
