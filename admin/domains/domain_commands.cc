#include "admin/domains/domain_commands.h"

#include <CLI/CLI.hpp>

#include "admin/commands.h"

namespace quartet::admin {

void AddDomainCommands(CLI::App& app, Session& session) {
  CLI::App* domain = app.add_subcommand("domain", "Domains at their registries")->require_subcommand(1);
  domain->footer(
      "What is done at a registry is an operation: it is durable before it is told of, and goes on whatever "
      "happens to this\n"
      "command or to the controller. Commands wait for its end, unless --no-wait says not to.\n\n"
      "Examples:\n"
      "  quartet domain check example.test\n"
      "  quartet domain register example.test --auto-renew\n"
      "  quartet domain show example.test");
  AddDomainTaking(*domain, session);
  AddDomainKeeping(*domain, session);
  AddDomainDelegation(*domain, session);
  AddDomainOperations(*domain, session);
}

}  // namespace quartet::admin
