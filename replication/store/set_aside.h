// A damaged database is put out of the way, so that a new one can be made in its place.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace quartet::store {

// Moves what lies in `directory` into its subfolder "damaged-SECONDS", and returns that one's path. It stays on the same disk
// and in the same directory, since that may be a mount point, and the one above it somebody else's. At most one is kept: those
// set aside before are removed; so is this one where the disk has not as much room again (an empty path is returned then).
// Where there is no database, nothing of one set aside before is lost: its path is returned, as by FindSetAside.
//
// Nobody may have the database open. FAILED_PRECONDITION: another process has. Errors of the disk (as OpenRocksStore's) mean
// that it is not the database that is damaged: nothing better can be made there.
absl::StatusOr<std::string> SetAside(const std::string& directory, int64_t unix_seconds);

// The path of what was set aside in `directory`; empty: nothing is.
std::string FindSetAside(const std::string& directory);

}  // namespace quartet::store
