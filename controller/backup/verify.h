// Whether a backup's directory is whole and unchanged.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/backup/manifest.h"

namespace quartet::controller {

// The manifest of the backup in `directory`, found whole in itself. NOT_FOUND: there is no backup, or it was not finished;
// DATA_LOSS, UNIMPLEMENTED: as ReadManifest, with the directory in the message.
absl::StatusOr<Manifest> OpenBackup(const std::string& directory);

// Compares file `name` of `directory` with what the manifest says of it, and copies it to `copy` (a path that nothing has
// made yet) if that is not empty; the copy is synced. DATA_LOSS: it is another, shorter or longer; names the file.
absl::Status CheckFile(const std::string& directory, const std::string& name,
                       const Manifest::Contents& contents, const std::string& copy);

// Whether the file of entries is as the manifest says, and they follow one another from `after` to `head`.
absl::Status CheckEntries(const std::string& directory, const Manifest& manifest);

// OpenBackup, and all its files and entries checked.
absl::StatusOr<Manifest> VerifyBackup(const std::string& directory);

}  // namespace quartet::controller
