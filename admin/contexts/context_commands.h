// `quartet context`: which controller the command talks to, and as whom, when nothing else is said.
#pragma once

namespace CLI {
class App;
}

namespace quartet::admin {

class Session;

void AddContextCommands(CLI::App& app, Session& session);

}  // namespace quartet::admin
