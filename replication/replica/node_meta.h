// What a node's replica says about itself. docs/formats/node_replica.md has the keys and bytes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "replication/base/position.h"
#include "replication/store/store.h"

namespace quartet::replication {

struct NodeMeta {
  static constexpr size_t kIncarnationBytes = 16;
  // Made with the replica: another one has forgotten what this one knew.
  std::string incarnation;
  // All zones are as of it, but for those BEHIND. nullopt before the first inventory.
  std::optional<Position> cursor;
  // The first fill is done.
  bool complete = false;
  // Told to close its sockets, which is for good: nobody keeps it up to date any more.
  bool drained = false;
  // The highest ever seen; never falls.
  uint64_t epoch = 0;
  // Generations from here on were never used in this replica.
  uint64_t next_generation = 1;
  // By id.
  std::map<uint32_t, std::string> digest_keys;
  // Generations being staged, by zone: what a restart left of them is garbage.
  std::map<std::string, uint64_t> stages;
};

// nullopt: an empty store. FAILED_PRECONDITION: not a node's replica, or of a format this code does not read; DATA_LOSS: it is
// damaged.
absl::StatusOr<std::optional<NodeMeta>> ReadNodeMeta(const store::Reader& reader);

// Each writes one part of it. PutIncarnation writes the format too.
void PutIncarnation(store::Overlay& out, const NodeMeta& meta);
void PutCursor(store::Overlay& out, const NodeMeta& meta);
void PutComplete(store::Overlay& out);
void PutDrained(store::Overlay& out);
void PutEpoch(store::Overlay& out, const NodeMeta& meta);
void PutNextGeneration(store::Overlay& out, const NodeMeta& meta);
void PutDigestKey(store::Overlay& out, uint32_t id, absl::string_view key);
void PutStage(store::Overlay& out, absl::string_view zone_id, uint64_t generation);
void EraseStage(store::Overlay& out, absl::string_view zone_id);

}  // namespace quartet::replication
