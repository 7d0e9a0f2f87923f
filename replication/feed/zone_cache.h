// Small zones as they are sent: read from the store, verified against the log's digest, and kept for the other nodes
// that ask for the same zones at the same time.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "absl/status/statusor.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/digest/digest.h"
#include "replication/feed/secrets.h"
#include "replication/store/store.h"

namespace quartet::replication {

// Not thread-safe. Bounded by the bytes of the zones it keeps; the least recently used goes first.
class ZoneCache {
 public:
  explicit ZoneCache(size_t max_bytes) : max_bytes_(max_bytes) {}

  struct Zone {
    // Absent: there is no such zone.
    std::optional<stored::v1::ZoneRow> row;
    // Its record sets, as the serialised field `records` of a SnapshotPart. nullptr: more than the bytes asked for.
    std::shared_ptr<const std::string> records;
    // It was read now, not before.
    bool read = false;
  };
  // The zone in the state that `reader` shows. Its row is always read there; its record sets only if they are not known
  // for this revision and digest. DATA_LOSS: they are not what the log says.
  absl::StatusOr<Zone> Read(const store::Reader& reader, const DigestKeys& keys, const std::string& zone_id,
                            size_t max_zone_bytes);

  size_t bytes() const { return bytes_; }

 private:
  struct Kept {
    std::string zone_id;
    uint64_t revision = 0;
    std::string digest;
    std::shared_ptr<const std::string> records;
  };

  absl::StatusOr<std::shared_ptr<const std::string>> ReadRecords(const store::Reader& reader,
                                                                 const DigestKeys& keys,
                                                                 const stored::v1::ZoneRow& row,
                                                                 size_t max_zone_bytes);
  void Keep(Kept kept);
  void Forget(const std::string& zone_id);

  const size_t max_bytes_;
  size_t bytes_ = 0;
  // The last used first.
  std::list<Kept> order_;
  std::unordered_map<std::string, std::list<Kept>::iterator> zones_;
  // The key that was used last, by its id.
  uint32_t key_id_ = 0;
  std::unique_ptr<Hasher> hasher_;
};

}  // namespace quartet::replication
