// quartet: the admin command. One gRPC call per command, mostly.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "absl/strings/string_view.h"
#include "admin/commands.h"
#include "admin/contexts/context_commands.h"
#include "admin/session.h"
#include "admin/shell/shell_commands.h"

namespace {

int Main(int argc, char** argv) {
  CLI::App app("Quartet's admin command: hosted zones on four nameservers in four regions.", "quartet");
  quartet::admin::Session session;
  app.require_subcommand(1);
  app.fallthrough();
  app.set_help_all_flag("--help-all", "Help of all commands");
  app.add_option("--context", session.context, "Context to take these from (or QUARTET_CONTEXT)");
  app.add_option("--controller", session.controller, "Controller, ADDR:PORT (or QUARTET_CONTROLLER)");
  app.add_option("--ca", session.tls.ca, "CA certificate, PEM file (or QUARTET_CA)");
  app.add_option("--certificate", session.tls.certificate,
                 "Your certificate, PEM file (or QUARTET_CERTIFICATE)");
  app.add_option("--key", session.tls.key, "Its private key, PEM file (or QUARTET_KEY)");
  app.add_option(
         "-o,--output", session.output,
         "table, wide (with more columns), json or yaml; if not given: table on a terminal, else json")
      ->check(CLI::IsMember({"table", "wide", "json", "yaml"}));
  app.add_option("--timeout", session.timeout_seconds, "Seconds to wait for an answer")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.footer(
      "Exit status: 0 done, 1 refused, 2 wrong usage or files, 3 controller not reached, 4 differences (zone "
      "diff --exit-code).\n\n"
      "Examples:\n"
      "  quartet zone create example.com --file example.com.zone --wait\n"
      "  quartet record set example.com www A 300 192.0.2.1 --wait\n"
      "  quartet domain register example.com\n"
      "  quartet status");
  quartet::admin::AddZoneCommands(app, session);
  quartet::admin::AddRecordCommands(app, session);
  quartet::admin::AddChangeCommands(app, session);
  quartet::admin::AddNameserverCommands(app, session);
  quartet::admin::AddDelegationCommands(app, session);
  quartet::admin::AddNodeCommands(app, session);
  quartet::admin::AddDomainCommands(app, session);
  quartet::admin::AddRegistryCommands(app, session);
  quartet::admin::AddStatusCommands(app, session);
  quartet::admin::AddVerifyCommands(app, session);
  quartet::admin::AddRestoreCommands(app, session);
  quartet::admin::AddWatchCommands(app, session);
  quartet::admin::AddContextCommands(app, session);
  quartet::admin::AddShellCommands(app, session);
  if (argc > 1 && absl::string_view(argv[1]) == "__complete") {
    quartet::admin::PrintCompletions(app, session, {argv + 2, argv + argc});
    return quartet::admin::kDone;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? quartet::admin::kDone : quartet::admin::kUsage;
  } catch (const quartet::admin::Exit& exit) {
    return exit.code;
  }
  return quartet::admin::kDone;
}

}  // namespace

int main(int argc, char** argv) {
  // The command line's library and the standard library throw; nothing of ours does, but for Exit.
  try {
    return Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "quartet: %s\n", error.what());
    return quartet::admin::kUsage;
  }
}
