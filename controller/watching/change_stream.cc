#include "controller/watching/change_stream.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/watching/entry_events.h"
#include "controller/zones/zone_queries.h"

namespace quartet::controller {
namespace {

using admin::v1::WatchChangesRequest;
using admin::v1::WatchChangesResponse;
using replication::Position;

absl::Status Gone(absl::string_view why) {
  return absl::OutOfRangeError(
      absl::StrCat("changes were missed: ", why,
                   ". List the zones again, as they are now, and watch on from there, without a token"));
}

// What a failed read of the log says to who watches.
absl::Status ForWatchers(const absl::Status& status) {
  return absl::IsOutOfRange(status) ? Gone(status.message()) : status;
}

// The token's place, if it is in this log.
absl::StatusOr<ResumePoint> Find(const replication::Log& log, const std::string& token) {
  absl::StatusOr<ResumePoint> point = ReadResumeToken(token);
  if (!point.ok()) return point;
  const absl::StatusOr<replication::Log::Head> head = log.ReadHead();
  if (!head.ok()) return head.status();
  if (head->position.epoch != point->position.epoch)
    return Gone("the token is of another epoch: the controller was restored from a backup since");
  const absl::StatusOr<Position> there = log.PositionAt(point->position.index);
  if (!there.ok()) return ForWatchers(there.status());
  if (*there != point->position) return Gone("the token is of another log");
  return point;
}

absl::StatusOr<ResumePoint> Begin(const replication::Log& log, const std::string& token) {
  if (!token.empty()) return Find(log, token);
  const absl::StatusOr<replication::Log::Head> head = log.ReadHead();
  if (!head.ok()) return head.status();
  return ResumePoint{head->position, 0};
}

}  // namespace

absl::StatusOr<std::unique_ptr<ChangeStream>> ChangeStream::Open(WatchedLog& log,
                                                                 const WatchChangesRequest& request) {
  std::shared_ptr<void> place = log.TakePlace();
  if (place == nullptr) {
    return absl::ResourceExhaustedError(absl::StrCat(
        WatchedLog::kMaxStreams, " watches of changes are open, which is as many as there may be"));
  }
  // First the place, then the zone: a zone that is found is there by then.
  const absl::StatusOr<ResumePoint> point = Begin(log.log(), request.resume_token());
  if (!point.ok()) return point.status();
  std::string zone_id;
  if (!request.zone().empty()) {
    const absl::StatusOr<stored::v1::ZoneRow> zone = FindZone(*log.replica().Snapshot(), request.zone());
    if (!zone.ok()) return zone.status();
    zone_id = zone->id();
  }
  return std::unique_ptr<ChangeStream>(
      new ChangeStream(log, std::move(place), *point, std::move(zone_id), request.effects()));
}

WatchChangesResponse ChangeStream::TokenOnly() {
  quiet_ = 0;
  WatchChangesResponse response;
  response.set_resume_token(WriteResumeToken(point_));
  return response;
}

absl::StatusOr<std::optional<WatchChangesResponse>> ChangeStream::NextOf(const stored::v1::Entry& entry,
                                                                         const Position& position) {
  const std::vector<EntryEvent> events = EventsOf(entry);
  std::optional<WatchChangesResponse> response;
  while (!response.has_value() && point_.events < events.size()) {
    const EntryEvent& event = events[point_.events++];
    const absl::StatusOr<std::string> zone = ZoneOf(event, entry, log_.replica());
    if (!zone.ok()) return zone.status();
    if (zone->empty() || (!zone_id_.empty() && *zone != zone_id_)) continue;
    absl::StatusOr<WatchChangesResponse::Event> message =
        EventMessage(event, entry, position, log_.replica(), effects_);
    if (!message.ok()) return message.status();
    *response.emplace().mutable_event() = *std::move(message);
  }
  if (point_.events >= events.size()) point_ = {position, 0};
  if (response.has_value()) response->set_resume_token(WriteResumeToken(point_));
  return response;
}

absl::StatusOr<ChangeStream::Step> ChangeStream::Next() {
  if (!std::exchange(begun_, true)) return Step{TokenOnly(), true};
  for (uint64_t looked_at = 0; looked_at < kEntriesPerStep; ++looked_at) {
    if (quiet_ >= kQuietEntries) return Step{TokenOnly(), true};
    if (point_.position.index >= log_.committed()) return Step{};
    const absl::StatusOr<const replication::LogWindow::Decoded*> next =
        log_.window().At(point_.position.index + 1);
    if (!next.ok()) return ForWatchers(next.status());
    absl::StatusOr<std::optional<WatchChangesResponse>> response = NextOf((*next)->entry, (*next)->position);
    log_.window().Shrink();
    if (!response.ok()) return response.status();
    if (response->has_value()) {
      quiet_ = 0;
      return Step{*std::move(response), true};
    }
    ++quiet_;
  }
  return Step{std::nullopt, true};
}

}  // namespace quartet::controller
