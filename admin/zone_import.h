// Sends a zone file of any size to the controller.
#pragma once

#include <string>

#include "admin/session.h"

namespace quartet::admin::v1 {
class ImportResult;
class ImportStart;
}  // namespace quartet::admin::v1

namespace quartet::admin {

// Sends the file at `path` ("-": standard input) piece by piece, shows how far it is on a terminal, and prints warnings.
// The session's timeout is for hearing nothing, not for the whole. Exits as Session::Check does if it was refused, or
// if the file can't be read. `start` needs its target and mode.
v1::ImportResult ImportFile(Session& session, v1::ImportStart start, const std::string& path);

}  // namespace quartet::admin
