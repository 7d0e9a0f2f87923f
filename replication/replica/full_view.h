// A controller's replica, read: all zones and objects as of whatever the Reader shows (a store, a snapshot,
// an overlay with what is in flight).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dns/name/name.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/store/store.h"

namespace quartet::replication {

// Cheap to make; keeps a reference to the reader. As thread-safe as the reader. Errors: DATA_LOSS where
// stored bytes are damaged, with the key's kind in the message; else what the store says.
class FullView {
 public:
  explicit FullView(const store::Reader& reader) : reader_(reader) {}

  absl::StatusOr<std::optional<stored::v1::ZoneRow>> Zone(absl::string_view zone_id) const;
  // Generation its record sets lie under. NOT_FOUND: no such zone, or none yet (a stage of it may be open).
  absl::StatusOr<uint64_t> ZoneGeneration(absl::string_view zone_id) const;
  // Ids of the zones (deleted ones too) of that name in a scope.
  absl::StatusOr<std::vector<std::string>> ZonesNamed(absl::string_view scope, const dns::Name& apex) const;
  // Zone ids in canonical order of names, behind directory key `after` (empty: from the start), at most
  // `limit`; the key of each is its page token.
  struct DirectoryEntry {
    std::string key;
    std::string zone_id;
  };
  absl::StatusOr<std::vector<DirectoryEntry>> ListDirectory(absl::string_view scope, absl::string_view after,
                                                            size_t limit) const;
  // Ids of the zones assigned to a nameserver or node set, in order, behind `after`.
  absl::StatusOr<std::vector<std::string>> AssignedZones(absl::string_view target, absl::string_view after,
                                                         size_t limit) const;

  struct Record {
    std::string key;
    std::string served;
    std::string control;
  };
  absl::StatusOr<std::optional<Record>> GetRecord(absl::string_view zone_id, uint64_t generation,
                                                  absl::string_view record_key) const;
  // Record sets whose keys are in [begin, end) (empty end: all), in order; `visit` returns false to stop.
  absl::Status VisitRecords(absl::string_view zone_id, uint64_t generation, absl::string_view begin,
                            absl::string_view end, const std::function<bool(Record)>& visit) const;

  struct ObjectRow {
    std::string id;
    uint64_t revision = 0;
    std::string row;
  };
  // Neither shows deleted objects.
  absl::StatusOr<std::optional<ObjectRow>> GetObject(int kind, absl::string_view id) const;
  absl::StatusOr<std::vector<ObjectRow>> ListObjects(int kind) const;

  // The logged stage that is open for a zone, and those of all zones in order of their ids. (The latter reads
  // no more than there are.)
  absl::StatusOr<std::optional<stored::v1::StageRow>> Stage(absl::string_view zone_id) const;
  absl::StatusOr<std::vector<stored::v1::StageRow>> Stages() const;

  absl::StatusOr<std::optional<stored::v1::ChangeRow>> Change(absl::string_view change_id) const;
  struct PendingChange {
    uint64_t index;
    std::string change_id;
    std::string zone_id;
  };
  absl::StatusOr<std::vector<PendingChange>> PendingChanges() const;
  absl::StatusOr<std::optional<stored::v1::RequestRow>> Request(absl::string_view account,
                                                                absl::string_view principal,
                                                                absl::string_view request_id) const;

 private:
  const store::Reader& reader_;
};

}  // namespace quartet::replication
