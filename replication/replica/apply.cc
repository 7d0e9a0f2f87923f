#include "replication/replica/apply.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/replica/apply_history.h"
#include "replication/replica/apply_stages.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"
#include "replication/replica/replaced_ttl.h"
#include "replication/replica/zone_revision.h"

namespace quartet::replication {
namespace {

using stored::v1::EntryHeader;
using stored::v1::ZoneRow;

constexpr int64_t kRequestLifeUs = int64_t{3600} * 1'000'000;
// More than one per entry, so that they don't pile up; bounded, so that no entry pays for an hour of others.
constexpr size_t kExpiredPerEntry = 16;
constexpr int64_t kExpireEveryUs = 1'000'000;
constexpr absl::string_view kRequestExpiry = "controller/expiry";

void WriteChange(store::Overlay& overlay, const EntryHeader& header, const ZoneRow& zone,
                 const Position& position, uint32_t replaced_ttl) {
  stored::v1::ChangeRow change = ChangeRowOf(header, zone, position);
  change.set_replaced_ttl(replaced_ttl);
  overlay.Put(layout::Change(change.id()), change.SerializeAsString());
  overlay.Put(layout::Pending(position.index, change.id()), zone.id());
}

// In the digest key that the zone has from now on.
absl::StatusOr<ZoneTotals> TotalsBefore(const store::Reader& reader, const RecordsPlace& place,
                                        const std::optional<ZoneRow>& before, uint32_t digest_key_id,
                                        Hasher& hasher) {
  if (!before.has_value()) return ZoneTotals();
  if (before->digest_key_id() == digest_key_id) return TotalsOf(*before);
  return RehashRecords(reader, place, hasher);
}

// 0 before the first revision.
absl::StatusOr<uint32_t> ReplacedBy(const store::Reader& reader, const RecordsPlace& place,
                                    const ZoneRow& row, const std::optional<ZoneRow>& before,
                                    const stored::v1::ZoneLocalRow& local, const RecordPuts& puts,
                                    const RecordImages& images) {
  if (!before.has_value()) return 0;
  const bool deletes =
      row.state() == stored::v1::ZONE_STATE_DELETED && before->state() != stored::v1::ZONE_STATE_DELETED;
  return deletes ? ReplacedTtlOfDeletion(reader, place, local)
                 : ReplacedTtl(reader, place, local, puts, images);
}

// `replaced_ttl` is set: see replaced_ttl.h.
absl::Status ApplyZone(store::Overlay& overlay, const EntryHeader& header,
                       const stored::v1::ZoneEffect& effect, const Position& position, Hasher& hasher,
                       uint32_t& replaced_ttl) {
  const ZoneRow& row = effect.row();
  absl::StatusOr<std::optional<ZoneRow>> before = ZoneBefore(overlay, row, effect.prev_revision());
  if (!before.ok()) return before.status();
  absl::StatusOr<stored::v1::ZoneLocalRow> local = ReadLocalRow(overlay, row.id());
  if (!local.ok()) return local.status();
  if (!before->has_value()) local->set_generation(TakeGeneration(*local));
  stored::v1::HistoryRow history = MakeHistory(header, position, *before);
  const RecordsPlace place{row.id(), local->generation(), !before->has_value()};
  absl::StatusOr<ZoneTotals> totals = TotalsBefore(overlay, place, *before, row.digest_key_id(), hasher);
  if (!totals.ok()) return totals.status();
  // Before the first revision there was nothing: no before-images (and a key is named once in an entry).
  totals = ChangeRecords(overlay, place, *totals, effect.removed_keys(), effect.puts(), hasher,
                         before->has_value() ? history.mutable_records() : nullptr);
  if (!totals.ok()) return totals.status();
  const absl::StatusOr<uint32_t> replaced =
      ReplacedBy(overlay, place, row, *before, *local, effect.puts(), history.records());
  if (!replaced.ok()) return replaced.status();
  replaced_ttl = *replaced;
  NoteTtls(effect.puts(), *local);
  const RecordEdits edits{effect.removed_keys(), effect.puts()};
  CountBytes(edits.puts, history.records(), *local);
  TellWhatChanged(row, edits, history);
  return WriteRevision(overlay, *before, row, *totals, history, *std::move(local));
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

// Where dropping requests has come to.
struct Expiry {
  // None is older: before it lie the tombstones of those that were dropped, which a scan from the start would walk over.
  int64_t begin_us = 0;
  // Nothing is looked for before requests of this time are to be dropped.
  int64_t next_us = 0;
};

absl::StatusOr<Expiry> ReadExpiry(const store::Reader& reader) {
  absl::StatusOr<std::optional<std::string>> value = reader.Get(layout::Meta(kRequestExpiry));
  if (!value.ok()) return value.status();
  if (!value->has_value()) return Expiry();
  const absl::string_view bytes = **value;
  if (bytes.size() != 16) return absl::DataLossError("the replica holds a damaged expiry of requests");
  return Expiry{static_cast<int64_t>(layout::ReadBigEndian64(bytes.substr(0, 8))),
                static_cast<int64_t>(layout::ReadBigEndian64(bytes.substr(8)))};
}

void WriteExpiry(store::Overlay& overlay, const Expiry& expiry) {
  overlay.Put(layout::Meta(kRequestExpiry),
              absl::StrCat(layout::BigEndian64(static_cast<uint64_t>(expiry.begin_us)),
                           layout::BigEndian64(static_cast<uint64_t>(expiry.next_us))));
}

// Drops a request, unless its id was used again since `before_us`.
absl::Status DropRequest(store::Overlay& overlay, absl::string_view age_key, int64_t before_us) {
  overlay.Delete(age_key);
  const std::string key = absl::StrCat("q", age_key.substr(std::min<size_t>(9, age_key.size())));
  absl::StatusOr<std::optional<std::string>> bytes = overlay.Get(key);
  if (!bytes.ok()) return bytes.status();
  stored::v1::RequestRow row;
  if (bytes->has_value() && row.ParseFromString(**bytes) && row.time_us() > before_us)
    return absl::OkStatus();
  overlay.Delete(key);
  return absl::OkStatus();
}

// Drops requests over an hour older than `now_us`, by the log's own time. Looks for them once in a second of that time, as
// a scan costs more than all else that a small change does to a replica.
absl::Status ExpireRequests(store::Overlay& overlay, int64_t now_us) {
  const int64_t before_us = now_us - kRequestLifeUs;
  const absl::StatusOr<Expiry> expiry = ReadExpiry(overlay);
  if (!expiry.ok()) return expiry.status();
  if (before_us <= expiry->next_us) return absl::OkStatus();
  const auto age_key = [](int64_t time_us) {
    return absl::StrCat("Q", layout::BigEndian64(static_cast<uint64_t>(time_us)));
  };
  std::vector<std::string> expired;
  std::unique_ptr<store::Iterator> it = overlay.Scan(age_key(expiry->begin_us), age_key(before_us));
  for (; it->Valid() && expired.size() < kExpiredPerEntry; it->Next()) expired.emplace_back(it->key());
  if (!it->status().ok()) return it->status();
  it.reset();
  for (const std::string& key : expired) {
    if (absl::Status status = DropRequest(overlay, key, before_us); !status.ok()) return status;
  }
  if (expired.size() < kExpiredPerEntry) {
    WriteExpiry(overlay, {before_us, before_us + kExpireEveryUs});
  } else {
    // The next entry goes on.
    const absl::string_view time = absl::string_view(expired.back()).substr(1, 8);
    WriteExpiry(overlay, {time.size() < 8 ? 0 : static_cast<int64_t>(layout::ReadBigEndian64(time)), 0});
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
                         const Position& position, Hasher& hasher, uint32_t& replaced_ttl) {
  switch (effect.effect_case()) {
    case stored::v1::Effect::kZone:
      return ApplyZone(overlay, header, effect.zone(), position, hasher, replaced_ttl);
    case stored::v1::Effect::kObject:
      return ApplyObject(overlay, effect.object());
    case stored::v1::Effect::kInsync:
      return ApplyInsync(overlay, header, effect.insync());
    case stored::v1::Effect::kTerm:
      return absl::OkStatus();
    case stored::v1::Effect::kStage:
      return ApplyStage(overlay, header, effect.stage(), position, hasher);
    case stored::v1::Effect::kFlip:
      return ApplyFlip(overlay, header, effect.flip(), position, hasher, replaced_ttl);
    case stored::v1::Effect::kAbort:
      return ApplyAbort(overlay, effect.abort());
    case stored::v1::Effect::kHistoryCut:
      return ApplyHistoryCut(overlay, effect.history_cut());
    case stored::v1::Effect::kPurge:
      return ApplyPurge(overlay, effect.purge());
    case stored::v1::Effect::EFFECT_NOT_SET:
      break;
  }
  // min_reader keeps out what this code does not know: an empty effect is damage.
  return absl::DataLossError("an entry holds an effect of no kind");
}

}  // namespace

absl::StatusOr<ZoneTotals> ApplyRecords(store::Overlay& overlay, absl::string_view zone_id,
                                        uint64_t generation, ZoneTotals before, const RecordKeys& removed,
                                        const RecordPuts& puts, Hasher& hasher) {
  return ChangeRecords(overlay, {zone_id, generation}, before, removed, puts, hasher, nullptr);
}

const ZoneRow* ZoneRowOf(const stored::v1::Entry& entry) {
  for (const stored::v1::Effect& effect : entry.effects()) {
    if (effect.has_zone()) return &effect.zone().row();
    if (effect.has_flip()) return &effect.flip().row();
  }
  return nullptr;
}

stored::v1::ChangeRow ChangeRowOf(const EntryHeader& header, const ZoneRow& zone, const Position& position) {
  stored::v1::ChangeRow change;
  change.set_id(header.change_id());
  change.set_zone_id(zone.id());
  change.set_epoch(position.epoch);
  change.set_index(position.index);
  change.set_revision(zone.revision());
  change.set_time_us(header.time_us());
  change.set_principal(header.principal());
  return change;
}

absl::Status ApplyEntry(store::Overlay& overlay, const stored::v1::Entry& entry, const Position& position,
                        Hasher& hasher) {
  const EntryHeader& header = entry.header();
  uint32_t replaced_ttl = 0;
  for (const stored::v1::Effect& effect : entry.effects()) {
    if (absl::Status status = ApplyEffect(overlay, header, effect, position, hasher, replaced_ttl);
        !status.ok())
      return status;
  }
  if (absl::Status status = ExpireRequests(overlay, header.time_us()); !status.ok()) return status;
  const ZoneRow* zone = ZoneRowOf(entry);
  if (zone != nullptr && !header.change_id().empty())
    WriteChange(overlay, header, *zone, position, replaced_ttl);
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

absl::StatusOr<std::string> ReadDigestKeyOf(const store::Reader& reader, uint32_t id) {
  absl::StatusOr<std::optional<FullView::ObjectRow>> object =
      FullView(reader).GetObject(stored::v1::OBJECT_KIND_SECRET, absl::StrCat("digest/", id));
  if (!object.ok()) return object.status();
  if (!object->has_value()) return absl::NotFoundError(absl::StrCat("there is no digest key ", id));
  stored::v1::SecretRow secret;
  if (!secret.ParseFromString((*object)->row) || secret.secret().size() != Hasher::kKeyBytes)
    return absl::DataLossError(absl::StrCat("the replica holds a damaged secret digest/", id));
  return secret.secret();
}

}  // namespace quartet::replication
