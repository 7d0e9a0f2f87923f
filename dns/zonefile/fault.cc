#include "dns/zonefile/fault.h"

#include <algorithm>
#include <tuple>

namespace quartet::dns {
namespace {

bool StandsBefore(const Fault& a, const Fault& b) {
  return std::tie(a.line, a.column) < std::tie(b.line, b.column);
}

}  // namespace

void FaultLog::Add(Place place, absl::string_view rule, absl::string_view message, absl::string_view owner,
                   absl::string_view type) {
  ++total_;
  const bool by_place = order_ == Order::kByPlace;
  if (faults_.size() >= limit_) {
    if (!by_place || faults_.empty() ||
        std::tie(place.line, place.column) >= std::tie(faults_.front().line, faults_.front().column)) {
      return;
    }
    std::pop_heap(faults_.begin(), faults_.end(), StandsBefore);
    faults_.pop_back();
  }
  faults_.push_back({place.line, place.column, file_, std::string(owner), std::string(type),
                     std::string(rule), std::string(message)});
  if (by_place) std::push_heap(faults_.begin(), faults_.end(), StandsBefore);
}

std::vector<Fault> FaultLog::Take() {
  if (order_ == Order::kByPlace) std::stable_sort(faults_.begin(), faults_.end(), StandsBefore);
  return std::move(faults_);
}

}  // namespace quartet::dns
