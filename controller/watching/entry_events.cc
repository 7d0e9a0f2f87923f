#include "controller/watching/entry_events.h"

#include <map>
#include <optional>
#include <utility>

#include "controller/roster/roster_messages.h"
#include "controller/zones/record_set_message.h"
#include "controller/zones/zone_edit.h"
#include "replication/replica/apply.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"

namespace quartet::controller {
namespace {

using admin::v1::WatchChangesResponse;
using admin::v1::ZoneRevision;
using replication::FullView;
using stored::v1::HistoryRow;
using Event = WatchChangesResponse::Event;

constexpr int kMaxEffects = 1000;
constexpr size_t kMaxEffectBytes = size_t{1} << 20;

// A record set before and after: as its bytes.
struct Sides {
  std::optional<FullView::Record> before;
  std::optional<FullView::Record> after;
};

// By their keys, which sort in canonical order.
std::map<std::string, Sides> SidesOf(const stored::v1::ZoneEffect& effect, const HistoryRow& history) {
  std::map<std::string, Sides> sides;
  for (const stored::v1::HistoryRecord& record : history.records()) {
    Sides& one = sides[record.key()];
    if (!record.served().empty())
      one.before = FullView::Record{record.key(), record.served(), record.control()};
  }
  for (const stored::v1::RecordPut& put : effect.puts()) {
    sides[put.key()].after = FullView::Record{put.key(), put.served(), put.control()};
  }
  return sides;
}

absl::StatusOr<admin::v1::RecordSetEffect> EffectMessage(const Sides& sides, const dns::Name& apex) {
  admin::v1::RecordSetEffect effect;
  if (sides.before.has_value()) {
    absl::StatusOr<admin::v1::RecordSet> message = RecordSetMessage(*sides.before, apex);
    if (!message.ok()) return message.status();
    *effect.mutable_before() = *std::move(message);
  }
  if (sides.after.has_value()) {
    absl::StatusOr<admin::v1::RecordSet> message = RecordSetMessage(*sides.after, apex);
    if (!message.ok()) return message.status();
    *effect.mutable_after() = *std::move(message);
  }
  return effect;
}

absl::Status AddEffects(const stored::v1::ZoneEffect& effect, const HistoryRow& history, Event& event) {
  const absl::StatusOr<dns::Name> apex = ApexOf(effect.row());
  if (!apex.ok()) return apex.status();
  size_t bytes = 0;
  for (const auto& [key, sides] : SidesOf(effect, history)) {
    absl::StatusOr<admin::v1::RecordSetEffect> one = EffectMessage(sides, *apex);
    if (!one.ok()) return one.status();
    bytes += one->ByteSizeLong();
    if (event.effects_size() == kMaxEffects || bytes > kMaxEffectBytes) {
      event.set_more_effects(true);
      break;
    }
    *event.add_effects() = *std::move(one);
  }
  return absl::OkStatus();
}

// nullopt: it was cut.
absl::StatusOr<std::optional<HistoryRow>> ReadHistory(const store::Reader& replica,
                                                      const stored::v1::ZoneRow& zone) {
  const absl::StatusOr<std::optional<std::string>> bytes =
      replica.Get(replication::layout::History(zone.id(), zone.revision()));
  if (!bytes.ok()) return bytes.status();
  if (!bytes->has_value()) return std::optional<HistoryRow>();
  HistoryRow row;
  if (!row.ParseFromString(**bytes)) return absl::DataLossError("the replica holds a damaged history row");
  return std::make_optional(std::move(row));
}

// What the entry does to its zone.
const stored::v1::Effect* ZoneEffectOf(const stored::v1::Entry& entry) {
  for (const stored::v1::Effect& effect : entry.effects()) {
    if (effect.has_zone() || effect.has_flip()) return &effect;
  }
  return nullptr;
}

ZoneRevision::Kind KindOf(const stored::v1::Effect& effect, const std::optional<HistoryRow>& history) {
  const bool was_there = history.has_value() && history->has_before();
  const bool was_deleted = was_there && history->before().state() == stored::v1::ZONE_STATE_DELETED;
  const uint64_t prev = effect.has_flip() ? effect.flip().prev_revision() : effect.zone().prev_revision();
  if (prev == 0) return ZoneRevision::KIND_CREATED;
  if (effect.has_flip()) return ZoneRevision::KIND_REPLACED;
  const bool deleted = effect.zone().row().state() == stored::v1::ZONE_STATE_DELETED;
  if (deleted) return ZoneRevision::KIND_DELETED;
  return was_deleted ? ZoneRevision::KIND_UNDELETED : ZoneRevision::KIND_CHANGED;
}

absl::StatusOr<Event> Accepted(const stored::v1::Entry& entry, const replication::Position& position,
                               const store::Reader& replica, bool effects) {
  const stored::v1::ZoneRow& zone = *replication::ZoneRowOf(entry);
  const stored::v1::Effect& effect = *ZoneEffectOf(entry);
  const absl::StatusOr<std::optional<HistoryRow>> history = ReadHistory(replica, zone);
  if (!history.ok()) return history.status();
  Event event;
  event.set_kind(WatchChangesResponse::KIND_ACCEPTED);
  *event.mutable_change() = ChangeMessage(replication::ChangeRowOf(entry.header(), zone, position));
  event.set_domain_name(DomainName(zone));
  event.set_revision_kind(KindOf(effect, *history));
  if (!effects) return event;
  if (effect.has_flip() || !history->has_value()) {
    event.set_more_effects(true);
    return event;
  }
  if (absl::Status status = AddEffects(effect.zone(), **history, event); !status.ok()) return status;
  return event;
}

absl::StatusOr<Event> Insync(const std::string& change_id, const store::Reader& replica) {
  const absl::StatusOr<std::optional<stored::v1::ChangeRow>> change = FullView(replica).Change(change_id);
  if (!change.ok()) return change.status();
  Event event;
  event.set_kind(WatchChangesResponse::KIND_INSYNC);
  *event.mutable_change() = ChangeMessage(change->value_or(stored::v1::ChangeRow()));
  const absl::StatusOr<std::optional<stored::v1::ZoneRow>> zone =
      FullView(replica).Zone(change->has_value() ? (*change)->zone_id() : "");
  if (!zone.ok()) return zone.status();
  if (zone->has_value()) event.set_domain_name(DomainName(**zone));
  return event;
}

}  // namespace

std::vector<EntryEvent> EventsOf(const stored::v1::Entry& entry) {
  std::vector<EntryEvent> events;
  const std::string& id = entry.header().change_id();
  if (!id.empty() && replication::ZoneRowOf(entry) != nullptr)
    events.push_back({WatchChangesResponse::KIND_ACCEPTED, id});
  for (const stored::v1::Effect& effect : entry.effects()) {
    for (const std::string& change : effect.insync().change_ids()) {
      events.push_back({WatchChangesResponse::KIND_INSYNC, change});
    }
  }
  return events;
}

absl::StatusOr<std::string> ZoneOf(const EntryEvent& event, const stored::v1::Entry& entry,
                                   const store::Reader& replica) {
  if (event.kind == WatchChangesResponse::KIND_ACCEPTED) return replication::ZoneRowOf(entry)->id();
  const absl::StatusOr<std::optional<stored::v1::ChangeRow>> change =
      FullView(replica).Change(event.change_id);
  if (!change.ok()) return change.status();
  return change->has_value() ? (*change)->zone_id() : std::string();
}

absl::StatusOr<Event> EventMessage(const EntryEvent& event, const stored::v1::Entry& entry,
                                   const replication::Position& position, const store::Reader& replica,
                                   bool effects) {
  if (event.kind == WatchChangesResponse::KIND_INSYNC) return Insync(event.change_id, replica);
  return Accepted(entry, position, replica, effects);
}

}  // namespace quartet::controller
