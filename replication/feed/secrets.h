// The digest keys a controller's replica holds.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "quartet/stored/v1/entry.pb.h"
#include "replication/store/store.h"

namespace quartet::replication {

// By id.
using DigestKeys = std::map<uint32_t, std::string>;

// The number in "digest/N", the id of a secret; false for other secrets.
bool IsDigestKeyId(absl::string_view object_id, uint32_t& id);

// Ids of the digest keys that an entry makes or changes.
std::vector<uint32_t> NewDigestKeys(const stored::v1::Entry& entry);

// DATA_LOSS: one is damaged.
absl::StatusOr<DigestKeys> ReadDigestKeys(const store::Reader& reader);

}  // namespace quartet::replication
