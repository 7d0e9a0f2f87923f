#include "replication/replica/apply.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "dns/name/name.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"

namespace quartet::replication {
namespace {

using stored::v1::EntryHeader;
using stored::v1::HistoryRecord;
using stored::v1::ZoneRow;

constexpr int64_t kRequestLifeUs = int64_t{3600} * 1'000'000;
// More than one per entry, so that they don't pile up; bounded, so that no entry pays for an hour of others.
constexpr int kExpiredPerEntry = 16;
constexpr uint64_t kFirstGeneration = 1;

// Takes the record set under `record_key` out of the totals and returns what it was.
absl::StatusOr<std::optional<FullView::Record>> TakeOut(const store::Overlay& overlay,
                                                        absl::string_view zone_id, uint64_t generation,
                                                        absl::string_view record_key, ZoneTotals& totals,
                                                        Hasher& hasher) {
  absl::StatusOr<std::optional<FullView::Record>> record =
      FullView(overlay).GetRecord(zone_id, generation, record_key);
  if (!record.ok() || !record->has_value()) return record;
  totals.served -= hasher.Hash(record_key, (*record)->served);
  totals.control -= hasher.Hash(record_key, (*record)->control);
  --totals.record_sets;
  return record;
}

// One zone's record sets being changed; remembers what each was before if asked to.
class RecordChanger {
 public:
  RecordChanger(store::Overlay& overlay, absl::string_view zone_id, uint64_t generation, ZoneTotals totals,
                Hasher& hasher, google::protobuf::RepeatedPtrField<HistoryRecord>* before_images)
      : overlay_(overlay),
        zone_id_(zone_id),
        generation_(generation),
        totals_(totals),
        hasher_(hasher),
        before_images_(before_images) {}

  absl::Status Remove(absl::string_view key) {
    if (absl::Status status = Take(key); !status.ok()) return status;
    overlay_.Delete(layout::Record(zone_id_, generation_, key));
    overlay_.Delete(layout::Control(zone_id_, generation_, key));
    return absl::OkStatus();
  }

  absl::Status Put(const stored::v1::RecordPut& put) {
    if (absl::Status status = Take(put.key()); !status.ok()) return status;
    overlay_.Put(layout::Record(zone_id_, generation_, put.key()), put.served());
    overlay_.Put(layout::Control(zone_id_, generation_, put.key()), put.control());
    totals_.served += hasher_.Hash(put.key(), put.served());
    totals_.control += hasher_.Hash(put.key(), put.control());
    ++totals_.record_sets;
    return absl::OkStatus();
  }

  const ZoneTotals& totals() const { return totals_; }

 private:
  absl::Status Take(absl::string_view key) {
    absl::StatusOr<std::optional<FullView::Record>> record =
        TakeOut(overlay_, zone_id_, generation_, key, totals_, hasher_);
    if (!record.ok()) return record.status();
    if (before_images_ == nullptr) return absl::OkStatus();
    HistoryRecord& image = *before_images_->Add();
    image.set_key(std::string(key));
    if (record->has_value()) {
      image.set_served(std::move((*record)->served));
      image.set_control(std::move((*record)->control));
    }
    return absl::OkStatus();
  }

  store::Overlay& overlay_;
  absl::string_view zone_id_;
  uint64_t generation_;
  ZoneTotals totals_;
  Hasher& hasher_;
  google::protobuf::RepeatedPtrField<HistoryRecord>* before_images_;
};

absl::StatusOr<ZoneTotals> ChangeRecords(
    RecordChanger changer, const google::protobuf::RepeatedPtrField<std::string>& removed,
    const google::protobuf::RepeatedPtrField<stored::v1::RecordPut>& puts) {
  for (const std::string& key : removed) {
    if (absl::Status status = changer.Remove(key); !status.ok()) return status;
  }
  for (const stored::v1::RecordPut& put : puts) {
    if (absl::Status status = changer.Put(put); !status.ok()) return status;
  }
  return changer.totals();
}

// Keys of directory and assignment index that a zone with this row has. A deleted zone stays in the
// directory, so that its name and its set are remembered, and is assigned to nobody.
absl::StatusOr<std::set<std::string>> IndexKeys(const ZoneRow& row) {
  const std::string& wire = row.name();
  absl::StatusOr<dns::Name> apex =
      dns::Name::FromWire({reinterpret_cast<const uint8_t*>(wire.data()), wire.size()});
  if (!apex.ok()) return absl::DataLossError(absl::StrCat("zone ", row.id(), " has a damaged name"));
  std::set<std::string> keys;
  if (!row.private_zone()) keys.insert(layout::Directory("", *apex, row.id()));
  for (const std::string& vpc : row.vpc_ids()) keys.insert(layout::Directory(vpc, *apex, row.id()));
  if (row.state() == stored::v1::ZONE_STATE_DELETED) return keys;
  for (const stored::v1::Assignment& assignment : row.assignments()) {
    keys.insert(layout::Assignment(assignment.target(), row.id()));
  }
  return keys;
}

absl::Status MoveIndexes(store::Overlay& overlay, const std::optional<ZoneRow>& before,
                         const ZoneRow& after) {
  absl::StatusOr<std::set<std::string>> wanted = IndexKeys(after);
  if (!wanted.ok()) return wanted.status();
  std::set<std::string> present;
  if (before.has_value()) {
    absl::StatusOr<std::set<std::string>> keys = IndexKeys(*before);
    if (!keys.ok()) return keys.status();
    present = *std::move(keys);
  }
  for (const std::string& key : present) {
    if (!wanted->contains(key)) overlay.Delete(key);
  }
  for (const std::string& key : *wanted) {
    if (!present.contains(key)) overlay.Put(key, "");
  }
  return absl::OkStatus();
}

void WriteChange(store::Overlay& overlay, const EntryHeader& header, const ZoneRow& zone,
                 const Position& position) {
  stored::v1::ChangeRow change;
  change.set_id(header.change_id());
  change.set_zone_id(zone.id());
  change.set_epoch(position.epoch);
  change.set_index(position.index);
  change.set_revision(zone.revision());
  change.set_time_us(header.time_us());
  change.set_principal(header.principal());
  overlay.Put(layout::Change(change.id()), change.SerializeAsString());
  overlay.Put(layout::Pending(position.index, change.id()), zone.id());
}

stored::v1::HistoryRow MakeHistory(const EntryHeader& header, const Position& position,
                                   const std::optional<ZoneRow>& before) {
  stored::v1::HistoryRow history;
  history.set_epoch(position.epoch);
  history.set_index(position.index);
  history.set_time_us(header.time_us());
  history.set_principal(header.principal());
  history.set_request_id(header.request_id());
  history.set_change_id(header.change_id());
  if (before.has_value()) *history.mutable_before() = *before;
  return history;
}

ZoneTotals TotalsOf(const ZoneRow& row) {
  return {Digest::FromBytes(row.served_digest()), Digest::FromBytes(row.control_digest()), row.record_sets()};
}

absl::Status CheckTotals(const ZoneRow& row, const ZoneTotals& totals) {
  const ZoneTotals stated = TotalsOf(row);
  if (stated.served == totals.served && stated.control == totals.control &&
      stated.record_sets == totals.record_sets) {
    return absl::OkStatus();
  }
  return absl::DataLossError(absl::StrCat("zone ", row.id(), " at revision ", row.revision(), ": digest ",
                                          totals.served.ToHex(), " over ", totals.record_sets,
                                          " record sets, but its entry says ", stated.served.ToHex(),
                                          " over ", stated.record_sets));
}

// A zone that is new in this replica gets its first generation.
absl::StatusOr<uint64_t> GenerationFor(store::Overlay& overlay, const std::string& zone_id, bool is_new) {
  if (!is_new) return FullView(overlay).ZoneGeneration(zone_id);
  stored::v1::ZoneLocalRow local;
  local.set_generation(kFirstGeneration);
  overlay.Put(layout::ZoneLocal(zone_id), local.SerializeAsString());
  return kFirstGeneration;
}

absl::Status ApplyZone(store::Overlay& overlay, const EntryHeader& header,
                       const stored::v1::ZoneEffect& effect, const Position& position, Hasher& hasher) {
  const ZoneRow& row = effect.row();
  if (row.id().size() != layout::kZoneIdBytes)
    return absl::DataLossError("an entry names a zone without an id");
  absl::StatusOr<std::optional<ZoneRow>> before = FullView(overlay).Zone(row.id());
  if (!before.ok()) return before.status();
  const uint64_t revision = before->has_value() ? (*before)->revision() : 0;
  if (revision != effect.prev_revision()) {
    return absl::FailedPreconditionError(absl::StrCat("zone ", row.id(), " is at revision ", revision,
                                                      ", but its entry follows ", effect.prev_revision()));
  }
  absl::StatusOr<uint64_t> generation = GenerationFor(overlay, row.id(), !before->has_value());
  if (!generation.ok()) return generation.status();

  stored::v1::HistoryRow history = MakeHistory(header, position, *before);
  // Before the first revision there was nothing: no before-images.
  RecordChanger changer(overlay, row.id(), *generation,
                        before->has_value() ? TotalsOf(**before) : ZoneTotals(), hasher,
                        before->has_value() ? history.mutable_records() : nullptr);
  absl::StatusOr<ZoneTotals> totals = ChangeRecords(changer, effect.removed_keys(), effect.puts());
  if (!totals.ok()) return totals.status();
  if (absl::Status status = CheckTotals(row, *totals); !status.ok()) return status;
  if (absl::Status status = MoveIndexes(overlay, *before, row); !status.ok()) return status;

  overlay.Put(layout::Zone(row.id()), row.SerializeAsString());
  overlay.Put(layout::History(row.id(), row.revision()), history.SerializeAsString());
  return absl::OkStatus();
}

// Deleted objects leave their revision behind, so that it never falls.
absl::Status ApplyObject(store::Overlay& overlay, const stored::v1::ObjectEffect& effect) {
  const std::string key = layout::Object(effect.kind(), effect.id());
  absl::StatusOr<std::optional<std::string>> before = overlay.Get(key);
  if (!before.ok()) return before.status();
  const uint64_t revision = before->has_value() && (*before)->size() >= 8
                                ? layout::ReadBigEndian64(absl::string_view(**before).substr(0, 8))
                                : 0;
  if (effect.revision() != revision + 1) {
    return absl::FailedPreconditionError(absl::StrCat("object ", effect.id(), " is at revision ", revision,
                                                      ", but its entry makes ", effect.revision()));
  }
  overlay.Put(key, absl::StrCat(layout::BigEndian64(effect.revision()), effect.row()));
  return absl::OkStatus();
}

absl::Status ApplyInsync(store::Overlay& overlay, const EntryHeader& header,
                         const stored::v1::InsyncEffect& effect) {
  for (const std::string& id : effect.change_ids()) {
    absl::StatusOr<std::optional<stored::v1::ChangeRow>> change = FullView(overlay).Change(id);
    if (!change.ok()) return change.status();
    if (!change->has_value() || (*change)->insync_time_us() != 0) continue;
    (*change)->set_insync_time_us(header.time_us());
    overlay.Put(layout::Change(id), (*change)->SerializeAsString());
    overlay.Delete(layout::Pending((*change)->index(), id));
  }
  return absl::OkStatus();
}

// Drops requests over an hour older than `now_us`, by the log's own time.
absl::Status ExpireRequests(store::Overlay& overlay, int64_t now_us) {
  if (now_us <= kRequestLifeUs) return absl::OkStatus();
  std::vector<std::string> expired;
  std::unique_ptr<store::Iterator> it = overlay.Scan(
      "Q", absl::StrCat("Q", layout::BigEndian64(static_cast<uint64_t>(now_us - kRequestLifeUs))));
  for (; it->Valid() && expired.size() < kExpiredPerEntry; it->Next()) expired.emplace_back(it->key());
  if (!it->status().ok()) return it->status();
  it.reset();
  for (const std::string& age_key : expired) {
    overlay.Delete(age_key);
    const std::string key = absl::StrCat("q", age_key.substr(std::min<size_t>(9, age_key.size())));
    absl::StatusOr<std::optional<std::string>> bytes = overlay.Get(key);
    if (!bytes.ok()) return bytes.status();
    stored::v1::RequestRow row;
    // The id may have been used again since.
    if (bytes->has_value() && row.ParseFromString(**bytes) && row.time_us() > now_us - kRequestLifeUs)
      continue;
    overlay.Delete(key);
  }
  return absl::OkStatus();
}

void WriteRequest(store::Overlay& overlay, const EntryHeader& header, absl::string_view zone_id) {
  stored::v1::RequestRow row;
  row.set_request_hash(header.request_hash());
  row.set_change_id(header.change_id());
  row.set_zone_id(std::string(zone_id));
  row.set_time_us(header.time_us());
  const std::string key = layout::Request(header.account(), header.principal(), header.request_id());
  overlay.Put(key, row.SerializeAsString());
  overlay.Put(layout::RequestAge(header.time_us(), key), "");
}

absl::Status ApplyEffect(store::Overlay& overlay, const EntryHeader& header, const stored::v1::Effect& effect,
                         const Position& position, Hasher& hasher) {
  switch (effect.effect_case()) {
    case stored::v1::Effect::kZone:
      return ApplyZone(overlay, header, effect.zone(), position, hasher);
    case stored::v1::Effect::kObject:
      return ApplyObject(overlay, effect.object());
    case stored::v1::Effect::kInsync:
      return ApplyInsync(overlay, header, effect.insync());
    case stored::v1::Effect::kTerm:
      return absl::OkStatus();
    case stored::v1::Effect::kStage:
    case stored::v1::Effect::kFlip:
    case stored::v1::Effect::kAbort:
    case stored::v1::Effect::EFFECT_NOT_SET:
      break;
  }
  // min_reader keeps out what this code does not know: an empty effect is damage.
  return absl::DataLossError("an entry holds an effect of no kind");
}

// The zone an entry is about: what its change and its request are remembered with.
const ZoneRow* ZoneOf(const stored::v1::Entry& entry) {
  for (const stored::v1::Effect& effect : entry.effects()) {
    if (effect.has_zone()) return &effect.zone().row();
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<ZoneTotals> ApplyRecords(store::Overlay& overlay, absl::string_view zone_id,
                                        uint64_t generation, ZoneTotals before,
                                        const google::protobuf::RepeatedPtrField<std::string>& removed,
                                        const google::protobuf::RepeatedPtrField<stored::v1::RecordPut>& puts,
                                        Hasher& hasher) {
  return ChangeRecords(RecordChanger(overlay, zone_id, generation, before, hasher, nullptr), removed, puts);
}

absl::Status ApplyEntry(store::Overlay& overlay, const stored::v1::Entry& entry, const Position& position,
                        Hasher& hasher) {
  const EntryHeader& header = entry.header();
  for (const stored::v1::Effect& effect : entry.effects()) {
    if (absl::Status status = ApplyEffect(overlay, header, effect, position, hasher); !status.ok())
      return status;
  }
  if (absl::Status status = ExpireRequests(overlay, header.time_us()); !status.ok()) return status;
  const ZoneRow* zone = ZoneOf(entry);
  if (zone != nullptr && !header.change_id().empty()) WriteChange(overlay, header, *zone, position);
  if (!header.request_id().empty()) WriteRequest(overlay, header, zone == nullptr ? "" : zone->id());
  return absl::OkStatus();
}

absl::StatusOr<DigestKeyInForce> ReadDigestKey(const store::Reader& reader) {
  absl::StatusOr<std::vector<FullView::ObjectRow>> secrets =
      FullView(reader).ListObjects(stored::v1::OBJECT_KIND_SECRET);
  if (!secrets.ok()) return secrets.status();
  constexpr absl::string_view kPrefix = "digest/";
  DigestKeyInForce in_force{0, ""};
  for (const FullView::ObjectRow& object : *secrets) {
    uint32_t id = 0;
    if (object.id.compare(0, kPrefix.size(), kPrefix.data(), kPrefix.size()) != 0) continue;
    stored::v1::SecretRow secret;
    if (!absl::SimpleAtoi(absl::string_view(object.id).substr(kPrefix.size()), &id) ||
        !secret.ParseFromString(object.row) || secret.secret().size() != Hasher::kKeyBytes) {
      return absl::DataLossError(absl::StrCat("the replica holds a damaged secret ", object.id));
    }
    if (id >= in_force.id) in_force = {id, secret.secret()};
  }
  if (in_force.key.empty()) return absl::NotFoundError("no digest key was logged yet");
  return in_force;
}

}  // namespace quartet::replication
