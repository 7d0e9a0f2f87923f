#include "tests/simulation/truth.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "replication/digest/digest.h"
#include "replication/feed/secrets.h"

namespace quartet::simulation {
namespace {

std::shared_ptr<const Names> NamesOf(const stored::v1::ZoneRow& row) {
  auto names = std::make_shared<Names>();
  for (const stored::v1::Assignment& assignment : row.assignments()) names->insert(assignment.target());
  return names;
}

template <typename Effect>
void ChangeRecords(const Effect& effect, Records& records) {
  for (const std::string& key : effect.removed_keys()) records.erase(key);
  for (const stored::v1::RecordPut& put : effect.puts()) records[put.key()] = put.served();
}

}  // namespace

const ZoneRevision* ZoneHistory::At(uint64_t revision) const {
  const auto found = revisions.find(revision);
  return found == revisions.end() ? nullptr : &found->second;
}

uint64_t ZoneHistory::RevisionAsOf(uint64_t index) const {
  for (auto it = revisions.rbegin(); it != revisions.rend(); ++it) {
    if (it->second.index <= index) return it->first;
  }
  return 0;
}

const Timeline* Truth::Of(uint64_t epoch) const {
  if (now.head().epoch == epoch) return &now;
  for (const Timeline& timeline : before) {
    if (timeline.head().epoch == epoch) return &timeline;
  }
  return nullptr;
}

Finding Timeline::CheckPlace(const stored::v1::EntryHeader& header, const replication::Position& position) {
  const absl::string_view chain(reinterpret_cast<const char*>(head_.chain.data()), head_.chain.size());
  const bool first = head_.epoch == 0;
  if (position.index != head_.index + 1 || (!first && header.prev_chain() != chain) ||
      (!first && position.epoch != head_.epoch)) {
    return absl::StrCat("entry ", position.index, " does not follow the last one, ", head_.index);
  }
  if (header.term() < term_) return absl::StrCat("entry ", position.index, " is of an ended term");
  if (!header.request_id().empty() && !requests_.insert(header.request_id()).second)
    return absl::StrCat("request ", header.request_id(), " was done twice, by entry ", position.index,
                        " too");
  head_ = position;
  term_ = header.term();
  touched_.emplace_back();
  chains_.push_back(position.chain);
  return std::nullopt;
}

Finding Timeline::Apply(const stored::v1::Entry& entry, const replication::Position& position) {
  if (Finding finding = CheckPlace(entry.header(), position)) return finding;
  bool begins_term = false;
  for (const stored::v1::Effect& effect : entry.effects()) {
    begins_term = begins_term || effect.has_term();
    if (Finding finding = ApplyEffect(entry, effect)) return finding;
  }
  if (!begins_term || stages_.empty()) return std::nullopt;
  return absl::StrCat("the first entry of term ", term_, " leaves an import of ", stages_.begin()->first,
                      " open");
}

Finding Timeline::ApplyEffect(const stored::v1::Entry& entry, const stored::v1::Effect& effect) {
  if (effect.has_zone()) return ApplyZone(entry.header(), effect.zone());
  if (effect.has_stage()) return ApplyStage(entry.header(), effect.stage());
  if (effect.has_flip()) return ApplyFlip(entry.header(), effect.flip());
  if (effect.has_abort()) return ApplyAbort(entry.header(), effect.abort());
  if (effect.has_insync()) return ApplyInsync(effect.insync());
  if (effect.has_object()) ApplyObject(effect.object());
  return std::nullopt;
}

Finding Timeline::ApplyZone(const stored::v1::EntryHeader& header, const stored::v1::ZoneEffect& effect) {
  const auto zone = zones_.find(effect.row().id());
  const ZoneRevision* before = zone == zones_.end() ? nullptr : zone->second.At(effect.prev_revision());
  auto records =
      before == nullptr ? std::make_shared<Records>() : std::make_shared<Records>(*before->records);
  ChangeRecords(effect, *records);
  return Add(header, effect.prev_revision(), effect.row(), std::move(records));
}

Finding Timeline::ApplyStage(const stored::v1::EntryHeader& header, const stored::v1::StageEffect& effect) {
  const std::string& zone_id = effect.zone_id();
  touched_[header.index()].push_back(zone_id);
  OpenStage& stage = stages_[zone_id];
  if (effect.chunk() != stage.chunks || (effect.chunk() > 0 && effect.stage() != stage.stage))
    return absl::StrCat("chunk ", effect.chunk(), " of ", zone_id, " is not the next one of its import");
  if (effect.chunk() == 0) stage.stage = header.index();
  ++stage.chunks;
  auto records =
      stage.records == nullptr ? std::make_shared<Records>() : std::make_shared<Records>(*stage.records);
  for (const stored::v1::RecordPut& put : effect.puts()) (*records)[put.key()] = put.served();
  stage.records = std::move(records);
  return std::nullopt;
}

Finding Timeline::ApplyFlip(const stored::v1::EntryHeader& header, const stored::v1::FlipEffect& effect) {
  const auto stage = stages_.find(effect.row().id());
  if (stage == stages_.end() || stage->second.stage != effect.stage() ||
      stage->second.chunks != effect.chunks())
    return absl::StrCat("the flip of ", effect.row().id(), " is of an import that is not there");
  auto records = std::make_shared<Records>(*stage->second.records);
  ChangeRecords(effect, *records);
  EndStage(effect.row().id(), header.index());
  return Add(header, effect.prev_revision(), effect.row(), std::move(records));
}

Finding Timeline::ApplyAbort(const stored::v1::EntryHeader& header, const stored::v1::AbortEffect& effect) {
  touched_[header.index()].push_back(effect.zone_id());
  EndStage(effect.zone_id(), header.index());
  return std::nullopt;
}

void Timeline::EndStage(const std::string& zone_id, uint64_t index) {
  const auto found = stages_.find(zone_id);
  if (found == stages_.end()) return;
  ended_stages_[zone_id].push_back({found->second.stage, index});
  stages_.erase(found);
}

Finding Timeline::Add(const stored::v1::EntryHeader& header, uint64_t prev_revision,
                      const stored::v1::ZoneRow& row, std::shared_ptr<const Records> records) {
  ZoneHistory& zone = zones_[row.id()];
  const uint64_t last = zone.revisions.empty() ? 0 : zone.revisions.rbegin()->first;
  if (prev_revision != last || row.revision() != last + 1) {
    return absl::StrCat("entry ", header.index(), " makes revision ", row.revision(), " of ", row.id(),
                        " of ", prev_revision, ", the last one is ", last);
  }
  if (Finding finding = CheckDigest(row, *records)) return finding;
  uint64_t number = 0;
  absl::string_view request = header.request_id();
  if (absl::ConsumePrefix(&request, kCreateRequest) && absl::SimpleAtoi(request, &number))
    numbers_[number] = row.id();
  ZoneRevision& after = zone.revisions[row.revision()];
  after.index = header.index();
  after.digest = row.served_digest();
  after.records = std::move(records);
  zone.targets = NamesOf(row);
  after.nameservers =
      row.state() == stored::v1::ZONE_STATE_ACTIVE ? zone.targets : std::make_shared<const Names>();
  touched_[header.index()].push_back(row.id());
  if (header.change_id().empty()) return std::nullopt;
  changes_[header.change_id()] = {row.id(), row.revision(), header.index()};
  pending_.insert(header.change_id());
  return std::nullopt;
}

Finding Timeline::CheckDigest(const stored::v1::ZoneRow& row, const Records& records) const {
  const auto key = digest_keys_.find(row.digest_key_id());
  if (key == digest_keys_.end()) return absl::StrCat("a digest of ", row.id(), " has an unknown key");
  replication::Hasher hasher(key->second);
  replication::Digest digest;
  for (const auto& [record_key, value] : records) digest += hasher.Hash(record_key, value);
  if (IsRotten(row.id()) || digest.ToBytes() == row.served_digest()) return std::nullopt;
  return absl::StrCat("the log's digest of ", row.id(), " at revision ", row.revision(),
                      " is not that of its record sets");
}

void Timeline::ApplyObject(const stored::v1::ObjectEffect& effect) {
  uint32_t key = 0;
  stored::v1::SecretRow secret;
  if (effect.kind() == stored::v1::OBJECT_KIND_SECRET && replication::IsDigestKeyId(effect.id(), key) &&
      secret.ParseFromString(effect.row())) {
    digest_keys_[key] = secret.secret();
  }
  stored::v1::NodeRow row;
  if (effect.kind() != stored::v1::OBJECT_KIND_NODE || !row.ParseFromString(effect.row())) return;
  if (row.state() == stored::v1::NODE_STATE_COUNTED) newly_counted_.push_back({row.id(), insync_index_});
  Node& node = nodes_[row.id()];
  node.nameserver = row.nameserver();
  node.state = row.state();
  node.has_covered = node.has_covered || row.state() == stored::v1::NODE_STATE_COUNTED;
}

Finding Timeline::ApplyInsync(const stored::v1::InsyncEffect& effect) {
  for (const std::string& id : effect.change_ids()) {
    const auto change = changes_.find(id);
    if (change == changes_.end()) return absl::StrCat("change ", id, " is INSYNC, but was never made");
    if (pending_.erase(id) == 0) return absl::StrCat("change ", id, " became INSYNC twice");
    ZoneHistory& zone = zones_.at(change->second.zone_id);
    insync_index_ = std::max(insync_index_, change->second.index);
    Proven proven{change->second, *zone.targets, {}};
    for (const auto& [name, node] : nodes_) {
      if (node.counted() && zone.targets->count(node.nameserver) != 0)
        proven.nodes.emplace_back(name, node.nameserver);
    }
    for (const std::string& nameserver : *zone.targets) {
      uint64_t& insync = zone.insync[nameserver];
      insync = std::max(insync, change->second.revision);
    }
    proven_.push_back(std::move(proven));
  }
  return std::nullopt;
}

void Timeline::BeginEpoch(uint64_t epoch) {
  head_ = {epoch, 0, {}};
  touched_.assign(1, {});
  chains_.assign(1, {});
  for (auto& [id, zone] : zones_) {
    for (auto& [number, revision] : zone.revisions) revision.index = 0;
    zone.insync.clear();
  }
  for (auto& [id, change] : changes_) change.index = 0;
  for (auto& [id, stages] : ended_stages_) stages.clear();
  insync_index_ = 0;
}

const std::string* Timeline::ZoneOf(uint64_t number) const {
  const auto found = numbers_.find(number);
  return found == numbers_.end() ? nullptr : &found->second;
}

bool Timeline::Has(const replication::Position& position) const {
  return position.epoch == head_.epoch && position.index < chains_.size() &&
         chains_[position.index] == position.chain;
}

const std::vector<std::string>& Timeline::Touched(uint64_t index) const {
  static const auto* none = new std::vector<std::string>();
  return index < touched_.size() ? touched_[index] : *none;
}

bool Timeline::StageWasOpen(const std::string& zone_id, uint64_t stage, uint64_t index) const {
  if (stage > index) return false;
  const auto open = stages_.find(zone_id);
  if (open != stages_.end() && open->second.stage == stage) return true;
  const auto ended = ended_stages_.find(zone_id);
  if (ended == ended_stages_.end()) return false;
  return std::any_of(ended->second.begin(), ended->second.end(),
                     [&](const EndedStage& one) { return one.stage == stage && one.end > index; });
}

const Timeline::Node* Timeline::FindNode(const std::string& name) const {
  const auto found = nodes_.find(name);
  return found == nodes_.end() ? nullptr : &found->second;
}

bool Timeline::IsDrained(const std::string& name) const {
  const Node* node = FindNode(name);
  return node != nullptr && node->state == stored::v1::NODE_STATE_DRAINED;
}

std::vector<Timeline::Proven> Timeline::TakeProven() { return std::exchange(proven_, {}); }
std::vector<Timeline::Counted> Timeline::TakeCounted() { return std::exchange(newly_counted_, {}); }

}  // namespace quartet::simulation
