#include "tests/simulation/mutant_log.h"

#include <utility>

#include "dns/base/check.h"
#include "quartet/stored/v1/entry.pb.h"
#include "replication/entry/entry.h"
#include "replication/log/log_state.h"

namespace quartet::simulation {
namespace {

using replication::Log;
using replication::Position;
using replication::SealedEntry;

class LogWithoutGaps : public Log {
 public:
  LogWithoutGaps(const Log& log, const PastPositions& past) : log_(log), past_(past) {}

  absl::StatusOr<Head> ReadHead() const override { return log_.ReadHead(); }
  absl::StatusOr<uint64_t> BeginTerm() override { return absl::UnimplementedError("for reading only"); }
  absl::Status Append(const Position&, uint64_t, std::span<const SealedEntry>, const store::Batch&) override {
    return absl::UnimplementedError("for reading only");
  }
  absl::Status Trim(const Position&, uint64_t, uint64_t) override {
    return absl::UnimplementedError("for reading only");
  }
  absl::StatusOr<uint64_t> FirstIndex() const override { return 1; }

  absl::StatusOr<Position> PositionAt(uint64_t index) const override {
    const auto known = past_.find(index);
    if (known != past_.end()) return known->second;
    return log_.PositionAt(index);
  }

  absl::StatusOr<std::vector<SealedEntry>> Read(uint64_t after, size_t max_bytes) const override {
    absl::StatusOr<std::vector<SealedEntry>> entries = log_.Read(after, max_bytes);
    const auto known = past_.find(after + 1);
    if (!absl::IsOutOfRange(entries.status()) || known == past_.end()) return entries;
    const auto before = past_.find(after);
    stored::v1::Entry nothing;
    nothing.add_effects()->mutable_term();
    absl::StatusOr<SealedEntry> sealed = replication::Seal(
        nothing, before == past_.end() ? Position{known->second.epoch, after, {}} : before->second);
    QUARTET_CHECK(sealed.ok());
    sealed->position = known->second;
    return std::vector<SealedEntry>{*std::move(sealed)};
  }

 private:
  const Log& log_;
  const PastPositions& past_;
};

class UnfencedLog : public Log {
 public:
  UnfencedLog(std::unique_ptr<Log> log, store::Store& store, Unfenced what)
      : log_(std::move(log)), store_(store), what_(what) {}

  absl::StatusOr<Head> ReadHead() const override { return log_->ReadHead(); }
  absl::StatusOr<uint64_t> BeginTerm() override { return log_->BeginTerm(); }
  absl::StatusOr<uint64_t> FirstIndex() const override { return log_->FirstIndex(); }
  absl::StatusOr<Position> PositionAt(uint64_t index) const override { return log_->PositionAt(index); }
  absl::StatusOr<std::vector<SealedEntry>> Read(uint64_t after, size_t max_bytes) const override {
    return log_->Read(after, max_bytes);
  }

  absl::Status Append(const Position& expected, uint64_t term, std::span<const SealedEntry> entries,
                      const store::Batch& effects) override {
    if (what_ != Unfenced::kAppend) return log_->Append(expected, term, entries, effects);
    store::Batch batch;
    for (const SealedEntry& entry : entries)
      batch.Put(replication::LogEntryKey(entry.position.index), entry.bytes);
    batch.Put(replication::kLogHeadKey, replication::EncodePosition(entries.back().position));
    batch.Append(effects);
    return store_.Write(batch, store::Store::Sync::kYes);
  }

  absl::Status Trim(const Position& expected, uint64_t term, uint64_t upto) override {
    if (what_ != Unfenced::kTrim) return log_->Trim(expected, term, upto);
    const absl::StatusOr<Head> head = log_->ReadHead();
    return head.ok() ? log_->Trim(head->position, head->term, upto) : head.status();
  }

 private:
  const std::unique_ptr<Log> log_;
  store::Store& store_;
  const Unfenced what_;
};

}  // namespace

std::unique_ptr<Log> MakeLogWithoutGaps(const Log& log, const PastPositions& past) {
  return std::make_unique<LogWithoutGaps>(log, past);
}

std::unique_ptr<Log> MakeUnfencedLog(std::unique_ptr<Log> log, store::Store& store, Unfenced what) {
  return std::make_unique<UnfencedLog>(std::move(log), store, what);
}

}  // namespace quartet::simulation
