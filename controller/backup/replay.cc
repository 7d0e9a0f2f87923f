#include "controller/backup/replay.h"

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "quartet/stored/v1/entry.pb.h"
#include "replication/digest/digest.h"
#include "replication/feed/secrets.h"
#include "replication/log/embedded_log.h"
#include "replication/log/log.h"
#include "replication/log/log_state.h"
#include "replication/replica/apply.h"

namespace quartet::controller {
namespace {

using replication::SealedEntry;

constexpr size_t kGroupEntries = 512;
constexpr size_t kGroupBytes = 1 << 20;

// 0: it has no record sets.
uint32_t KeyIdOf(const stored::v1::Entry& entry) {
  for (const stored::v1::Effect& effect : entry.effects()) {
    if (effect.has_zone()) return effect.zone().row().digest_key_id();
    if (effect.has_flip()) return effect.flip().row().digest_key_id();
    if (effect.has_stage()) return effect.stage().digest_key_id();
  }
  return 0;
}

class Replay {
 public:
  Replay(store::Store& replica, replication::Log& log, const replication::Log::Head& head)
      : replica_(replica), log_(log), term_(head.term), head_(head.position) {}

  const replication::Position& head() const { return head_; }

  // One of those that the log holds: the same as there.
  absl::Status PassOver(const SealedEntry& entry) const {
    const absl::StatusOr<replication::Position> there = log_.PositionAt(entry.position.index);
    // Trimmed before the checkpoint was made: what follows shows whether it is the same log.
    if (absl::IsOutOfRange(there.status())) return absl::OkStatus();
    if (!there.ok()) return there.status();
    if (*there == entry.position) return absl::OkStatus();
    return absl::DataLossError(
        absl::StrCat("entry ", entry.position.index, " of the backup is another than its checkpoint has"));
  }

  absl::Status Add(SealedEntry entry) {
    const absl::StatusOr<stored::v1::Entry> opened = replication::OpenEntry(entry.bytes);
    if (!opened.ok()) return opened.status();
    store::Overlay overlay(replica_, effects_);
    const absl::StatusOr<replication::Hasher*> hasher = HasherOf(*opened, overlay);
    if (!hasher.ok()) return hasher.status();
    absl::Status applied = replication::ApplyEntry(overlay, *opened, entry.position, **hasher);
    if (!applied.ok()) {
      return absl::DataLossError(
          absl::StrCat("entry ", entry.position.index,
                       " of the backup can't be applied to its checkpoint: ", applied.message()));
    }
    bytes_ += entry.bytes.size();
    group_.push_back(std::move(entry));
    return group_.size() < kGroupEntries && bytes_ < kGroupBytes ? absl::OkStatus() : Append();
  }

  absl::Status Append() {
    if (group_.empty()) return absl::OkStatus();
    if (absl::Status status = log_.Append(head_, term_, group_, effects_); !status.ok()) return status;
    head_ = group_.back().position;
    group_.clear();
    effects_.Clear();
    bytes_ = 0;
    return absl::OkStatus();
  }

 private:
  // With the key that the entry's digests were made with; an earlier entry may have brought it.
  absl::StatusOr<replication::Hasher*> HasherOf(const stored::v1::Entry& entry, const store::Reader& reader) {
    const uint32_t id = KeyIdOf(entry);
    std::unique_ptr<replication::Hasher>& hasher = hashers_[id];
    if (hasher != nullptr) return hasher.get();
    // An entry without record sets needs none.
    if (id == 0) {
      hasher = std::make_unique<replication::Hasher>(std::string(replication::Hasher::kKeyBytes, '\0'));
      return hasher.get();
    }
    const absl::StatusOr<replication::DigestKeys> keys = replication::ReadDigestKeys(reader);
    if (!keys.ok()) return keys.status();
    const auto key = keys->find(id);
    if (key == keys->end()) {
      return absl::DataLossError(absl::StrCat("entry ", entry.header().index(),
                                              " of the backup needs digest key ", id,
                                              ", which its checkpoint has not"));
    }
    hasher = std::make_unique<replication::Hasher>(key->second);
    return hasher.get();
  }

  store::Store& replica_;
  replication::Log& log_;
  const uint64_t term_;
  replication::Position head_;
  std::map<uint32_t, std::unique_ptr<replication::Hasher>> hashers_;
  // Not appended yet.
  std::vector<SealedEntry> group_;
  store::Batch effects_;
  size_t bytes_ = 0;
};

}  // namespace

absl::StatusOr<Replayed> ReplayEntries(store::Store& replica, EntriesReader& entries) {
  const absl::StatusOr<std::optional<replication::LogState>> state = replication::ReadLogState(replica);
  if (!state.ok()) return state.status();
  if (!state->has_value()) return absl::DataLossError("the backup's checkpoint holds no log");
  absl::StatusOr<std::unique_ptr<replication::Log>> log = replication::OpenEmbeddedLog(replica, 0);
  if (!log.ok()) return log.status();
  const replication::Position first = entries.last();
  const replication::Position& begin = (*state)->head;
  if (begin.epoch != first.epoch || begin.index < first.index ||
      (begin.index == first.index && begin != first)) {
    return absl::DataLossError(absl::StrCat("the backup's checkpoint is at ", ToString(begin),
                                            ", which its entries don't go on from: they follow ",
                                            ToString(first)));
  }
  Replay replay(replica, **log, {begin, (*state)->term});
  Replayed replayed;
  for (;;) {
    absl::StatusOr<std::optional<SealedEntry>> entry = entries.Next();
    if (!entry.ok()) return entry.status();
    if (!entry->has_value()) break;
    const bool there = (*entry)->position.index <= begin.index;
    absl::Status status = there ? replay.PassOver(**entry) : replay.Add(**std::move(entry));
    if (!status.ok()) return status;
    replayed.entries += there ? 0 : 1;
  }
  if (absl::Status status = replay.Append(); !status.ok()) return status;
  replayed.head = replay.head();
  return replayed;
}

}  // namespace quartet::controller
