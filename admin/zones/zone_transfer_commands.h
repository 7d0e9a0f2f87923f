// Commands that take zones out of the service as files, compare them with files, and make many.
#pragma once

#include "admin/session.h"

namespace CLI {
class App;
}

namespace quartet::admin {

// `zone`: the command that they are added to.
void AddZoneExport(CLI::App& zone, Session& session);
void AddZoneDiff(CLI::App& zone, Session& session);
void AddZoneApply(CLI::App& zone, Session& session);
void AddZoneCreateMany(CLI::App& zone, Session& session);

}  // namespace quartet::admin
