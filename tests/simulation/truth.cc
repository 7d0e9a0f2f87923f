#include "tests/simulation/truth.h"

#include <algorithm>
#include <utility>

namespace quartet::simulation {

const ZoneRevision* ZoneHistory::At(uint64_t revision) const {
  auto found = revisions.find(revision);
  return found == revisions.end() ? nullptr : &found->second;
}

uint64_t ZoneHistory::RevisionAsOf(uint64_t index) const {
  for (auto it = revisions.rbegin(); it != revisions.rend(); ++it) {
    if (it->second.index <= index) return it->first;
  }
  return 0;
}

void Truth::Apply(const stored::v1::Entry& entry, const replication::Position& position) {
  head_ = position;
  for (const stored::v1::Effect& effect : entry.effects()) {
    if (effect.has_zone()) ApplyZone(entry.header(), effect.zone());
    if (effect.has_object()) ApplyNode(effect.object());
    if (effect.has_insync()) ApplyInsync(effect.insync());
  }
}

void Truth::ApplyZone(const stored::v1::EntryHeader& header, const stored::v1::ZoneEffect& effect) {
  const stored::v1::ZoneRow& row = effect.row();
  ZoneHistory& zone = zones_[row.id()];
  const ZoneRevision* before = zone.At(effect.prev_revision());
  auto records =
      before == nullptr ? std::make_shared<Records>() : std::make_shared<Records>(*before->records);
  for (const std::string& key : effect.removed_keys()) records->erase(key);
  for (const stored::v1::RecordPut& put : effect.puts()) (*records)[put.key()] = put.served();
  ZoneRevision& after = zone.revisions[row.revision()];
  after.index = header.index();
  after.digest = row.served_digest();
  after.records = std::move(records);
  if (row.state() == stored::v1::ZONE_STATE_ACTIVE) {
    for (const stored::v1::Assignment& assignment : row.assignments())
      after.nameservers.insert(assignment.target());
  }
  if (header.change_id().empty()) return;
  changes_[header.change_id()] = {row.id(), row.revision(), header.index()};
  pending_.insert(header.change_id());
}

void Truth::ApplyNode(const stored::v1::ObjectEffect& effect) {
  stored::v1::NodeRow row;
  if (effect.kind() != stored::v1::OBJECT_KIND_NODE || !row.ParseFromString(effect.row())) return;
  const bool counted =
      row.state() == stored::v1::NODE_STATE_COUNTED || row.state() == stored::v1::NODE_STATE_DRAINING;
  if (counted) counted_.insert(row.id());
  if (!counted) counted_.erase(row.id());
}

void Truth::ApplyInsync(const stored::v1::InsyncEffect& effect) {
  for (const std::string& id : effect.change_ids()) {
    const Change& change = changes_.at(id);
    ZoneHistory& zone = zones_.at(change.zone_id);
    zone.insync = std::max(zone.insync, change.revision);
    pending_.erase(id);
    newly_insync_.push_back(change);
  }
}

std::vector<Truth::Change> Truth::TakeNewlyInsync() { return std::exchange(newly_insync_, {}); }

}  // namespace quartet::simulation
