// What zones were: `zone log`, `zone revert`, `zone undelete`, and the past of `zone show` and `zone list`.
#pragma once

#include <string>

#include "admin/session.h"

namespace CLI {
class App;
}

namespace quartet::admin {

// Adds its subcommands to `zone`.
void AddHistoryCommands(CLI::App& zone, Session& session);

// `at`: a revision ("12"), a time ("2026-03-01T12:00:00Z"), or how long ago ("90m"). Exits if it is none of them.
void ShowZoneAt(Session& session, const std::string& zone, const std::string& at);
void ListDeletedZones(Session& session);

}  // namespace quartet::admin
