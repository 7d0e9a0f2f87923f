#include "controller/trimming/log_trimmer.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "controller/roster/roster.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/base/log.h"
#include "replication/entry/entry.h"

namespace quartet::controller {
namespace {

constexpr absl::string_view kSizesKey = "Lsizes";
constexpr absl::string_view kMarkPrefix = "Lmark/";
constexpr size_t kReadBytes = 1 << 20;
// Marks stored in one step: so that none takes long.
constexpr size_t kMarksAtOnce = 64;

std::string MarkKey(const std::string& node) { return absl::StrCat(kMarkPrefix, node); }

void PutMarks(const LogMarks::Rows& marks, store::Batch& rows) {
  for (const auto& [node, mark] : marks) {
    if (mark.has_value()) {
      rows.Put(MarkKey(node), EncodeMark(*mark));
    } else {
      rows.Delete(MarkKey(node));
    }
  }
}

// What an entry makes of nodes.
void TakeNodes(const stored::v1::Entry& entry, LogMarks& marks) {
  for (const stored::v1::Effect& effect : entry.effects()) {
    if (!effect.has_object() || effect.object().kind() != stored::v1::OBJECT_KIND_NODE) continue;
    stored::v1::NodeRow row;
    const bool there = !effect.object().row().empty() && row.ParseFromString(effect.object().row());
    if (there && row.state() != stored::v1::NODE_STATE_DRAINED) {
      marks.Enrolled(effect.object().id(), false, std::nullopt);
    } else {
      marks.Gone(effect.object().id());
    }
  }
}

}  // namespace

LogTrimmer::LogTrimmer(store::Store& replica, replication::Clock& clock, const Options& options,
                       uint64_t epoch, uint64_t base)
    : replica_(replica),
      clock_(clock),
      options_(options),
      epoch_(epoch),
      shared_(new Shared{{}, TrimRule(options.log_bytes, epoch, base)}) {}

absl::StatusOr<std::unique_ptr<LogTrimmer>> LogTrimmer::Open(const replication::Log& log,
                                                             store::Store& replica, replication::Clock& clock,
                                                             const Options& options) {
  absl::StatusOr<replication::Log::Head> head = log.ReadHead();
  if (!head.ok()) return head.status();
  absl::StatusOr<uint64_t> first = log.FirstIndex();
  if (!first.ok()) return first.status();
  std::unique_ptr<LogTrimmer> trimmer(
      new LogTrimmer(replica, clock, options, head->position.epoch, *first - 1));
  absl::Status status = trimmer->ReadSizes(log, head->position.index);
  if (status.ok()) status = trimmer->ReadMarks();
  if (!status.ok()) return status;
  return trimmer;
}

// What the stored row does not tell of is read and measured: the open segment, or all of a log that has no row.
absl::Status LogTrimmer::ReadSizes(const replication::Log& log, uint64_t head) {
  LogSegments& segments = shared_->rule.segments();
  absl::StatusOr<std::optional<std::string>> row = replica_.Get(kSizesKey);
  if (!row.ok()) return row.status();
  if (row->has_value()) segments.Restore(**row, epoch_, head);
  segments_stored_ = segments.closed().size();
  last_stored_ = segments.head();
  while (segments.head() < head) {
    absl::StatusOr<std::vector<replication::SealedEntry>> entries = log.Read(segments.head(), kReadBytes);
    if (!entries.ok()) return entries.status();
    for (const replication::SealedEntry& entry : *entries)
      segments.Append(entry.position.index, entry.bytes.size());
  }
  return absl::OkStatus();
}

absl::Status LogTrimmer::ReadMarks() {
  std::map<std::string, LogMark> marks;
  const auto rows = replica_.Scan(kMarkPrefix, store::PrefixEnd(kMarkPrefix));
  for (; rows->Valid(); rows->Next()) {
    const std::string node(rows->key().substr(kMarkPrefix.size()));
    if (std::optional<LogMark> mark = DecodeMark(rows->value())) marks[node] = *std::move(mark);
  }
  if (!rows->status().ok()) return rows->status();
  absl::StatusOr<Roster> roster = ReadRoster(replica_);
  if (!roster.ok()) return roster.status();
  for (const auto& [node, row] : roster->nodes) {
    if (row.row.state() == stored::v1::NODE_STATE_DRAINED) continue;
    const auto mark = marks.find(node);
    shared_->rule.marks().Enrolled(node, IsCounted(row.row),
                                   mark == marks.end() ? std::nullopt : std::make_optional(mark->second));
  }
  return absl::OkStatus();
}

void LogTrimmer::Committed(const std::vector<Sequencer::Committed>& entries) {
  const std::lock_guard<std::mutex> lock(shared_->mutex);
  for (const Sequencer::Committed& committed : entries) {
    shared_->rule.segments().Append(committed.position.index, committed.bytes);
    TakeNodes(committed.entry, shared_->rule.marks());
  }
}

void LogTrimmer::OnProgress(const std::vector<replication::NodeProgress>& progress) {
  const std::lock_guard<std::mutex> lock(shared_->mutex);
  TrimRule& rule = shared_->rule;
  for (const replication::NodeProgress& node : progress) rule.marks().Progress(node, rule.segments().head());
}

store::Batch LogTrimmer::TakeRows(std::optional<uint64_t>& upto) {
  store::Batch rows;
  const LogSegments& segments = shared_->rule.segments();
  const uint64_t last = segments.closed().empty() ? 0 : segments.closed().back().last;
  if (segments.closed().size() != segments_stored_ || last != last_stored_) {
    segments_stored_ = segments.closed().size();
    last_stored_ = last;
    rows.Put(kSizesKey, segments.Encode(epoch_));
  }
  LogMarks& marks = shared_->rule.marks();
  if (upto.has_value()) {
    const LogMarks::Rows unstored = marks.TakeUnstored(*upto, kMarksAtOnce);
    PutMarks(unstored, rows);
    if (unstored.size() == kMarksAtOnce) upto.reset();
  } else if (clock_.MonotonicMicros() >= marks_due_us_) {
    const LogMarks::Rows moved = marks.TakeMoved(kMarksAtOnce);
    PutMarks(moved, rows);
    // The rest comes with the next steps.
    if (moved.size() < kMarksAtOnce) marks_due_us_ = clock_.MonotonicMicros() + options_.marks_every_us;
  }
  return rows;
}

void LogTrimmer::Step(Sequencer& sequencer) {
  store::Batch rows;
  std::optional<uint64_t> upto;
  {
    const std::lock_guard<std::mutex> lock(shared_->mutex);
    upto = shared_->rule.Upto();
    rows = TakeRows(upto);
  }
  if (!rows.empty()) {
    // Before the trim in the write-ahead log, so that no crash leaves that alone.
    if (absl::Status status = replica_.Write(rows, store::Store::Sync::kNo); !status.ok()) {
      const std::lock_guard<std::mutex> lock(shared_->mutex);
      shared_->rule.marks().NothingWasStored();
      return NoteFailure(status);
    }
  }
  if (upto.has_value()) Trim(sequencer, *upto);
}

void LogTrimmer::NoteFailure(const absl::Status& status) {
  if (!std::exchange(failing_, true))
    LogWarning("the log can't be trimmed at present: {}", status.ToString());
}

void LogTrimmer::Trim(Sequencer& sequencer, uint64_t upto) {
  const absl::Status status = sequencer.Trim(upto);
  if (!status.ok()) return NoteFailure(status);
  failing_ = false;
  std::vector<std::string> passed;
  {
    const std::lock_guard<std::mutex> lock(shared_->mutex);
    passed = shared_->rule.Trimmed(upto);
  }
  if (passed.empty()) return;
  LogWarning(
      "the log has reached its {} bytes (--log-bytes) and goes on behind entry {}: {} will catch up by "
      "digests "
      "of their zones",
      options_.log_bytes, upto, absl::StrJoin(passed, ", "));
}

std::shared_ptr<void> LogTrimmer::Hold() {
  const std::lock_guard<std::mutex> lock(shared_->mutex);
  shared_->rule.Hold();
  return std::shared_ptr<void>(nullptr, [shared = shared_](void*) {
    const std::lock_guard<std::mutex> released(shared->mutex);
    shared->rule.Release();
  });
}

uint64_t LogTrimmer::bytes() const {
  const std::lock_guard<std::mutex> lock(shared_->mutex);
  return shared_->rule.segments().bytes();
}

}  // namespace quartet::controller
