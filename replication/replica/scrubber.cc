#include "replication/replica/scrubber.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/replica/layout.h"

namespace quartet::replication {
namespace {

constexpr char kScrub[] = "node/scrub";
constexpr size_t kNumbers = 6;
// Nothing to do: look again.
constexpr int64_t kIdleUs = 1'000'000;
// What opening a zone costs, in bytes read.
constexpr uint64_t kZoneBytes = 1024;

template <typename Row>
absl::Status ReadRow(const store::Reader& reader, const std::string& key, Row& row) {
  absl::StatusOr<std::optional<std::string>> value = reader.Get(key);
  if (!value.ok()) return value.status();
  if (!value->has_value() || !row.ParseFromString(**value)) return absl::DataLossError("its row is damaged");
  return absl::OkStatus();
}

}  // namespace

std::optional<ScrubProgress> ReadScrubProgress(const store::Reader& reader) {
  absl::StatusOr<std::optional<std::string>> value = reader.Get(layout::Meta(kScrub));
  if (!value.ok() || !value->has_value()) return std::nullopt;
  const absl::string_view bytes(**value);
  if (bytes.size() != 8 * kNumbers && bytes.size() != 8 * kNumbers + layout::kZoneIdBytes)
    return std::nullopt;
  const auto number = [&](size_t i) { return layout::ReadBigEndian64(bytes.substr(8 * i, 8)); };
  ScrubProgress progress;
  progress.end_us = static_cast<int64_t>(number(0));
  progress.zones = number(1);
  progress.damaged = number(2);
  progress.begun_us = static_cast<int64_t>(number(3));
  progress.zones_done = number(4);
  progress.damaged_so_far = number(5);
  progress.after = std::string(bytes.substr(8 * kNumbers));
  return progress;
}

void PutScrubProgress(store::Batch& batch, const ScrubProgress& progress) {
  std::string value;
  for (const uint64_t number :
       {static_cast<uint64_t>(progress.end_us), progress.zones, progress.damaged,
        static_cast<uint64_t>(progress.begun_us), progress.zones_done, progress.damaged_so_far}) {
    value += layout::BigEndian64(number);
  }
  batch.Put(layout::Meta(kScrub), value + progress.after);
}

Scrubber::Scrubber(const store::Store& store, Clock& clock, const Options& options)
    : store_(store), clock_(clock), options_(options) {
  progress_ = ReadScrubProgress(store).value_or(ScrubProgress());
}

bool Scrubber::Due(int64_t wall_us) const {
  // A clock that was set back does not put it off for longer than an interval.
  return progress_.end_us == 0 || wall_us - progress_.end_us >= options_.interval_us ||
         wall_us < progress_.end_us;
}

Scrubber::Step Scrubber::Next() {
  Step step;
  const int64_t wall = clock_.WallMicros();
  if (progress_.begun_us == 0) {
    if (!Due(wall)) {
      step.wait_us = std::min(kIdleUs, progress_.end_us + options_.interval_us - wall);
      return step;
    }
    progress_.begun_us = wall;
    last_write_us_ = clock_.MonotonicMicros();
  }
  bytes_ = 0;
  while (!step.ended && step.store.ok() && bytes_ < options_.step_bytes) ReadOn(step);
  if (!step.store.ok()) {
    step.wait_us = kIdleUs;
    return step;
  }
  step.wait_us = static_cast<int64_t>(bytes_ * 1'000'000 / std::max<uint64_t>(options_.bytes_per_second, 1));
  const int64_t now = clock_.MonotonicMicros();
  step.store_progress = step.ended || now - last_write_us_ >= options_.write_us;
  if (step.store_progress) last_write_us_ = now;
  return step;
}

void Scrubber::ReadOn(Step& step) {
  if (!zone_.has_value() && !OpenNext(step)) {
    if (!step.store.ok()) return;
    progress_.end_us = clock_.WallMicros();
    progress_.zones = progress_.zones_done;
    progress_.damaged = progress_.damaged_so_far;
    progress_.begun_us = 0;
    progress_.after.clear();
    progress_.zones_done = 0;
    progress_.damaged_so_far = 0;
    step.ended = true;
    return;
  }
  if (!zone_.has_value()) return;
  const uint64_t before = zone_->digester->bytes_read();
  const bool whole =
      zone_->digester->Step(options_.step_bytes - std::min<size_t>(bytes_, options_.step_bytes));
  bytes_ += zone_->digester->bytes_read() - before;
  if (whole) CloseZone(step);
}

bool Scrubber::OpenNext(Step& step) {
  bytes_ += kZoneBytes;
  Zone zone;
  zone.snapshot = store_.Snapshot();
  const std::string prefix = layout::Zone("");
  const std::string begin = progress_.after.empty() ? prefix : layout::Zone(progress_.after) + '\0';
  std::unique_ptr<store::Iterator> it = zone.snapshot->Scan(begin, store::PrefixEnd(prefix));
  if (!it->Valid()) {
    step.store = it->status();
    return false;
  }
  zone.id = std::string(it->key().substr(prefix.size()));
  it.reset();
  progress_.after = zone.id;
  ++progress_.zones_done;
  const absl::Status opened = OpenZone(zone);
  if (!opened.ok()) {
    Found(step, zone.id, zone.generation, opened.message());
  } else if (zone.digester != nullptr) {
    zone_ = std::move(zone);
  }
  return true;
}

absl::Status Scrubber::OpenZone(Zone& zone) const {
  stored::v1::ZoneLocalRow local;
  if (absl::Status read = ReadRow(*zone.snapshot, layout::ZoneLocal(zone.id), local); !read.ok()) return read;
  zone.generation = local.generation();
  stored::v1::NodeZoneRow row;
  if (absl::Status read = ReadRow(*zone.snapshot, layout::Zone(zone.id), row); !read.ok()) return read;
  if (zone.generation == 0) return absl::OkStatus();
  absl::StatusOr<std::optional<std::string>> key =
      zone.snapshot->Get(layout::Meta(absl::StrCat("node/digest/", row.digest_key_id())));
  if (!key.ok()) return key.status();
  if (!key->has_value() || (*key)->size() != Hasher::kKeyBytes) {
    return absl::DataLossError(absl::StrCat("digest key ", row.digest_key_id(), " is not here"));
  }
  zone.record_sets = row.record_sets();
  zone.digest = row.served_digest();
  zone.hasher = std::make_unique<Hasher>(**key);
  zone.digester = std::make_unique<ZoneDigester>(*zone.snapshot, layout::Generation(zone.id, zone.generation),
                                                 *zone.hasher);
  return absl::OkStatus();
}

void Scrubber::CloseZone(Step& step) {
  const ZoneDigester& read = *zone_->digester;
  const std::string digest = Digest::FromBytes(zone_->digest).ToHex();
  if (!read.status().ok()) {
    Found(step, zone_->id, zone_->generation, read.status().message());
  } else if (read.record_sets() != zone_->record_sets || read.digest().ToHex() != digest) {
    Found(step, zone_->id, zone_->generation,
          absl::StrCat("its ", read.record_sets(), " record sets add up to digest ", read.digest().ToHex(),
                       ", its row says ", zone_->record_sets, " with ", digest));
  }
  zone_.reset();
}

void Scrubber::Found(Step& step, const std::string& zone_id, uint64_t generation, absl::string_view reason) {
  ++progress_.damaged_so_far;
  step.findings.push_back({zone_id, generation, std::string(reason)});
}

}  // namespace quartet::replication
