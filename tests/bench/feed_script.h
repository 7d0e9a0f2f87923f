// Zones as a controller would send them, made once and kept as bytes: what the bench of a node's apply path feeds it with.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dns/name/name.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/digest/digest.h"

namespace quartet::tests {

// Not thread-safe. Messages are serialised SubscribeResponses.
class FeedScript {
 public:
  // `zones` zones of `record_sets` record sets (three at least) each.
  FeedScript(int zones, int record_sets);

  std::string Welcome(bool resumed) const;
  std::vector<std::string> Inventory() const;
  // The zones asked for, several to a message as a controller packs them.
  std::vector<std::string> Snapshots(const replication::v1::FetchZones& fetch);
  // `changes` entries, of the first `zones` zones in turn, `per_span` to a span: each puts the zone's SOA and one A.
  std::vector<std::string> Spans(int changes, int zones, int per_span);

  // Of the snapshots of all zones.
  size_t snapshot_bytes() const { return snapshot_bytes_; }

 private:
  struct Record {
    std::string key;
    std::string served;
  };
  struct Zone {
    std::string id;
    dns::Name apex;
    uint64_t revision = 1;
    replication::Digest digest;
    uint64_t record_sets = 0;
    // Those that changes touch: the apex' SOA, and the A of one host.
    Record soa;
    Record host;
    // Serialised SnapshotParts of revision 1.
    std::vector<std::string> parts;
  };
  Zone MakeZone(int number, int record_sets);
  void MakeParts(const std::vector<Record>& records, Zone& zone);
  void WriteRow(const Zone& zone, stored::v1::NodeZoneRow& row) const;
  void WriteChange(Zone& zone, uint32_t value, replication::v1::NodeEntry& entry);

  replication::Hasher hasher_;
  std::vector<Zone> zones_;
  size_t snapshot_bytes_ = 0;
  uint64_t index_ = 1;
};

}  // namespace quartet::tests
