#include "replication/feed/zone_run.h"

#include <utility>

#include "replication/base/log.h"
#include "replication/feed/entry_filter.h"
#include "replication/feed/inventory_sender.h"
#include "replication/feed/stream_rules.h"

namespace quartet::replication {
namespace {

// Bytes of zones read in one turn; what a zone costs beside its bytes, known or read.
constexpr size_t kTurnWork = 256 << 10;
constexpr size_t kKnownZoneWork = 512;
constexpr size_t kReadZoneWork = 2 << 10;

}  // namespace

void ZoneRun::Add(const std::vector<std::string>& zone_ids) {
  for (const std::string& zone_id : zone_ids) {
    const size_t in_transfer = sender_.has_value() ? 1 : 0;
    if (std::find(zones_.begin() + in_transfer, zones_.end(), zone_id) == zones_.end())
      zones_.push_back(zone_id);
  }
}

absl::Status ZoneRun::Turn(const FeedSource& source, ZoneCache& cache, std::vector<Outgoing>& messages) {
  size_t work = kTurnWork;
  while (can_send() && work > 0) {
    absl::Status status =
        sender_.has_value() ? SendLarge(source, work, messages) : SendSmall(source, cache, work, messages);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ZoneRun::SendSmall(const FeedSource& source, ZoneCache& cache, size_t& work,
                                std::vector<Outgoing>& messages) {
  const std::unique_ptr<store::Reader> snapshot = source.replica.Snapshot();
  absl::StatusOr<Position> as_of = AppliedPosition(*snapshot);
  if (!as_of.ok()) return as_of.status();
  absl::StatusOr<DigestKeys> keys = ReadDigestKeys(*snapshot);
  if (!keys.ok()) return keys.status();
  std::vector<std::string> parts;
  size_t bytes = 0;
  while (!zones_.empty() && work > 0 && credit_ > 0) {
    absl::StatusOr<std::optional<std::string>> part = OnlyPart(source, cache, *snapshot, *keys, *as_of, work);
    if (!part.ok()) return part.status();
    if (!part->has_value()) {
      absl::StatusOr<ZoneSender> sender = ZoneSender::Create(source.replica, nameserver_, zones_.front());
      if (!sender.ok()) return sender.status();
      sender_ = *std::move(sender);
      break;
    }
    if (bytes > 0 && bytes + (*part)->size() > source.options.part_bytes) {
      Send(parts, messages);
      bytes = 0;
      if (credit_ <= 0) return absl::OkStatus();
    }
    bytes += (*part)->size();
    parts.push_back(**std::move(part));
    zones_.pop_front();
    as_of_ = std::max(as_of_, as_of->index);
  }
  Send(parts, messages);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> ZoneRun::OnlyPart(const FeedSource& source, ZoneCache& cache,
                                                             const store::Reader& snapshot,
                                                             const DigestKeys& keys, const Position& as_of,
                                                             size_t& work) {
  v1::SnapshotPart part;
  part.set_zone_id(zones_.front());
  WritePosition(as_of, *part.mutable_as_of());
  part.set_last(true);
  if (std::string reason = Quarantined(source); !reason.empty()) {
    part.set_quarantined(std::move(reason));
    work -= std::min(work, kKnownZoneWork);
    return std::optional<std::string>(part.SerializeAsString());
  }
  absl::StatusOr<ZoneCache::Zone> zone =
      cache.Read(snapshot, keys, zones_.front(), source.options.part_bytes);
  if (!zone.ok()) {
    LogError("zone {} is not sent to a node, for it is damaged here: {}", zones_.front(),
             std::string(zone.status().message()));
    if (source.options.guard != nullptr) source.options.guard->Suspect(zones_.front());
    part.set_quarantined(std::string(zone.status().message()));
    work -= std::min(work, kReadZoneWork);
    return std::optional<std::string>(part.SerializeAsString());
  }
  work -= std::min(work, (zone->read ? kReadZoneWork : kKnownZoneWork) +
                             (zone->records == nullptr ? 0 : zone->records->size()));
  std::optional<stored::v1::NodeZoneRow> row;
  if (zone->row.has_value()) row = NodeRowFor(*zone->row, nameserver_);
  if (!row.has_value()) return std::optional<std::string>(part.SerializeAsString());
  if (zone->records == nullptr) return std::optional<std::string>();
  *part.mutable_row() = *std::move(row);
  return std::optional<std::string>(part.SerializeAsString() + *zone->records);
}

std::string ZoneRun::Quarantined(const FeedSource& source) const {
  return source.options.guard == nullptr ? "" : source.options.guard->Quarantined(zones_.front());
}

void ZoneRun::Send(std::vector<std::string>& parts, std::vector<Outgoing>& messages) {
  if (parts.empty()) return;
  std::string bytes;
  if (parts.size() == 1) {
    credit_ -= static_cast<int64_t>(parts[0].size());
    AppendField(v1::SubscribeResponse::kSnapshotPartFieldNumber, parts[0], bytes);
  } else {
    std::string all;
    for (const std::string& part : parts) AppendField(v1::SnapshotParts::kPartsFieldNumber, part, all);
    credit_ -= static_cast<int64_t>(all.size());
    AppendField(v1::SubscribeResponse::kSnapshotPartsFieldNumber, all, bytes);
  }
  messages.emplace_back(std::move(bytes));
  parts.clear();
}

absl::Status ZoneRun::SendLarge(const FeedSource& source, size_t& work, std::vector<Outgoing>& messages) {
  const bool verified = sender_->Verify(work);
  work -= std::min(work, source.options.part_bytes / 4);
  if (!verified) {
    work = 0;
    return absl::OkStatus();
  }
  v1::SubscribeResponse message;
  v1::SnapshotPart& part = *message.mutable_snapshot_part();
  part = sender_->Next(source.options.part_bytes);
  const size_t bytes = part.ByteSizeLong();
  work -= std::min(work, bytes);
  credit_ -= static_cast<int64_t>(bytes);
  messages.emplace_back(message);
  if (!part.last()) return absl::OkStatus();
  if (!part.quarantined().empty() && source.options.guard != nullptr)
    source.options.guard->Suspect(zones_.front());
  as_of_ = std::max(as_of_, sender_->as_of().index);
  sender_.reset();
  zones_.pop_front();
  return absl::OkStatus();
}

}  // namespace quartet::replication
