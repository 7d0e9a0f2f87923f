// The subcommands of `quartet domain`, by what they are about.
#pragma once

#include "admin/session.h"

namespace CLI {
class App;
}

namespace quartet::admin {

// Each adds its subcommands to `domain`.
// check, register, transfer: getting one.
void AddDomainTaking(CLI::App& domain, Session& session);
// show, list, renew, auto-renew, lock, unlock, auth-code, delete: having one.
void AddDomainKeeping(CLI::App& domain, Session& session);
// set-nameservers, add-ds, remove-ds: what its parent says of it.
void AddDomainDelegation(CLI::App& domain, Session& session);
// operations, operation.
void AddDomainOperations(CLI::App& domain, Session& session);

}  // namespace quartet::admin
