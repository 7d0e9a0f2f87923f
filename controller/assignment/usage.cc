#include "controller/assignment/usage.h"

#include <algorithm>
#include <memory>

namespace quartet::controller {

using stored::v1::ZoneRow;

absl::Status Usage::Load(const store::Reader& replica) {
  std::unique_ptr<store::Iterator> it = replica.Scan("z", store::PrefixEnd("z"));
  for (; it->Valid(); it->Next()) {
    ZoneRow row;
    const absl::string_view value = it->value();
    if (!row.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
      return absl::DataLossError("the replica holds a damaged zone row");
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    if (row.state() == stored::v1::ZONE_STATE_ACTIVE) {
      Add(row, 1);
    } else {
      deleted_.insert(row.id());
    }
  }
  return it->status();
}

void Usage::Committed(const stored::v1::Entry& entry) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const stored::v1::Effect& effect : entry.effects()) {
    // An import may make its zone.
    if (effect.has_flip() && effect.flip().prev_revision() == 0) Add(effect.flip().row(), 1);
    if (effect.has_zone()) Changed(entry.header(), effect.zone());
    if (effect.has_purge()) deleted_.erase(effect.purge().zone_id());
  }
}

// A zone begins, is moved, ends, and may begin again.
void Usage::Changed(const stored::v1::EntryHeader& header, const stored::v1::ZoneEffect& effect) {
  const ZoneRow& row = effect.row();
  if (row.state() == stored::v1::ZONE_STATE_DELETED) {
    if (deleted_.insert(row.id()).second) Add(row, -1);
  } else if (effect.prev_revision() == 0 || deleted_.erase(row.id()) > 0) {
    Add(row, 1);
  } else {
    Moved(header, row);
  }
}

// An entry's targets are the zone's nameservers before and after it: one that is not among those after has left the zone. One
// that came with this revision joined by it.
void Usage::Moved(const stored::v1::EntryHeader& header, const ZoneRow& row) {
  const auto& assignments = row.assignments();
  SetOf(row);
  for (const stored::v1::Assignment& assignment : assignments) {
    const bool joined = assignment.state() == stored::v1::ASSIGNMENT_STATE_JOINING &&
                        assignment.until_us() == -static_cast<int64_t>(row.revision());
    if (joined) ++of_[assignment.target()];
  }
  for (const std::string& target : header.targets()) {
    const bool left = std::none_of(assignments.begin(), assignments.end(),
                                   [&](const auto& assignment) { return assignment.target() == target; });
    if (left) --of_[target];
  }
}

void Usage::Add(const ZoneRow& row, int64_t by) {
  zones_ += static_cast<uint64_t>(by);
  SetOf(row);
  for (const stored::v1::Assignment& assignment : row.assignments()) {
    of_[assignment.target()] += static_cast<uint64_t>(by);
  }
}

void Usage::SetOf(const ZoneRow& row) {
  const bool uses = row.state() != stored::v1::ZONE_STATE_DELETED && !row.delegation_set_id().empty();
  const auto found = set_of_zone_.find(row.id());
  if (found != set_of_zone_.end()) {
    if (uses && found->second == row.delegation_set_id()) return;
    --of_set_[found->second];
    set_of_zone_.erase(found);
  }
  if (!uses) return;
  ++of_set_[row.delegation_set_id()];
  set_of_zone_.emplace(row.id(), row.delegation_set_id());
}

uint64_t Usage::ZonesOfSet(const std::string& delegation_set) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = of_set_.find(delegation_set);
  return found == of_set_.end() ? 0 : found->second;
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
