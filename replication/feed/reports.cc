#include "replication/feed/reports.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/feed/stream_rules.h"
#include "replication/replica/layout.h"

namespace quartet::replication {
namespace {

// What a zone costs to be opened, in bytes read.
constexpr uint64_t kZoneBytes = 512;

bool WantsRecords(const v1::Inquiry& inquiry) {
  return inquiry.depth() == v1::DEPTH_RECORDS || inquiry.depth() == v1::DEPTH_CONTENTS;
}

}  // namespace

Reports::Reports(const store::Store& store, const Options& options) : store_(store), options_(options) {}

void Reports::Ask(const v1::Inquiry& inquiry) {
  if (waiting_.size() < options_.waiting) waiting_.push_back(inquiry);
}

void Reports::Forget() {
  waiting_.clear();
  zone_.reset();
  snapshot_.reset();
  begun_ = false;
}

Reports::Step Reports::Next() {
  Step step;
  bytes_ = 0;
  absl::Status status = begun_ ? absl::OkStatus() : Begin(waiting_.front());
  while (status.ok() && !whole_ && part_bytes_ < options_.part_bytes && bytes_ < options_.step_bytes) {
    status = ReadOn(step);
  }
  if (!status.ok() || whole_ || part_bytes_ >= options_.part_bytes) Emit(step, std::move(status));
  step.wait_us = static_cast<int64_t>(bytes_ * 1'000'000 / std::max<uint64_t>(options_.bytes_per_second, 1));
  return step;
}

absl::Status Reports::Begin(const v1::Inquiry& inquiry) {
  begun_ = true;
  part_.Clear();
  parts_ = 0;
  part_bytes_ = 0;
  whole_ = false;
  after_ = inquiry.after();
  snapshot_ = store_.Snapshot();
  zone_.reset();
  absl::StatusOr<std::optional<NodeMeta>> meta = ReadNodeMeta(*snapshot_);
  if (!meta.ok()) return meta.status();
  if (meta->has_value() && (*meta)->complete && (*meta)->cursor.has_value()) {
    WritePosition(*(*meta)->cursor, *part_.mutable_cursor());
  }
  if (!inquiry.zone_id().empty() && inquiry.zone_id().size() != layout::kZoneIdBytes)
    return absl::InvalidArgumentError("an inquiry of no zone");
  if (WantsRecords(inquiry) && inquiry.zone_id().empty())
    return absl::InvalidArgumentError("an inquiry of the record sets of no zone");
  if (inquiry.depth() < v1::DEPTH_STATED || inquiry.depth() > v1::DEPTH_CONTENTS)
    return absl::InvalidArgumentError("an inquiry of a depth that is new to this node");
  return absl::OkStatus();
}

absl::Status Reports::ReadOn(Step& step) {
  const v1::Inquiry& inquiry = waiting_.front();
  if (zone_.has_value() && zone_->records != nullptr) return ReadRecords();
  if (zone_.has_value()) {
    const uint64_t before = zone_->digester->bytes_read();
    const bool done = zone_->digester->Step(options_.step_bytes);
    bytes_ += zone_->digester->bytes_read() - before;
    if (done) CloseDigester(step);
    return absl::OkStatus();
  }
  if (inquiry.depth() == v1::DEPTH_RECOMPUTED) snapshot_ = store_.Snapshot();
  absl::StatusOr<std::optional<Zone>> zone = NextZone();
  if (!zone.ok()) return zone.status();
  bytes_ += kZoneBytes;
  if (!zone->has_value()) {
    whole_ = true;
    return absl::OkStatus();
  }
  if (inquiry.depth() == v1::DEPTH_STATED || (*zone)->generation == 0) {
    AddZone(**std::move(zone));
    whole_ = !inquiry.zone_id().empty();
    return absl::OkStatus();
  }
  if (absl::Status opened = OpenDigester(**zone); !opened.ok()) {
    if (WantsRecords(inquiry)) return opened;
    AddZone(**std::move(zone));
    whole_ = !inquiry.zone_id().empty();
    return absl::OkStatus();
  }
  if (WantsRecords(inquiry)) {
    *part_.add_zones() = (*zone)->report;
    const std::string begin = after_.empty() ? (*zone)->prefix : (*zone)->prefix + after_ + '\0';
    (*zone)->records = (*zone)->snapshot->Scan(begin, store::PrefixEnd((*zone)->prefix));
  }
  zone_ = **std::move(zone);
  return absl::OkStatus();
}

absl::Status Reports::ReadRecords() {
  store::Iterator& records = *zone_->records;
  if (!records.Valid()) {
    if (!records.status().ok()) return records.status();
    whole_ = true;
    return absl::OkStatus();
  }
  const absl::string_view key = records.key().substr(zone_->prefix.size());
  v1::RecordReport& record = *part_.add_records();
  record.set_key(std::string(key));
  record.set_digest(zone_->hasher->Hash(key, records.value()).ToBytes());
  if (waiting_.front().depth() == v1::DEPTH_CONTENTS) record.set_served(std::string(records.value()));
  part_bytes_ += record.ByteSizeLong() + 4;
  bytes_ += key.size() + records.value().size();
  records.Next();
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Reports::Zone>> Reports::NextZone() {
  const std::string& wanted = waiting_.front().zone_id();
  const std::string prefix = layout::Zone("");
  const std::string begin = !wanted.empty() ? layout::Zone(wanted) : layout::Zone(after_) + '\0';
  std::unique_ptr<store::Iterator> it =
      snapshot_->Scan(!wanted.empty() || !after_.empty() ? begin : prefix, store::PrefixEnd(prefix));
  if (!it->status().ok()) return it->status();
  if (!it->Valid()) return std::optional<Zone>();
  Zone zone;
  const std::string id(it->key().substr(prefix.size()));
  if (!wanted.empty() && id != wanted) return std::optional<Zone>();
  if (wanted.empty()) after_ = id;
  stored::v1::NodeZoneRow row;
  stored::v1::ZoneLocalRow local;
  absl::StatusOr<std::optional<std::string>> stored = snapshot_->Get(layout::ZoneLocal(id));
  const bool readable = row.ParseFromString(std::string(it->value())) && stored.ok() && stored->has_value() &&
                        local.ParseFromString(**stored);
  zone.snapshot = snapshot_;
  v1::ZoneReport& report = zone.report;
  report.set_zone_id(id);
  if (!readable) {
    report.set_behind("its row on this node's disk is damaged");
    return std::optional<Zone>(std::move(zone));
  }
  zone.generation = local.generation();
  report.set_name(row.name());
  report.set_revision(row.revision());
  report.set_epoch(local.epoch());
  report.set_digest(row.served_digest());
  report.set_digest_key_id(row.digest_key_id());
  report.set_record_sets(row.record_sets());
  report.set_behind(local.behind());
  report.set_served_revision(local.generation() == 0 ? 0 : row.revision());
  return std::optional<Zone>(std::move(zone));
}

absl::Status Reports::OpenDigester(Zone& zone) const {
  absl::StatusOr<std::optional<std::string>> key =
      zone.snapshot->Get(layout::Meta(absl::StrCat("node/digest/", zone.report.digest_key_id())));
  if (!key.ok()) return key.status();
  if (!key->has_value() || (*key)->size() != Hasher::kKeyBytes) {
    return absl::FailedPreconditionError(
        absl::StrCat("digest key ", zone.report.digest_key_id(), " is not here"));
  }
  zone.prefix = layout::Generation(zone.report.zone_id(), zone.generation);
  zone.hasher = std::make_unique<Hasher>(**key);
  zone.digester = std::make_unique<ZoneDigester>(*zone.snapshot, zone.prefix, *zone.hasher);
  return absl::OkStatus();
}

void Reports::CloseDigester(Step& step) {
  const ZoneDigester& read = *zone_->digester;
  v1::ZoneReport& report = zone_->report;
  if (read.status().ok()) report.set_recomputed_digest(read.digest().ToBytes());
  if (report.recomputed_digest() != report.digest() || read.record_sets() != report.record_sets()) {
    step.findings.push_back(
        {report.zone_id(), zone_->generation,
         read.status().ok()
             ? absl::StrCat("its ", read.record_sets(), " record sets add up to digest ",
                            read.digest().ToHex(), " instead of ", Digest::FromBytes(report.digest()).ToHex())
             : std::string(read.status().message())});
  }
  AddZone(*std::exchange(zone_, std::nullopt));
  whole_ = !waiting_.front().zone_id().empty();
}

void Reports::AddZone(Zone zone) {
  part_bytes_ += zone.report.ByteSizeLong() + 4;
  *part_.add_zones() = std::move(zone.report);
}

void Reports::Emit(Step& step, absl::Status error) {
  const v1::Inquiry& inquiry = waiting_.front();
  part_.set_inquiry(inquiry.id());
  part_.set_part(parts_++);
  const bool bounded = inquiry.parts() != 0 && parts_ >= inquiry.parts();
  const bool last = !error.ok() || whole_ || bounded;
  part_.set_last(last);
  if (!error.ok()) part_.set_error(std::string(error.message()));
  part_.set_more(error.ok() && !whole_ && bounded);
  step.part = std::exchange(part_, {});
  part_bytes_ = 0;
  if (!last) return;
  waiting_.pop_front();
  zone_.reset();
  snapshot_.reset();
  begun_ = false;
}

}  // namespace quartet::replication
