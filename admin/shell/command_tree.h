// The commands as data: what completion and man pages are made of.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace quartet::admin {

// An option or a positional argument.
struct ArgumentInfo {
  // "-o", "--output"; "ZONE".
  std::vector<std::string> names;
  std::string help;
  // "" if it takes none (a flag).
  std::string value;
  // What the value may be; empty: anything.
  std::vector<std::string> choices;
  std::string default_value;
  bool required = false;
  // It may be given again.
  bool repeated = false;
};

struct CommandInfo {
  // "quartet zone create".
  std::string path;
  std::string name;
  std::string help;
  // Examples, and what more there is to say.
  std::string footer;
  std::vector<ArgumentInfo> options;
  std::vector<ArgumentInfo> positionals;
  std::vector<CommandInfo> commands;
};

// Of `app` and all below it.
CommandInfo Describe(const CLI::App& app);

}  // namespace quartet::admin
