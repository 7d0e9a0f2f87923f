// Operations on domains as people see them: shown once, or followed until they have ended.
#pragma once

#include <string>

#include "admin/session.h"

namespace quartet::admin::v1 {
class DomainOperation;
}

namespace quartet::admin {

// "REGISTER", "SET_DS"; "SUCCESSFUL", in its colour; "COMMAND", or "-" before the first.
std::string KindText(const v1::DomainOperation& operation);
std::string StateText(const v1::DomainOperation& operation);
std::string StepText(const v1::DomainOperation& operation);
bool IsOver(const v1::DomainOperation& operation);

void PrintOperation(const Session& session, const v1::DomainOperation& operation);

// Follows the operation until it has ended, telling its steps and what it waits for on standard error, and returns its last
// state. A controller that starts anew meanwhile is asked again. Exits if it has not ended after --timeout: it goes on then.
v1::DomainOperation FollowOperation(Session& session, const v1::DomainOperation& operation);

// Exits as refused if it FAILED, and says why.
void CheckOperation(const Session& session, const v1::DomainOperation& operation);

// What a command that began `operation` does at its end: wait unless told not to, print it, and exit by what came of it.
void FinishOperation(Session& session, const v1::DomainOperation& operation, bool wait);

}  // namespace quartet::admin
