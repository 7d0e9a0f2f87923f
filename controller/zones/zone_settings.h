// What of a zone is not a record set of its users: its comment, the fields of its SOA, the TTL of its apex NS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "controller/sequencer/proposal.h"
#include "controller/zones/batch_warnings.h"
#include "dns/name/name.h"
#include "quartet/admin/v1/zone.pb.h"
#include "replication/store/store.h"

namespace quartet::controller {

inline constexpr size_t kMaxZoneComment = 4096;

// Resolvers keep no negative answer for longer (RFC 2308 §5 advises against more than a day).
inline constexpr uint32_t kMaxNegativeTtl = 604800;
// Of the apex NS. A zone's move to another nameserver waits for it, and a resolver asks again after it.
inline constexpr uint32_t kMinNsTtl = 60;
inline constexpr uint32_t kMaxNsTtl = 172800;

// What is to be; absent: as it is.
struct ZoneSettings {
  // 0: whatever it is.
  uint64_t if_revision = 0;
  std::optional<std::string> comment;
  std::optional<dns::Name> hostmaster;
  std::optional<uint32_t> refresh;
  std::optional<uint32_t> retry;
  std::optional<uint32_t> expire;
  std::optional<uint32_t> minimum;
  std::optional<uint32_t> soa_ttl;
  std::optional<uint32_t> serial;
  std::optional<uint32_t> ns_ttl;

  // Something of the SOA, its TTL included.
  bool change_soa() const;
};

// INVALID_ARGUMENT with all faults: "nothing-set", "comment-too-long", "bad-hostmaster", "bad-soa-field", "bad-ttl".
// `warnings` is added to: "final-dot-missing".
absl::StatusOr<ZoneSettings> ReadSettings(const admin::v1::UpdateZoneRequest& request, const dns::Name& apex,
                                          Warnings& warnings);

// The serial moves if SOA or NS are set, to the one asked for or by one; a comment alone leaves it. FAILED_PRECONDITION
// with all faults: "serial-not-ahead" (RFC 1982 §3.2), "expire-too-short" (RFC 1912 §2.2). ABORTED: another revision;
// NOT_FOUND: it is not there (any more).
absl::StatusOr<Plan> PlanSettings(const PlanContext& context, const std::string& zone_id,
                                  const ZoneSettings& settings);

// Sets Zone.soa and Zone.ns_ttl of `row`'s message. DATA_LOSS: the zone's own record sets can't be read.
absl::Status ShowSettings(const store::Reader& reader, const stored::v1::ZoneRow& row, admin::v1::Zone& zone);

}  // namespace quartet::controller
