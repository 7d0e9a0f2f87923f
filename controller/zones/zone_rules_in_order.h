// The rules of zone_rules.h for a zone of any size, whose record sets come in order of their keys.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "controller/zones/faults.h"
#include "dns/name/name.h"
#include "dns/rdata/type.h"
#include "dns/zonefile/fault.h"

namespace quartet::controller {

// Finds what CheckZone finds, of owners that an import touches; in canonical order, and a DNAME before the names below
// it. Faults get the places of record sets in the file.
//
// Memory: the types of one owner, and the DNAMEs above it. Not thread-safe.
class RulesInOrder {
 public:
  // `faults` must outlive it.
  RulesInOrder(dns::Name apex, std::string file_name, FaultList& faults)
      : apex_(std::move(apex)), file_name_(std::move(file_name)), faults_(faults) {}

  // A record set of the zone as it will be, behind those before it. `place`: where it stands in the file, if it is from
  // there.
  void Add(absl::string_view owner_key, dns::Type type, std::optional<dns::Place> place);
  // That was all.
  void Finish() { EndOwner(); }

 private:
  struct OpenDname {
    std::string owner_key;
    // None: it was there before, and the file does not have it.
    std::optional<dns::Place> place;
    // The first name below has been told.
    bool told = false;
  };

  void EndOwner();
  void CheckDnamesAbove();
  void Fault(const std::string& owner_key, absl::string_view type, dns::Place place,
             absl::string_view message);
  dns::Name NameOf(absl::string_view owner_key) const;

  const dns::Name apex_;
  const std::string file_name_;
  FaultList& faults_;

  // The owner whose record sets are coming; none if types_ is empty.
  std::string owner_key_;
  std::set<dns::Type> types_;
  // Its record sets that are from the file.
  struct Placed {
    dns::Type type;
    dns::Place place;
  };
  std::vector<Placed> placed_;
  // Each below the one before, and the last owner at or below all of them.
  std::vector<OpenDname> dnames_;
};

// Gives faults that have none the place in the file of their type, or else the first place; none if there is none.
void LocateFaults(absl::string_view file, dns::Place place, FaultList& faults);

}  // namespace quartet::controller
