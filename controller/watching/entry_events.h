// What an entry of the log tells those who watch changes.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "quartet/admin/v1/watch.pb.h"
#include "quartet/stored/v1/entry.pb.h"
#include "replication/base/position.h"
#include "replication/store/store.h"

namespace quartet::controller {

// One change that was accepted, or is INSYNC.
struct EntryEvent {
  admin::v1::WatchChangesResponse::Kind kind;
  std::string change_id;
};

// In an order that is the same whenever it is read.
std::vector<EntryEvent> EventsOf(const stored::v1::Entry& entry);

// The zone that `event` of `entry` is about; empty if the change is not known any more.
absl::StatusOr<std::string> ZoneOf(const EntryEvent& event, const stored::v1::Entry& entry,
                                   const store::Reader& replica);

// With `effects` at most 1,000 of them, and 1 MiB. None, and more_effects, of what replaced all record sets at once, and
// where history does not reach back to it any more. `position`: the entry's.
absl::StatusOr<admin::v1::WatchChangesResponse::Event> EventMessage(const EntryEvent& event,
                                                                    const stored::v1::Entry& entry,
                                                                    const replication::Position& position,
                                                                    const store::Reader& replica,
                                                                    bool effects);

}  // namespace quartet::controller
