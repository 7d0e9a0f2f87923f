// Gathers single records into record sets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "dns/name/name.h"
#include "dns/rdata/record_data.h"
#include "dns/record_set/record_set.h"
#include "dns/zonefile/fault.h"

namespace quartet::dns {

// What is told of a record that comes to a set: the rules "duplicate-record", "ttl-differs" and "soa" of importer.h.
void WarnOfDuplicate(FaultLog* warnings, Place place, const Name& owner, Type type);
void WarnOfTtl(FaultLog* warnings, Place place, const Name& owner, Type type);
void AddSecondSoa(FaultLog* faults, Place place, const Name& owner);

// Takes records in any order; sets come out in the order of their first records, with the owner as it was
// spelled there and the lowest TTL of any record. Constant time a record, in the mean. Not thread-safe.
class SetCollector {
 public:
  struct Added {
    // The same record was there: it is dropped.
    bool duplicate = false;
    // Its TTL is not the set's so far (for the first such record of a set only).
    bool other_ttl = false;
    // Records of its set before it.
    size_t before = 0;
  };

  Added Add(const Name& owner, uint32_t ttl, RecordData data, Place place);

  // All sets; the collector is empty afterwards. A set that can't be made (it is too large) is left out and
  // goes to `log` under the rule "record-set", at its first record. `places` gets that of each set's first
  // record.
  std::vector<RecordSet> Finish(FaultLog* log, std::vector<Place>* places);

 private:
  struct Group {
    Name owner;
    uint32_t ttl;
    std::vector<RecordData> records;
    Place place;
    bool ttls_differ = false;
    // Canonical forms of all records, once there are two.
    std::unique_ptr<absl::flat_hash_set<std::string>> seen;
  };

  Group& Find(const Name& owner, Type type, uint32_t ttl, Place place);
  // Remembers the record as one of the group's; false if it is one already.
  static bool Remember(Group& group, const RecordData& data);

  std::vector<Group> groups_;
  // By owner in lower-case wire format and two octets of type.
  absl::flat_hash_map<std::string, size_t> index_;
};

}  // namespace quartet::dns
