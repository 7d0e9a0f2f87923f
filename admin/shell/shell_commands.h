// `quartet completion` and `quartet man`, made from the commands themselves.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace quartet::admin {

class Session;

// Both show `app` as it is when they run: with all commands, whenever these were added.
void AddShellCommands(CLI::App& app, Session& session);

// What the completion scripts call: prints what fits `words`, of which the last is being written. Names of zones and domains are asked
// of the controller, for a second at most, and left out if it does not tell.
void PrintCompletions(const CLI::App& app, Session& session, const std::vector<std::string>& words);

}  // namespace quartet::admin
