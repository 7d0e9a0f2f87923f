// What the committed entries say, kept apart from all code under test: every revision of every zone.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "quartet/stored/v1/entry.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/base/position.h"

namespace quartet::simulation {

using Records = std::map<std::string, std::string>;

struct ZoneRevision {
  uint64_t index = 0;
  std::string digest;
  // Not deleted: these nameservers have it.
  std::set<std::string> nameservers;
  std::shared_ptr<const Records> records;
};

struct ZoneHistory {
  // By revision.
  std::map<uint64_t, ZoneRevision> revisions;
  // The highest that is INSYNC; 0: none.
  uint64_t insync = 0;

  const ZoneRevision* At(uint64_t revision) const;
  // As of a position; 0: not there yet.
  uint64_t RevisionAsOf(uint64_t index) const;
};

class Truth {
 public:
  // In order.
  void Apply(const stored::v1::Entry& entry, const replication::Position& position);

  const replication::Position& head() const { return head_; }
  const std::map<std::string, ZoneHistory>& zones() const { return zones_; }
  // Changes that became INSYNC by the last entries applied; emptied by the caller.
  struct Change {
    std::string zone_id;
    uint64_t revision = 0;
    uint64_t index = 0;
  };
  std::vector<Change> TakeNewlyInsync();
  bool IsCounted(const std::string& node) const { return counted_.count(node) != 0; }
  size_t pending_changes() const { return pending_.size(); }
  bool HasChange(const std::string& change_id) const { return changes_.count(change_id) != 0; }

 private:
  void ApplyZone(const stored::v1::EntryHeader& header, const stored::v1::ZoneEffect& effect);
  void ApplyNode(const stored::v1::ObjectEffect& effect);
  void ApplyInsync(const stored::v1::InsyncEffect& effect);

  replication::Position head_;
  std::map<std::string, ZoneHistory> zones_;
  std::map<std::string, Change> changes_;
  std::set<std::string> pending_;
  std::set<std::string> counted_;
  std::vector<Change> newly_insync_;
};

}  // namespace quartet::simulation
