// Whether a controller's replica came from a backup, and whether its operator has confirmed what that means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "quartet/stored/v1/restore.pb.h"
#include "replication/store/store.h"

namespace quartet::replication {

// nullopt: it never was restored. DATA_LOSS: the row is damaged.
absl::StatusOr<std::optional<stored::v1::RestoreRow>> ReadRestore(const store::Reader& reader);

void PutRestore(const stored::v1::RestoreRow& row, store::Batch& batch);

// Restored, and not confirmed: the state is one that nodes may be ahead of.
bool IsUnconfirmed(const std::optional<stored::v1::RestoreRow>& row);

// Why such a controller takes no changes, and what to do.
absl::Status UnconfirmedError(const stored::v1::RestoreRow& row);

// Notes who confirmed it, synced. FAILED_PRECONDITION: it was not restored, or is confirmed already.
absl::Status ConfirmRestore(store::Store& store, const std::string& principal, int64_t time_us);

}  // namespace quartet::replication
