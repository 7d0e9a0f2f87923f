#include "replication/replica/node_inventory.h"

#include <utility>

namespace quartet::replication {
namespace {

bool SameData(const NodeZone& zone, const stored::v1::NodeZoneRow& row) {
  return zone.generation != 0 && !zone.unloadable && !zone.damaged && zone.row.revision() == row.revision() &&
         zone.row.served_digest() == row.served_digest() && zone.row.digest_key_id() == row.digest_key_id();
}

}  // namespace

void NodeInventory::Seek() {
  if (changed_) next_ = zones_->Behind(last_id_);
  changed_ = false;
}

void NodeInventory::Add(const stored::v1::NodeZoneRow& row) {
  Seek();
  last_id_ = row.id();
  for (; next_ != zones_->end() && next_.id() < row.id(); ++next_) difference_.gone.push_back(next_.id());
  if (next_ == zones_->end() || next_.id() != row.id()) {
    differing_.push_back(row);
    return;
  }
  const NodeZone zone = next_.zone();
  ++next_;
  if (!SameData(zone, row)) {
    differing_.push_back(row);
  } else if (zone.is_behind() || zone.epoch != epoch_) {
    difference_.settled.push_back(row.id());
  }
}

std::vector<stored::v1::NodeZoneRow> NodeInventory::TakeDiffering() {
  changed_ = true;
  return std::exchange(differing_, {});
}

NodeInventory::Difference NodeInventory::Finish() {
  Seek();
  for (; next_ != zones_->end(); ++next_) difference_.gone.push_back(next_.id());
  return std::move(difference_);
}

}  // namespace quartet::replication
