// Changes as people see them: shown once, or followed until the nameservers serve them.
#pragma once

#include <string>

#include "admin/session.h"

namespace quartet::admin::v1 {
class Change;
}

namespace quartet::admin {

// Prints a change with the progress of its nameservers.
void PrintChange(const Session& session, const v1::Change& change);

// From when on no resolver holds what the change replaced, in words.
std::string SafeAfterText(const v1::Change& change);

// Follows the change named "changes/…" until it is INSYNC (servers = 0) or so many nameservers serve it,
// telling each nameserver's arrival on standard error, and returns its last state.
v1::Change WaitForChange(Session& session, const std::string& name, uint32_t servers);

// What a command that made `change` does at its end: wait if asked to, then print.
void FinishChange(Session& session, const v1::Change& change, bool wait);

}  // namespace quartet::admin
