#include "replication/feed/acknowledgements.h"

namespace quartet::replication {

void Acknowledgements::End() {
  connected_ = false;
  position_.reset();
}

std::optional<quartet::replication::v1::Acknowledgement> Acknowledgements::Next(const NodeReplica& replica,
                                                                                int64_t now_us) {
  const NodeMeta& meta = replica.meta();
  if (!connected_ || !meta.complete || !meta.cursor.has_value()) return std::nullopt;
  if (position_ == meta.cursor && behind_version_ == replica.behind_version()) return std::nullopt;
  const size_t exceptions = replica.behind().size();
  if (exceptions > kMaxExceptions) return std::nullopt;
  const bool first = !position_.has_value();
  if (!first && exceptions > kManyExceptions && now_us - time_us_ < kSpacingUs) return std::nullopt;

  quartet::replication::v1::Acknowledgement message;
  message.set_incarnation(meta.incarnation);
  message.set_epoch(meta.cursor->epoch);
  message.set_index(meta.cursor->index);
  for (const std::string& zone_id : replica.behind()) {
    const NodeZone* zone = replica.Find(zone_id);
    quartet::replication::v1::ZoneException* exception = message.add_exceptions();
    exception->set_zone_id(zone_id);
    exception->set_served_revision(zone->vouched_revision(meta.cursor->epoch));
    exception->set_reason(zone->behind);
  }
  position_ = meta.cursor;
  behind_version_ = replica.behind_version();
  time_us_ = now_us;
  return message;
}

}  // namespace quartet::replication
