#include "dns/zonefile/fault.h"

namespace quartet::dns {

void FaultLog::Add(Place place, absl::string_view rule, absl::string_view message, absl::string_view owner,
                   absl::string_view type) {
  ++total_;
  if (faults_.size() >= limit_) return;
  faults_.push_back({place.line, place.column, file_, std::string(owner), std::string(type),
                     std::string(rule), std::string(message)});
}

}  // namespace quartet::dns
