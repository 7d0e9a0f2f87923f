#include "replication/log/embedded_log.h"

#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "quartet/stored/v1/entry.pb.h"
#include "replication/log/log_state.h"

namespace quartet::replication {

namespace {

absl::Status Damaged(absl::string_view why) {
  return absl::DataLossError(absl::StrCat("the log is damaged: ", why));
}

// Whether `bytes` are the entry that stands right behind `before`; its position if so.
absl::StatusOr<Position> FollowingPosition(absl::string_view bytes, const Position& before) {
  const auto header = OpenHeader(bytes);
  if (!header.ok()) return header.status();
  const absl::string_view chain(reinterpret_cast<const char*>(before.chain.data()), before.chain.size());
  if (header->epoch() != before.epoch || header->index() != before.index + 1 ||
      header->prev_chain() != chain) {
    return absl::InvalidArgumentError(
        absl::StrCat("entry ", header->index(), " does not follow ", ToString(before)));
  }
  return Position{header->epoch(), header->index(), ChainOf(bytes)};
}

// Entries as they lie in the store, each checked to have its place in the chain.
class EntryWalk {
 public:
  EntryWalk(const store::Reader& reader, const Position& before, const Position& head)
      : entries_(reader.Scan(LogEntryKey(before.index + 1), store::PrefixEnd("l"))),
        last_(before),
        head_(head) {}

  bool AtEnd() const { return last_.index >= head_.index; }
  // Bytes of the next entry. Precondition: not AtEnd(), and the last Next() succeeded.
  size_t NextSize() const { return entries_->Valid() ? entries_->value().size() : 0; }

  absl::StatusOr<SealedEntry> Next() {
    if (!entries_->status().ok()) return entries_->status();
    const uint64_t index = last_.index + 1;
    if (!entries_->Valid() || entries_->key() != LogEntryKey(index)) {
      return Damaged(absl::StrCat("entry ", index, " is missing"));
    }
    SealedEntry entry;
    entry.bytes = std::string(entries_->value());
    const auto position = FollowingPosition(entry.bytes, last_);
    if (!position.ok()) return Damaged(position.status().message());
    if (position->index == head_.index && *position != head_)
      return Damaged("its last entry is not its head");
    entry.position = last_ = *position;
    entries_->Next();
    return entry;
  }

 private:
  std::unique_ptr<store::Iterator> entries_;
  Position last_;
  const Position head_;
};

// One at a time may write: state is read, compared and changed under one mutex. There is no copy of it in
// memory that could differ from what is stored.
class EmbeddedLog : public Log {
 public:
  explicit EmbeddedLog(store::Store& store) : store_(store) {}

  absl::StatusOr<Head> ReadHead() const override;
  absl::StatusOr<uint64_t> BeginTerm() override;
  absl::Status Append(const Position& expected, uint64_t term, std::span<const SealedEntry> entries,
                      const store::Batch& effects) override;
  absl::StatusOr<std::vector<SealedEntry>> Read(uint64_t after, size_t max_bytes) const override;
  absl::StatusOr<Position> PositionAt(uint64_t index) const override;
  absl::StatusOr<uint64_t> FirstIndex() const override;
  absl::Status Trim(const Position& expected, uint64_t term, uint64_t upto) override;

 private:
  absl::StatusOr<LogState> State(const store::Reader& reader) const;
  // State if `expected` and `term` are its head and term, else ABORTED.
  absl::StatusOr<LogState> Fence(const Position& expected, uint64_t term) const;
  // As PositionAt, in a state that was read with `reader`.
  absl::StatusOr<Position> PositionIn(const store::Reader& reader, const LogState& state,
                                      uint64_t index) const;

  store::Store& store_;
  std::mutex writing_;
};

absl::Status OutOfRange(const LogState& state, uint64_t index) {
  return absl::OutOfRangeError(absl::StrCat("the log holds entries ", state.base.index + 1, " to ",
                                            state.head.index, ", not ", index));
}

absl::StatusOr<LogState> EmbeddedLog::State(const store::Reader& reader) const {
  auto state = ReadLogState(reader);
  if (!state.ok()) return state.status();
  if (!state->has_value()) return Damaged("it is gone");
  return **state;
}

absl::StatusOr<LogState> EmbeddedLog::Fence(const Position& expected, uint64_t term) const {
  auto state = State(store_);
  if (!state.ok()) return state;
  if (state->term != term) {
    return absl::AbortedError(
        absl::StrCat("deposed: term ", term, " is over, the leader's is ", state->term));
  }
  if (state->head != expected) {
    return absl::AbortedError(
        absl::StrCat("deposed: the head is ", ToString(state->head), ", not ", ToString(expected)));
  }
  return state;
}

absl::StatusOr<Log::Head> EmbeddedLog::ReadHead() const {
  // A snapshot: head and term of one moment.
  const auto snapshot = store_.Snapshot();
  const auto state = State(*snapshot);
  if (!state.ok()) return state.status();
  return Head{state->head, state->term};
}

absl::StatusOr<uint64_t> EmbeddedLog::BeginTerm() {
  std::lock_guard lock(writing_);
  const auto state = State(store_);
  if (!state.ok()) return state.status();
  store::Batch batch;
  batch.Put(kLogTermKey, EncodeTerm(state->term + 1));
  if (auto status = store_.Write(batch, store::Store::Sync::kYes); !status.ok()) return status;
  return state->term + 1;
}

absl::Status EmbeddedLog::Append(const Position& expected, uint64_t term,
                                 std::span<const SealedEntry> entries, const store::Batch& effects) {
  std::lock_guard lock(writing_);
  if (const auto state = Fence(expected, term); !state.ok()) return state.status();
  if (entries.empty()) return absl::InvalidArgumentError("an append of no entries");
  store::Batch batch;
  Position head = expected;
  for (const SealedEntry& entry : entries) {
    const auto position = FollowingPosition(entry.bytes, head);
    if (!position.ok()) return absl::InvalidArgumentError(position.status().message());
    if (*position != entry.position)
      return absl::InvalidArgumentError("an entry's position is not that of its bytes");
    head = *position;
    batch.Put(LogEntryKey(head.index), entry.bytes);
  }
  batch.Put(kLogHeadKey, EncodePosition(head));
  batch.Append(effects);
  return store_.Write(batch, store::Store::Sync::kYes);
}

absl::StatusOr<std::vector<SealedEntry>> EmbeddedLog::Read(uint64_t after, size_t max_bytes) const {
  const auto snapshot = store_.Snapshot();
  const auto state = State(*snapshot);
  if (!state.ok()) return state.status();
  if (after < state->base.index || after > state->head.index) return OutOfRange(*state, after + 1);
  const auto before = PositionIn(*snapshot, *state, after);
  if (!before.ok()) return before.status();

  std::vector<SealedEntry> entries;
  size_t bytes = 0;
  EntryWalk walk(*snapshot, *before, state->head);
  while (!walk.AtEnd() && (entries.empty() || bytes + walk.NextSize() <= max_bytes)) {
    auto entry = walk.Next();
    if (!entry.ok()) return entry.status();
    bytes += entry->bytes.size();
    entries.push_back(*std::move(entry));
  }
  return entries;
}

absl::StatusOr<Position> EmbeddedLog::PositionIn(const store::Reader& reader, const LogState& state,
                                                 uint64_t index) const {
  if (index == state.base.index) return state.base;
  if (index == state.head.index) return state.head;
  if (index < state.base.index || index > state.head.index) return OutOfRange(state, index);
  const auto bytes = reader.Get(LogEntryKey(index));
  if (!bytes.ok()) return bytes.status();
  if (!bytes->has_value()) return Damaged(absl::StrCat("entry ", index, " is missing"));
  return Position{state.head.epoch, index, ChainOf(**bytes)};
}

absl::StatusOr<Position> EmbeddedLog::PositionAt(uint64_t index) const {
  const auto snapshot = store_.Snapshot();
  const auto state = State(*snapshot);
  if (!state.ok()) return state.status();
  return PositionIn(*snapshot, *state, index);
}

absl::StatusOr<uint64_t> EmbeddedLog::FirstIndex() const {
  const auto snapshot = store_.Snapshot();
  const auto state = State(*snapshot);
  if (!state.ok()) return state.status();
  return state->base.index + 1;
}

absl::Status EmbeddedLog::Trim(const Position& expected, uint64_t term, uint64_t upto) {
  std::lock_guard lock(writing_);
  const auto state = Fence(expected, term);
  if (!state.ok()) return state.status();
  if (upto <= state->base.index) return absl::OkStatus();
  if (upto > state->head.index)
    return absl::InvalidArgumentError(absl::StrCat("trim beyond the head: ", upto));
  const auto base = PositionIn(store_, *state, upto);
  if (!base.ok()) return base.status();
  store::Batch batch;
  batch.DeleteRange(LogEntryKey(state->base.index + 1), LogEntryKey(upto + 1));
  batch.Put(kLogBaseKey, EncodePosition(*base));
  // A trim that a crash undoes does no harm.
  return store_.Write(batch, store::Store::Sync::kNo);
}

absl::Status MakeEmptyLog(store::Store& store, uint64_t epoch) {
  const std::string start = EncodePosition({epoch, 0, {}});
  store::Batch batch;
  batch.Put(kLogHeadKey, start);
  batch.Put(kLogBaseKey, start);
  batch.Put(kLogTermKey, EncodeTerm(0));
  return store.Write(batch, store::Store::Sync::kYes);
}

// First and last entry are where base and head say, and nothing lies outside. Those between are checked when
// they are read.
absl::Status CheckEnds(const store::Store& store, const LogState& state) {
  const auto outside = {std::make_pair(LogEntryKey(0), LogEntryKey(state.base.index + 1)),
                        std::make_pair(LogEntryKey(state.head.index + 1), store::PrefixEnd("l"))};
  for (const auto& [begin, end] : outside) {
    const auto stray = store.Scan(begin, end);
    if (!stray->status().ok()) return stray->status();
    if (stray->Valid()) return Damaged("it holds an entry before its begin or behind its head");
  }
  if (state.base.index == state.head.index) {
    return state.base == state.head ? absl::OkStatus()
                                    : Damaged("it is empty, but its head is not where it begins");
  }
  EntryWalk first(store, state.base, state.head);
  if (const auto entry = first.Next(); !entry.ok()) return entry.status();
  const auto last = store.Get(LogEntryKey(state.head.index));
  if (!last.ok()) return last.status();
  if (!last->has_value() || ChainOf(**last) != state.head.chain)
    return Damaged("its last entry is not its head");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Log>> OpenEmbeddedLog(store::Store& store, uint64_t new_epoch) {
  const auto state = ReadLogState(store);
  if (!state.ok()) return state.status();
  const absl::Status status = state->has_value() ? CheckEnds(store, **state) : MakeEmptyLog(store, new_epoch);
  if (!status.ok()) return status;
  return std::make_unique<EmbeddedLog>(store);
}

}  // namespace quartet::replication
