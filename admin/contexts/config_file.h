// The file of contexts: which controllers there are, and as whom to talk to them. As kubectl has one.
//
//   current-context: local
//   contexts:
//     local:
//       controller: 127.77.0.1:4700
//       ca: /u/anna/quartet/ca.pem
//       certificate: /u/anna/quartet/anna.pem
//       key: /u/anna/quartet/anna.key
//
// Paths that are not absolute begin at the file's folder.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace quartet::admin {

// Empty: not said.
struct Context {
  std::string controller;
  std::string ca;
  std::string certificate;
  std::string key;

  bool operator==(const Context&) const = default;
};

struct Config {
  std::string current;
  std::map<std::string, Context> contexts;

  bool operator==(const Config&) const = default;
};

// QUARTET_CONFIG, or quartet/config.yaml in XDG_CONFIG_HOME, or in ~/.config. Empty: there is no home.
std::string ConfigPath();

// INVALID_ARGUMENT with path, line and what is wrong; words it does not know are wrong too.
absl::StatusOr<Config> ParseConfig(absl::string_view text, const std::string& path);
std::string FormatConfig(const Config& config);
// The same for programs: {"current_context": …, "contexts": [{"name": …, "controller": …, …}]}.
std::string JsonOf(const Config& config);

// No contexts if there is no such file.
absl::StatusOr<Config> LoadConfig(const std::string& path);
// In one step: a reader sees the old file or the new one. Makes the folder. Only its owner may read it.
absl::Status SaveConfig(const Config& config, const std::string& path);

// 1 to 63 letters, digits, '.', '_' and '-'.
bool IsContextName(absl::string_view name);

}  // namespace quartet::admin
