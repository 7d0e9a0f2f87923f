#include "controller/imports/external_sort.h"

#include <algorithm>
#include <cstring>
#include <queue>
#include <utility>

namespace quartet::controller {
namespace {

constexpr size_t kHead = sizeof(uint16_t) + sizeof(uint32_t);

template <typename Number>
void AppendNumber(std::string& out, Number number) {
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

template <typename Number>
Number ReadNumber(const char* bytes) {
  Number number;
  std::memcpy(&number, bytes, sizeof number);
  return number;
}

absl::string_view KeyAt(const std::string& arena, uint32_t place) {
  return {arena.data() + place + kHead, ReadNumber<uint16_t>(arena.data() + place)};
}

size_t BytesAt(const std::string& arena, uint32_t place) {
  const char* head = arena.data() + place;
  return kHead + ReadNumber<uint16_t>(head) + ReadNumber<uint32_t>(head + sizeof(uint16_t));
}

// One run, item by item.
class RunReader {
 public:
  RunReader(const SpoolFile& file, uint64_t begin, uint64_t end) : reader_(file, begin, end) {}

  absl::StatusOr<bool> Next() {
    if (reader_.AtEnd()) return false;
    absl::StatusOr<absl::string_view> head = reader_.Read(kHead);
    if (!head.ok()) return head.status();
    key_bytes_ = ReadNumber<uint16_t>(head->data());
    const size_t value_bytes = ReadNumber<uint32_t>(head->data() + sizeof(uint16_t));
    absl::StatusOr<absl::string_view> body = reader_.Read(key_bytes_ + value_bytes);
    if (!body.ok()) return body.status();
    body_ = *body;
    return true;
  }
  absl::string_view key() const { return body_.substr(0, key_bytes_); }
  absl::string_view value() const { return body_.substr(key_bytes_); }

 private:
  SpoolReader reader_;
  size_t key_bytes_ = 0;
  absl::string_view body_;
};

class Merge : public SortedItems {
 public:
  explicit Merge(std::vector<RunReader> runs) : runs_(std::move(runs)), heads_(Later{&runs_}) {}

  absl::Status Start() {
    for (size_t i = 0; i < runs_.size(); ++i) {
      if (absl::Status status = Advance(i); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Next() override {
    if (current_ != kNone) {
      if (absl::Status status = Advance(std::exchange(current_, kNone)); !status.ok()) return status;
    }
    if (heads_.empty()) return false;
    current_ = heads_.top();
    heads_.pop();
    return true;
  }
  absl::string_view key() const override { return runs_[current_].key(); }
  absl::string_view value() const override { return runs_[current_].value(); }

 private:
  static constexpr size_t kNone = ~size_t{0};

  // Earlier runs hold what came earlier.
  struct Later {
    const std::vector<RunReader>* runs;
    bool operator()(size_t a, size_t b) const {
      const int order = (*runs)[a].key().compare((*runs)[b].key());
      return order != 0 ? order > 0 : a > b;
    }
  };

  absl::Status Advance(size_t run) {
    absl::StatusOr<bool> more = runs_[run].Next();
    if (more.ok() && *more) heads_.push(run);
    return more.status();
  }

  std::vector<RunReader> runs_;
  std::priority_queue<size_t, std::vector<size_t>, Later> heads_;
  size_t current_ = kNone;
};

}  // namespace

absl::Status ExternalSort::Add(absl::string_view key, absl::string_view value) {
  const size_t bytes = kHead + key.size() + value.size();
  if (!places_.empty() && arena_.size() + bytes > run_bytes_) {
    if (absl::Status status = WriteRun(); !status.ok()) return status;
  }
  // Doubled like any string, but never beyond a run.
  if (const size_t needed = arena_.size() + bytes; needed > arena_.capacity()) {
    arena_.reserve(std::max(needed, std::min(run_bytes_, 2 * needed)));
  }
  places_.push_back(static_cast<uint32_t>(arena_.size()));
  AppendNumber(arena_, static_cast<uint16_t>(key.size()));
  AppendNumber(arena_, static_cast<uint32_t>(value.size()));
  arena_.append(key.data(), key.size());
  arena_.append(value.data(), value.size());
  ++items_;
  return absl::OkStatus();
}

absl::Status ExternalSort::WriteRun() {
  if (file_ == nullptr) {
    absl::StatusOr<std::unique_ptr<SpoolFile>> file = spool_.Create();
    if (!file.ok()) return file.status();
    file_ = *std::move(file);
  }
  // A place tells what came earlier, so that no stable sort, and no memory for one, is needed.
  std::sort(places_.begin(), places_.end(), [this](uint32_t a, uint32_t b) {
    const int order = KeyAt(arena_, a).compare(KeyAt(arena_, b));
    return order != 0 ? order < 0 : a < b;
  });
  Run run{file_->size(), 0};
  for (const uint32_t place : places_) {
    absl::Status status = file_->Append(absl::string_view(arena_).substr(place, BytesAt(arena_, place)));
    if (!status.ok()) return status;
  }
  run.end = file_->size();
  runs_.push_back(run);
  arena_.clear();
  places_.clear();
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<SortedItems>> ExternalSort::Finish() {
  if (!places_.empty()) {
    if (absl::Status status = WriteRun(); !status.ok()) return status;
  }
  arena_ = {};
  places_ = {};
  if (file_ != nullptr) {
    if (absl::Status status = file_->Flush(); !status.ok()) return status;
  }
  std::vector<RunReader> readers;
  for (const Run& run : runs_) readers.emplace_back(*file_, run.begin, run.end);
  auto merge = std::make_unique<Merge>(std::move(readers));
  if (absl::Status status = merge->Start(); !status.ok()) return status;
  return std::unique_ptr<SortedItems>(std::move(merge));
}

}  // namespace quartet::controller
