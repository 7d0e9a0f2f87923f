// The zones of a node's replica in memory: one row each, packed, since a node of a million zones has them all.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/btree_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "replication/replica/node_zone.h"
#include "replication/store/store.h"

namespace quartet::replication {

// By zone id. What it gives is made of a zone's packed form when it is asked for, and is the caller's: some 130 bytes a zone
// are held instead of 600. Not thread-safe.
class NodeZones {
  using Blocks = absl::btree_map<std::string, std::unique_ptr<char[]>>;

 public:
  // Goes through the zones in order of their ids. As any iterator of a map, it does not outlive a change.
  class Iterator {
   public:
    const std::string& id() const { return at_->first; }
    NodeZone zone() const { return Unpack(at_->first, at_->second.get()); }
    std::pair<const std::string&, NodeZone> operator*() const { return {id(), zone()}; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    friend class NodeZones;
    explicit Iterator(Blocks::const_iterator at) : at_(at) {}
    Blocks::const_iterator at_;
  };

  std::optional<NodeZone> Find(absl::string_view zone_id) const;
  // In the place of what is there under its row's id.
  void Put(const NodeZone& zone);
  // No-op if it is not there.
  void Erase(absl::string_view zone_id);

  bool empty() const { return blocks_.empty(); }
  size_t size() const { return blocks_.size(); }
  // Zones with a name.
  size_t named() const { return named_; }
  // Memory it takes, malloc's own share estimated.
  size_t bytes() const { return bytes_; }

  Iterator begin() const { return Iterator(blocks_.begin()); }
  Iterator end() const { return Iterator(blocks_.end()); }
  // The first zone behind this id.
  Iterator Behind(absl::string_view zone_id) const { return Iterator(blocks_.upper_bound(zone_id)); }

 private:
  static NodeZone Unpack(const std::string& zone_id, const char* block);
  void Count(const std::string& zone_id, const char* block, bool there);

  Blocks blocks_;
  size_t named_ = 0;
  size_t bytes_ = 0;
};

// All zones of a store. DATA_LOSS: a row is damaged.
absl::StatusOr<NodeZones> ReadNodeZones(const store::Reader& reader);

}  // namespace quartet::replication
