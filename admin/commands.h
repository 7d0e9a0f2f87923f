// The commands of `quartet`, one function per resource.
#pragma once

#include "admin/session.h"

namespace CLI {
class App;
}

namespace quartet::admin {

// Each adds its resource's subcommands to `app`; their callbacks run after `session` is set.
void AddZoneCommands(CLI::App& app, Session& session);
void AddRecordCommands(CLI::App& app, Session& session);
void AddChangeCommands(CLI::App& app, Session& session);
void AddNameserverCommands(CLI::App& app, Session& session);
// After AddZoneCommands, whose `zone` it adds to.
void AddDelegationCommands(CLI::App& app, Session& session);
void AddNodeCommands(CLI::App& app, Session& session);
void AddDomainCommands(CLI::App& app, Session& session);
void AddRegistryCommands(CLI::App& app, Session& session);
void AddStatusCommands(CLI::App& app, Session& session);
void AddVerifyCommands(CLI::App& app, Session& session);
void AddRestoreCommands(CLI::App& app, Session& session);
void AddWatchCommands(CLI::App& app, Session& session);

}  // namespace quartet::admin
