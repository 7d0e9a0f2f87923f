// Small files that commands are given.
#pragma once

#include <string>

#include "admin/session.h"

namespace quartet::admin {

// All of a file; "-": of standard input. Exits if it can't be read, or a file holds nothing.
std::string ReadInput(const Session& session, const std::string& path);

}  // namespace quartet::admin
