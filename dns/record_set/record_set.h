// A record set: all records of one owner and one type (RFC 2181 §5).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dns/name/name.h"
#include "dns/rdata/record_data.h"
#include "dns/rdata/type.h"

namespace quartet::dns {

// Valid by construction: at least one record, all of one type that is no meta type, no two the same, TTL at most
// 2^31 - 1 (RFC 2181 §8), and small enough for a response of 65,535 octets to any question that leads to it. Values keep the order they were given in.
// A value type.
class RecordSet {
 public:
  static constexpr uint32_t kMaxTtl = 0x7fffffff;

  // INVALID_ARGUMENT says which of these does not hold.
  static absl::StatusOr<RecordSet> Create(Name owner, uint32_t ttl, std::vector<RecordData> records);

  const Name& owner() const { return owner_; }
  Type type() const { return records_.front().type(); }
  uint32_t ttl() const { return ttl_; }
  const std::vector<RecordData>& records() const { return records_; }

  // Same owner, type, TTL and values, whatever their order.
  bool operator==(const RecordSet& other) const;

 private:
  RecordSet(Name owner, uint32_t ttl, std::vector<RecordData> records)
      : owner_(std::move(owner)), ttl_(ttl), records_(std::move(records)) {}

  Name owner_;
  uint32_t ttl_;
  // Invariant: not empty, one type.
  std::vector<RecordData> records_;
};

}  // namespace quartet::dns
