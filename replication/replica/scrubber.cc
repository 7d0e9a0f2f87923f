#include "replication/replica/scrubber.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "replication/replica/layout.h"

namespace quartet::replication {
namespace {

constexpr size_t kNumbers = 6;
// Nothing to do: look again.
constexpr int64_t kIdleUs = 1'000'000;
// What opening a zone costs, in bytes read.
constexpr uint64_t kZoneBytes = 1024;

}  // namespace

std::optional<ScrubProgress> ReadScrubProgress(const store::Reader& reader, absl::string_view name) {
  absl::StatusOr<std::optional<std::string>> value = reader.Get(layout::Meta(name));
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

void Scrubber::PutProgress(store::Batch& batch) const {
  std::string value;
  for (const uint64_t number :
       {static_cast<uint64_t>(progress_.end_us), progress_.zones, progress_.damaged,
        static_cast<uint64_t>(progress_.begun_us), progress_.zones_done, progress_.damaged_so_far}) {
    value += layout::BigEndian64(number);
  }
  batch.Put(layout::Meta(options_.progress_name), value + progress_.after);
}

Scrubber::Scrubber(const store::Store& store, Clock& clock, const Options& options)
    : store_(store), clock_(clock), options_(options) {
  progress_ = ReadScrubProgress(store, options.progress_name).value_or(ScrubProgress());
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
  ZoneCheck& check = *zone_->check;
  const uint64_t before = check.bytes_read();
  const bool whole = check.Step(options_.step_bytes - std::min<size_t>(bytes_, options_.step_bytes));
  bytes_ += check.bytes_read() - before;
  if (!whole) return;
  if (!check.fault().empty()) Found(step, check.zone().zone_id, check.zone().generation, check.fault());
  zone_.reset();
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
  ZoneOnDisk stored;
  stored.zone_id = std::string(it->key().substr(prefix.size()));
  it.reset();
  progress_.after = stored.zone_id;
  ++progress_.zones_done;
  const absl::Status read = options_.read(*zone.snapshot, stored);
  if (!read.ok()) {
    Found(step, stored.zone_id, stored.generation, read.message());
  } else if (stored.generation != 0) {
    zone.check = std::make_unique<ZoneCheck>(*zone.snapshot, std::move(stored));
    zone_ = std::move(zone);
  }
  return true;
}

void Scrubber::Found(Step& step, const std::string& zone_id, uint64_t generation, absl::string_view reason) {
  ++progress_.damaged_so_far;
  step.findings.push_back({zone_id, generation, std::string(reason)});
}

}  // namespace quartet::replication
