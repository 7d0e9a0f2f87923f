#include "controller/verify/record_set_comparison.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace quartet::controller {
namespace {

using Kind = RecordSetComparison::Difference::Kind;

constexpr uint64_t kMoreRecordSets = 10'000;

}  // namespace

RecordSetComparison::RecordSetComparison(const store::Reader& reader, const replication::ZoneOnDisk& zone,
                                         const Options& options)
    : options_(options),
      prefix_(zone.parts[0].prefix),
      most_(2 * zone.record_sets + kMoreRecordSets),
      hasher_(zone.digest_key),
      own_(reader.Scan(prefix_, store::PrefixEnd(prefix_))) {}

absl::Status RecordSetComparison::Take(const quartet::replication::v1::RecordReport& record) {
  if (++record_sets_ > most_) {
    return absl::ResourceExhaustedError(absl::StrCat("it tells of more than ", most_, " record sets"));
  }
  const replication::Digest theirs = replication::Digest::FromBytes(record.digest());
  if (options_.content_bytes > 0 && !(hasher_.Hash(record.key(), record.served()) == theirs))
    return absl::InvalidArgumentError("a record set is not what its digest says");
  digest_ += theirs;
  for (; own_->Valid() && OwnKey() < record.key(); own_->Next()) {
    if (absl::Status status = Add({Kind::kMissing, std::string(OwnKey()), ""}); !status.ok()) return status;
  }
  if (!own_->status().ok()) return own_->status();
  if (!own_->Valid() || OwnKey() != record.key()) return Add({Kind::kExtra, record.key(), record.served()});
  const bool same = hasher_.Hash(OwnKey(), own_->value()) == theirs;
  own_->Next();
  return same ? absl::OkStatus() : Add({Kind::kOther, record.key(), record.served()});
}

absl::Status RecordSetComparison::Finish() {
  for (; own_->Valid(); own_->Next()) {
    if (absl::Status status = Add({Kind::kMissing, std::string(OwnKey()), ""}); !status.ok()) return status;
  }
  return own_->status();
}

absl::Status RecordSetComparison::Add(Difference difference) {
  ++total_;
  content_bytes_ += difference.key.size() + difference.served.size();
  if (options_.content_bytes > 0 && content_bytes_ > options_.content_bytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("more than ", options_.content_bytes >> 20, " MiB of record sets differ"));
  }
  if (differences_.size() < options_.kept) differences_.push_back(std::move(difference));
  return absl::OkStatus();
}

}  // namespace quartet::controller
