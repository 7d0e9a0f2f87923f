#include "replication/feed/acknowledgements.h"

namespace quartet::replication {
namespace {

void AddException(quartet::replication::v1::Acknowledgement& message, const std::string& zone_id,
                  uint64_t served_revision, const std::string& reason) {
  quartet::replication::v1::ZoneException* exception = message.add_exceptions();
  exception->set_zone_id(zone_id);
  exception->set_served_revision(served_revision);
  exception->set_reason(reason);
}

}  // namespace

void Acknowledgements::End() {
  connected_ = false;
  position_.reset();
}

std::optional<quartet::replication::v1::Acknowledgement> Acknowledgements::Next(const NodeReplica& replica,
                                                                                const LoadingZones& loading,
                                                                                int64_t now_us) {
  const NodeMeta& meta = replica.meta();
  if (!connected_ || !meta.complete || !meta.cursor.has_value()) return std::nullopt;
  if (position_ == meta.cursor && behind_version_ == replica.behind_version() &&
      loading_version_ == loading.version())
    return std::nullopt;
  const size_t exceptions = replica.behind().size() + loading.zones().size();
  if (exceptions > kMaxExceptions) return std::nullopt;
  const bool first = !position_.has_value();
  if (!first && exceptions > kManyExceptions && now_us - time_us_ < kSpacingUs) return std::nullopt;

  quartet::replication::v1::Acknowledgement message;
  message.set_incarnation(meta.incarnation);
  message.set_epoch(meta.cursor->epoch);
  message.set_index(meta.cursor->index);
  for (const auto& [zone_id, revision] : loading.zones()) {
    AddException(message, zone_id, revision, "being loaded");
  }
  for (const std::string& zone_id : replica.behind()) {
    if (loading.zones().contains(zone_id)) continue;
    const std::optional<NodeZone> zone = replica.Find(zone_id);
    AddException(message, zone_id, zone->vouched_revision(meta.cursor->epoch), zone->behind);
  }
  position_ = meta.cursor;
  behind_version_ = replica.behind_version();
  loading_version_ = loading.version();
  time_us_ = now_us;
  return message;
}

}  // namespace quartet::replication
