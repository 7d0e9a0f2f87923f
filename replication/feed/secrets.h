// The digest keys a controller's replica holds.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "replication/store/store.h"

namespace quartet::replication {

// By id.
using DigestKeys = std::map<uint32_t, std::string>;

// The number in "digest/N", the id of a secret; false for other secrets.
bool IsDigestKeyId(absl::string_view object_id, uint32_t& id);

// DATA_LOSS: one is damaged.
absl::StatusOr<DigestKeys> ReadDigestKeys(const store::Reader& reader);

}  // namespace quartet::replication
