// Makes the keys of a replica's store. What lies where is specified in docs/formats/replica.md.
//
// Scope: empty for public zones, a VPC's id for private ones. Zone ids are 14 bytes.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "dns/name/name.h"

namespace quartet::replication::layout {

inline constexpr size_t kZoneIdBytes = 14;
// Of what Generation and ControlGeneration make.
inline constexpr size_t kGenerationBytes = 1 + kZoneIdBytes + 8;

std::string Meta(absl::string_view name);
std::string Zone(absl::string_view zone_id);
std::string ZoneLocal(absl::string_view zone_id);
std::string Record(absl::string_view zone_id, uint64_t generation, absl::string_view record_key);
std::string Control(absl::string_view zone_id, uint64_t generation, absl::string_view record_key);
// Prefix of all record sets of a generation.
std::string Generation(absl::string_view zone_id, uint64_t generation);
std::string ControlGeneration(absl::string_view zone_id, uint64_t generation);
std::string Directory(absl::string_view scope, const dns::Name& apex, absl::string_view zone_id);
// Prefix of all zones of that name in that scope.
std::string DirectoryName(absl::string_view scope, const dns::Name& apex);
std::string Assignment(absl::string_view target, absl::string_view zone_id);
std::string Object(int kind, absl::string_view id);
std::string Change(absl::string_view change_id);
std::string Pending(uint64_t index, absl::string_view change_id);
std::string Request(absl::string_view account, absl::string_view principal, absl::string_view request_id);
// The age index of the request stored under `request_key` (as Request() made it).
std::string RequestAge(int64_t time_us, absl::string_view request_key);
// The logged stage that is open for a zone.
std::string Stage(absl::string_view zone_id);
std::string History(absl::string_view zone_id, uint64_t revision);
// Prefix of all that is kept of a zone's past.
std::string AllHistory(absl::string_view zone_id);
// Prefixes of all generations of a zone.
std::string AllRecords(absl::string_view zone_id);
std::string AllControls(absl::string_view zone_id);
// A zone that is deleted and can be undeleted; in canonical order of names behind DeletedZones().
std::string Deleted(const dns::Name& apex, absl::string_view zone_id);
std::string DeletedZones();

// Big-endian, so that numbers sort.
std::string BigEndian64(uint64_t number);
// Precondition: 8 bytes.
uint64_t ReadBigEndian64(absl::string_view bytes);

}  // namespace quartet::replication::layout
