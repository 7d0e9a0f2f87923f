#include "controller/history/past_records.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "replication/replica/apply.h"
#include "replication/replica/layout.h"

namespace quartet::controller {

namespace layout = replication::layout;
using stored::v1::HistoryRow;

PastRecords::PastRecords(const ZonePast& past, uint64_t revision, size_t window_bytes,
                         stored::v1::ZoneRow row, const std::string& digest_key)
    : past_(past),
      revision_(revision),
      window_bytes_(window_bytes),
      row_(std::move(row)),
      hasher_(digest_key) {}

absl::StatusOr<std::unique_ptr<PastRecords>> PastRecords::At(const ZonePast& past, uint64_t revision,
                                                             size_t window_bytes) {
  absl::StatusOr<stored::v1::ZoneRow> row = past.RowAt(revision);
  if (!row.ok()) return row.status();
  absl::StatusOr<std::string> key = replication::ReadDigestKeyOf(past.reader(), row->digest_key_id());
  if (!key.ok()) return absl::DataLossError(key.status().message());
  std::unique_ptr<PastRecords> records(new PastRecords(past, revision, window_bytes, *std::move(row), *key));
  if (absl::Status status = records->Fill(""); !status.ok()) return status;
  return records;
}

size_t PastRecords::BytesOf(const std::string& key, const Image& image) {
  // A node of the map with three strings takes about as much again as a small record set.
  constexpr size_t kNode = 128;
  return kNode + key.size() + image.served.size() + image.control.size();
}

// Of images of one key the first that comes is the oldest, and stays.
void PastRecords::Take(stored::v1::HistoryRecord& image) {
  if (image.key() < begin_ || (end_.has_value() && image.key() >= *end_)) return;
  const auto [place, added] = images_.try_emplace(image.key());
  if (!added) return;
  place->second = {std::move(*image.mutable_served()), std::move(*image.mutable_control())};
  bytes_ += BytesOf(place->first, place->second);
  while (bytes_ > window_bytes_ && images_.size() > 1) {
    const auto last = std::prev(images_.end());
    bytes_ -= BytesOf(last->first, last->second);
    end_ = last->first;
    images_.erase(last);
  }
}

absl::Status PastRecords::Fill(const std::string& begin) {
  begin_ = begin;
  end_.reset();
  images_.clear();
  bytes_ = 0;
  uint64_t generation = past_.generation();
  const std::unique_ptr<store::Iterator> it = past_.reader().Scan(
      layout::History(past_.zone_id(), revision_ + 1), layout::History(past_.zone_id(), past_.latest() + 1));
  for (; it->Valid(); it->Next()) {
    HistoryRow row;
    if (!row.ParseFromArray(it->value().data(), static_cast<int>(it->value().size()))) {
      return absl::DataLossError(absl::StrCat("the replica holds damaged history of zone ", past_.zone_id()));
    }
    if (row.before_generation() != 0) {
      generation = row.before_generation();
      break;
    }
    for (stored::v1::HistoryRecord& image : *row.mutable_records()) Take(image);
  }
  if (!it->status().ok()) return it->status();
  if (walk_ == nullptr) {
    walk_ = std::make_unique<replication::GenerationWalk>(past_.reader(), past_.zone_id(), generation);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> PastRecords::End() {
  if (totals_ == replication::TotalsOf(row_)) return false;
  return absl::DataLossError(absl::StrCat("the replica's history of zone ", past_.zone_id(),
                                          " is damaged: its record sets at revision ", revision_,
                                          " are not those that its digests were made of"));
}

// Gives the first image, which comes before what the walk is at, or in its place. False: there was nothing then.
bool PastRecords::FromImage() {
  if (walk_->has() && walk_->key() == images_.begin()->first) past_walk_ = true;
  given_ = images_.extract(images_.begin());
  key_ = given_.key();
  served_ = given_.mapped().served;
  control_ = given_.mapped().control;
  return !served_.empty();
}

void PastRecords::FromGeneration() {
  past_walk_ = true;
  key_ = walk_->key();
  served_ = walk_->served();
  control_ = walk_->control();
}

absl::StatusOr<bool> PastRecords::Next() {
  for (;;) {
    if (std::exchange(past_walk_, false)) walk_->Next();
    if (absl::Status status = walk_->Check(); !status.ok()) return status;
    const bool has = walk_->has() && (!end_.has_value() || walk_->key() < *end_);
    if (!has && images_.empty()) {
      if (!end_.has_value()) return End();
      const std::string begin = *end_;
      if (absl::Status status = Fill(begin); !status.ok()) return status;
      continue;
    }
    if (!images_.empty() && (!has || images_.begin()->first <= walk_->key())) {
      if (!FromImage()) continue;
    } else {
      FromGeneration();
    }
    totals_.served += hasher_.Hash(key_, served_);
    totals_.control += hasher_.Hash(key_, control_);
    ++totals_.record_sets;
    return true;
  }
}

}  // namespace quartet::controller
