// Zones in a store and questions to a directory, for tests.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "dns/name/name.h"
#include "dns/rdata/type.h"
#include "nameserver/zone/directory.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/digest/digest.h"
#include "replication/feed/subscriber.h"
#include "replication/store/store.h"

namespace quartet::nameserver {

inline const std::string kTestKey = "0123456789abcdef";
inline constexpr uint32_t kTestKeyId = 1;

dns::Name TestName(absl::string_view text);

// One record set of one record: "www 300 A 192.0.2.1", the owner relative to the zone.
struct TestRecord {
  std::string key;
  std::string served;
};
TestRecord MakeTestRecord(const dns::Name& apex, absl::string_view text);

// A SOA, an NS, and then `records`.
std::vector<TestRecord> MakeTestZone(const dns::Name& apex, const std::vector<std::string>& records);

replication::Digest DigestOf(const std::vector<TestRecord>& records);

// Stores the records under the generation and returns the update that loads them. Ids have 14 characters.
replication::ZoneUpdate StoreTestZone(store::Store& store, const std::string& zone_id, const dns::Name& apex,
                                      uint64_t generation, const std::vector<TestRecord>& records);

// Stores the rows of a zone whose record sets are stored, and the digest key: what a load that is asked for reads.
void StoreTestRows(store::Store& store, const replication::ZoneUpdate& zone,
                   stored::v1::AssignmentState state = stored::v1::ASSIGNMENT_STATE_SERVING);

// Stores a change of a zone by one more record set, its rows included, and returns the update that brings it to what is
// served. `zone` is as it was stored, and becomes what it is then.
replication::ZoneUpdate StoreTestChange(store::Store& store, replication::ZoneUpdate& zone,
                                        absl::string_view record);

// What a directory says of a name and type: "no zone", "cold", "SERVFAIL", "no name", "no data", or the number of
// records.
std::string Look(const Directory& directory, absl::string_view name, dns::Type type);

}  // namespace quartet::nameserver
