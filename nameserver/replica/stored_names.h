// The first thing a node reads when it starts: the names of its zones, and nothing of what they hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nameserver/zone/directory.h"
#include "replication/base/position.h"
#include "replication/store/store.h"

namespace quartet::nameserver {

// What is known of a replica once its names are read.
struct StoredNames {
  // It had all its zones once: queries may be answered.
  bool complete = false;
  bool drained = false;
  replication::Position cursor;
  std::map<uint32_t, std::string> digest_keys;
};

// Calls `visit` with id and apex (wire format, lower-case) of `most` zones, those behind key `after`, which becomes the key
// of the last one; true: there may be more. A zone of several VPCs comes for each. DATA_LOSS: a key is damaged; else what
// the store says.
using VisitName = std::function<void(absl::string_view zone_id, absl::string_view apex)>;
absl::StatusOr<bool> ReadNames(const store::Reader& store, std::string& after, size_t most,
                               const VisitName& visit);

// Puts all zones of a complete replica into an empty directory, cold. Reads one key for each zone: the directory's own
// (docs/formats/replica.md), which is written with the zone's row. Errors: as ReadNodeMeta; DATA_LOSS: a key is damaged.
absl::StatusOr<StoredNames> ReadStoredNames(const store::Reader& store, Directory& directory);

}  // namespace quartet::nameserver
