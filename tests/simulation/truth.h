// What the committed entries say, kept apart from all code under test: every revision of every zone.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "quartet/stored/v1/entry.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/base/position.h"

namespace quartet::simulation {

// What is wrong, or nothing.
using Finding = std::optional<std::string>;
using Records = std::map<std::string, std::string>;
using Names = std::set<std::string>;

struct ZoneRevision {
  uint64_t index = 0;
  std::string digest;
  // Where it is served; empty if it is deleted.
  std::shared_ptr<const Names> nameservers;
  std::shared_ptr<const Records> records;

  bool IsAt(const std::string& nameserver) const { return nameservers->count(nameserver) != 0; }
};

struct ZoneHistory {
  // By revision.
  std::map<uint64_t, ZoneRevision> revisions;
  // Nameservers that INSYNC waits for, as of the last revision.
  std::shared_ptr<const Names> targets;
  // Nameserver -> the highest revision that is INSYNC there.
  std::map<std::string, uint64_t> insync;

  const ZoneRevision* At(uint64_t revision) const;
  // As of an index; 0: not there yet.
  uint64_t RevisionAsOf(uint64_t index) const;
};

struct OpenStage {
  uint64_t stage = 0;
  uint32_t chunks = 0;
  std::shared_ptr<const Records> records;
};

// One epoch's log. A value.
class Timeline {
 public:
  // Entries in order. What they contradict: those before them, or themselves.
  Finding Apply(const stored::v1::Entry& entry, const replication::Position& position);
  // Goes on from here in a new epoch, whose log is empty. Nothing is INSYNC in it yet.
  void BeginEpoch(uint64_t epoch);

  const replication::Position& head() const { return head_; }
  const std::map<std::string, ZoneHistory>& zones() const { return zones_; }
  // The zone that was created under a number; nullptr: none was.
  const std::string* ZoneOf(uint64_t number) const;
  // Whether it is a place in this log.
  bool Has(const replication::Position& position) const;
  // Zones that the entry at `index` is about.
  const std::vector<std::string>& Touched(uint64_t index) const;
  const std::map<std::string, OpenStage>& stages() const { return stages_; }
  // Whether the zone's stage of this name was open as of an index.
  bool StageWasOpen(const std::string& zone_id, uint64_t stage, uint64_t index) const;

  struct Node {
    std::string nameserver;
    stored::v1::NodeState state = stored::v1::NODE_STATE_UNSPECIFIED;
    // It covered all that was INSYNC. (One that is drained before is waited for, but has promised nothing.)
    bool has_covered = false;
    bool counted() const {
      return state == stored::v1::NODE_STATE_COUNTED || state == stored::v1::NODE_STATE_DRAINING;
    }
  };
  const std::map<std::string, Node>& nodes() const { return nodes_; }
  // nullptr: not enrolled.
  const Node* FindNode(const std::string& name) const;
  bool IsDrained(const std::string& name) const;

  struct Change {
    std::string zone_id;
    uint64_t revision = 0;
    uint64_t index = 0;
  };
  const std::map<std::string, Change>& changes() const { return changes_; }
  // Changes that are not INSYNC, by id.
  const std::set<std::string>& pending() const { return pending_; }

  // What the last entries applied made INSYNC, and counted, and whom that rests on; emptied by the caller.
  struct Proven {
    Change change;
    Names nameservers;
    // Nodes that were counted, of those nameservers.
    std::vector<std::pair<std::string, std::string>> nodes;
  };
  std::vector<Proven> TakeProven();
  struct Counted {
    std::string node;
    // It has to cover all that was INSYNC.
    uint64_t index = 0;
  };
  std::vector<Counted> TakeCounted();

  // A zone whose copy in the controller is damaged: its entries' digests are wrong from then on.
  void SetRotten(const std::string& zone_id) { rotten_.insert(zone_id); }
  bool IsRotten(const std::string& zone_id) const { return rotten_.count(zone_id) != 0; }

 private:
  Finding CheckPlace(const stored::v1::EntryHeader& header, const replication::Position& position);
  Finding ApplyEffect(const stored::v1::Entry& entry, const stored::v1::Effect& effect);
  Finding ApplyZone(const stored::v1::EntryHeader& header, const stored::v1::ZoneEffect& effect);
  Finding ApplyStage(const stored::v1::EntryHeader& header, const stored::v1::StageEffect& effect);
  Finding ApplyFlip(const stored::v1::EntryHeader& header, const stored::v1::FlipEffect& effect);
  Finding ApplyAbort(const stored::v1::EntryHeader& header, const stored::v1::AbortEffect& effect);
  Finding ApplyInsync(const stored::v1::InsyncEffect& effect);
  void ApplyObject(const stored::v1::ObjectEffect& effect);
  // The zone's next revision, with these record sets.
  Finding Add(const stored::v1::EntryHeader& header, uint64_t prev_revision, const stored::v1::ZoneRow& row,
              std::shared_ptr<const Records> records);
  Finding CheckDigest(const stored::v1::ZoneRow& row, const Records& records) const;
  void EndStage(const std::string& zone_id, uint64_t index);

  replication::Position head_;
  uint64_t term_ = 0;
  std::map<std::string, ZoneHistory> zones_;
  std::map<uint64_t, std::string> numbers_;
  // By index, from 0 on.
  std::vector<std::vector<std::string>> touched_ = {{}};
  std::vector<replication::Chain> chains_ = {{}};
  std::map<std::string, OpenStage> stages_;
  struct EndedStage {
    uint64_t stage;
    uint64_t end;
  };
  std::map<std::string, std::vector<EndedStage>> ended_stages_;
  std::map<std::string, Node> nodes_;
  std::map<std::string, Change> changes_;
  std::set<std::string> pending_;
  std::set<std::string> requests_;
  std::map<uint32_t, std::string> digest_keys_;
  std::set<std::string> rotten_;
  uint64_t insync_index_ = 0;
  std::vector<Proven> proven_;
  std::vector<Counted> newly_counted_;
};

// The log as it is, and those that a restore ended.
struct Truth {
  Timeline now;
  std::vector<Timeline> before;

  // The timeline of an epoch; nullptr: there never was one.
  const Timeline* Of(uint64_t epoch) const;
};

// Request ids of the simulation's users name the zone that they create: "create/3".
inline constexpr char kCreateRequest[] = "create/";

}  // namespace quartet::simulation
