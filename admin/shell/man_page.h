// Man pages of the commands, in roff (man(7)).
#pragma once

#include <string>

#include "admin/shell/command_tree.h"

namespace quartet::admin {

// The page of one command; `root`: of all, whose options every command takes.
std::string ManPage(const CommandInfo& command, const CommandInfo& root);

// "quartet-zone-create.1".
std::string ManPageName(const CommandInfo& command);

}  // namespace quartet::admin
