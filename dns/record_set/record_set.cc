#include "dns/record_set/record_set.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace quartet::dns {
namespace {

// A response that holds one record set and nothing else (RFC 1035 §4.1). Its question may be the longest: below a wildcard
// or a delegation any name leads to the set.
constexpr size_t kMaxMessage = 65535;
constexpr size_t kHeader = 12;
constexpr size_t kQuestion = Name::kMaxWire + 2 + 2;
// OPT, and in it the longest name that a server gives itself (RFC 6891 §6.1.2, RFC 5001 §2.3; nameserver/answer/identity.h).
constexpr size_t kOpt = 11 + 4 + 128;
// The owner, a pointer to the question or into it; type, class, TTL and length.
constexpr size_t kPerRecord = 2 + 2 + 2 + 4 + 2;

absl::Status Error(const Name& owner, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("record set of ", owner.ToString(), ": ", what));
}

absl::Status CheckSize(const Name& owner, const std::vector<RecordData>& records) {
  size_t size = kHeader + kQuestion + kOpt;
  for (const RecordData& record : records) size += kPerRecord + record.wire().size();
  if (size <= kMaxMessage) return absl::OkStatus();
  return Error(owner, absl::StrCat("its ", records.size(), " values make a response of ", size,
                                   " octets, and ", kMaxMessage, " are the most: take some away"));
}

// Canonical forms, which are equal exactly if the values are (RFC 2181 §5).
std::vector<std::string> SortedValues(const std::vector<RecordData>& records) {
  std::vector<std::string> values;
  values.reserve(records.size());
  for (const RecordData& record : records) values.push_back(record.Canonical());
  std::sort(values.begin(), values.end());
  return values;
}

}  // namespace

absl::StatusOr<RecordSet> RecordSet::Create(Name owner, uint32_t ttl, std::vector<RecordData> records) {
  if (records.empty()) return Error(owner, "no values");
  const Type type = records.front().type();
  if (IsMetaType(type)) return Error(owner, absl::StrCat(TypeName(type), " is never stored"));
  if (ttl > kMaxTtl) return Error(owner, "TTL over 2147483647");
  if (std::any_of(records.begin(), records.end(), [&](const RecordData& r) { return r.type() != type; })) {
    return Error(owner, "values of more than one type");
  }
  if (absl::Status size = CheckSize(owner, records); !size.ok()) return size;
  const std::vector<std::string> values = SortedValues(records);
  if (std::adjacent_find(values.begin(), values.end()) != values.end()) {
    return Error(owner, absl::StrCat("two ", TypeName(type), " values are the same"));
  }
  return RecordSet(std::move(owner), ttl, std::move(records));
}

bool RecordSet::operator==(const RecordSet& other) const {
  return owner_ == other.owner_ && type() == other.type() && ttl_ == other.ttl_ &&
         records_.size() == other.records_.size() && SortedValues(records_) == SortedValues(other.records_);
}

}  // namespace quartet::dns
