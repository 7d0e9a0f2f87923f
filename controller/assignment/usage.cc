#include "controller/assignment/usage.h"

#include <memory>

namespace quartet::controller {

absl::Status Usage::Load(const store::Reader& replica) {
  std::unique_ptr<store::Iterator> it = replica.Scan("z", store::PrefixEnd("z"));
  for (; it->Valid(); it->Next()) {
    stored::v1::ZoneRow row;
    const absl::string_view value = it->value();
    if (!row.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
      return absl::DataLossError("the replica holds a damaged zone row");
    }
    if (row.state() == stored::v1::ZONE_STATE_ACTIVE) Add(row, 1);
  }
  return it->status();
}

// A zone's set does not change while it lives (assignment moves come later): it begins and ends.
void Usage::Committed(const stored::v1::Entry& entry) {
  for (const stored::v1::Effect& effect : entry.effects()) {
    // An import may make its zone.
    if (effect.has_flip() && effect.flip().prev_revision() == 0) Add(effect.flip().row(), 1);
    if (!effect.has_zone()) continue;
    if (effect.zone().prev_revision() == 0) Add(effect.zone().row(), 1);
    if (effect.zone().row().state() == stored::v1::ZONE_STATE_DELETED) Add(effect.zone().row(), -1);
  }
}

void Usage::Add(const stored::v1::ZoneRow& row, int64_t by) {
  const std::lock_guard<std::mutex> lock(mutex_);
  zones_ += static_cast<uint64_t>(by);
  for (const stored::v1::Assignment& assignment : row.assignments()) {
    of_[assignment.target()] += static_cast<uint64_t>(by);
  }
}

uint64_t Usage::ZonesOf(const std::string& nameserver) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = of_.find(nameserver);
  return found == of_.end() ? 0 : found->second;
}

uint64_t Usage::zones() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return zones_;
}

}  // namespace quartet::controller
