// The option that lets guards pass by name.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace quartet::admin {

// One name each time it is given: what stands behind it is a positional argument again.
inline void AddAllowOption(CLI::App& command, std::vector<std::string>& allow) {
  command
      .add_option("--allow", allow,
                  "Let a guard pass: mass-deletion (over 10 record sets and over 30 % of the zone)")
      ->allow_extra_args(false);
}

}  // namespace quartet::admin
