// The command line's options for what a server tells of itself.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "nameserver/answer/identity.h"

namespace quartet::nameserver {

// As given; absent: the server's name.
struct IdentityOptions {
  std::optional<std::string> nsid;
  std::optional<std::string> server_id;
  std::string version = "Quartet";
};

// --nsid, --server-id, --version-bind. `options` must last until `app` has parsed.
void AddIdentityOptions(CLI::App& app, IdentityOptions& options);

// The machine's name; empty if it has none.
std::string HostName();

// `name` is the server's, cut to what an answer has room for; the word "none" says nothing.
ServerIdentity MakeIdentity(const IdentityOptions& options, const std::string& name);

}  // namespace quartet::nameserver
