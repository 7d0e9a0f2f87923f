#include "controller/zones/zone_rules_in_order.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "controller/zones/zone_rules.h"
#include "dns/name/canonical_key.h"

namespace quartet::controller {
namespace {

using dns::Place;
using dns::Type;

void SetPlace(absl::string_view file, Place place, admin::v1::Fault& fault) {
  fault.set_file(std::string(file));
  fault.set_line(place.line);
  fault.set_column(place.column);
}

}  // namespace

void LocateFaults(absl::string_view file, Place place, FaultList& faults) {
  faults.Locate([&](admin::v1::Fault& fault) { SetPlace(file, place, fault); });
}

dns::Name RulesInOrder::NameOf(absl::string_view owner_key) const {
  absl::StatusOr<dns::Name> name = dns::NameFromCanonicalKey(owner_key, apex_);
  return name.ok() ? *std::move(name) : apex_;
}

void RulesInOrder::Add(absl::string_view owner_key, Type type, std::optional<Place> place) {
  if (types_.empty() || owner_key != owner_key_) {
    EndOwner();
    owner_key_ = std::string(owner_key);
  }
  types_.insert(type);
  if (place.has_value()) placed_.push_back({type, *place});
}

void RulesInOrder::Fault(const std::string& owner_key, absl::string_view type, Place place,
                         absl::string_view message) {
  admin::v1::Fault fault;
  fault.set_owner(NameOf(owner_key).ToString());
  fault.set_type(std::string(type));
  fault.set_rule(kNamesBelowDname);
  fault.set_message(std::string(message));
  SetPlace(file_name_, place, fault);
  faults_.Add(FaultList::Kind::kRule, std::move(fault));
}

void RulesInOrder::EndOwner() {
  if (types_.empty()) return;
  while (!dnames_.empty() && !absl::StartsWith(owner_key_, dnames_.back().owner_key)) dnames_.pop_back();
  if (!placed_.empty()) {
    std::stable_sort(placed_.begin(), placed_.end(), [](const Placed& a, const Placed& b) {
      return std::tie(a.place.line, a.place.column) < std::tie(b.place.line, b.place.column);
    });
    FaultList own;
    CheckTypes(NameOf(owner_key_), types_, apex_, own);
    own.Locate([&](admin::v1::Fault& fault) {
      const auto same_type = std::find_if(placed_.begin(), placed_.end(), [&](const Placed& one) {
        return dns::TypeName(one.type) == fault.type();
      });
      SetPlace(file_name_, (same_type == placed_.end() ? placed_.front() : *same_type).place, fault);
    });
    faults_.Add(own);
  }
  CheckDnamesAbove();
  if (types_.contains(Type::kDname)) {
    OpenDname dname{owner_key_, std::nullopt};
    for (const Placed& one : placed_) {
      if (one.type == Type::kDname) dname.place = one.place;
    }
    dnames_.push_back(std::move(dname));
  }
  types_.clear();
  placed_.clear();
}

// A DNAME of the file tells of the first name below it; below one that was there, each owner of the file is told.
void RulesInOrder::CheckDnamesAbove() {
  for (OpenDname& dname : dnames_) {
    if (!dname.place.has_value() || std::exchange(dname.told, true)) continue;
    Fault(dname.owner_key, dns::TypeName(Type::kDname), *dname.place,
          BelowDname(NameOf(owner_key_).ToString()));
  }
  if (placed_.empty()) return;
  const auto untouched = std::find_if(dnames_.rbegin(), dnames_.rend(),
                                      [](const OpenDname& dname) { return !dname.place.has_value(); });
  if (untouched == dnames_.rend()) return;
  Fault(owner_key_, "", placed_.front().place, UnderDname(NameOf(untouched->owner_key)));
}

}  // namespace quartet::controller
