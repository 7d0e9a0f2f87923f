#include "controller/sequencer/sequencer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/sequencer/first_entry.h"
#include "dns/base/check.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/base/log.h"
#include "replication/entry/entry.h"
#include "replication/replica/apply.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"
#include "replication/restore/restore_row.h"

namespace quartet::controller {
namespace {

constexpr int64_t kRequestLifeUs = int64_t{3600} * 1'000'000;

std::string ZoneIdOf(const stored::v1::Entry& entry) {
  const stored::v1::ZoneRow* zone = replication::ZoneRowOf(entry);
  return zone == nullptr ? "" : zone->id();
}

}  // namespace

// Entries sealed one behind the other, and what they make of the replica.
struct Sequencer::Group {
  explicit Group(const store::Reader& replica) : overlay(replica, effects) {}

  store::Batch effects;
  store::Overlay overlay;
  std::vector<replication::SealedEntry> sealed;
  std::vector<Committed> entries;
  size_t bytes = 0;
  // One of them may hold another digest key: what is planned behind it has to know it.
  bool new_secret = false;
};

namespace {

bool HasSecret(const stored::v1::Entry& entry) {
  return std::any_of(entry.effects().begin(), entry.effects().end(), [](const stored::v1::Effect& effect) {
    return effect.object().kind() == stored::v1::OBJECT_KIND_SECRET;
  });
}

}  // namespace

Sequencer::Sequencer(replication::Log& log, store::Store& replica, replication::Clock& clock,
                     replication::Random& random, Options options)
    : log_(log),
      replica_(replica),
      cache_(replica, options.cache_bytes),
      clock_(clock),
      random_(random),
      options_(std::move(options)) {}

Sequencer::~Sequencer() = default;

absl::StatusOr<std::unique_ptr<Sequencer>> Sequencer::Open(replication::Log& log, store::Store& replica,
                                                           replication::Clock& clock,
                                                           replication::Random& random,
                                                           const Options& options) {
  std::unique_ptr<Sequencer> sequencer(new Sequencer(log, replica, clock, random, options));
  if (absl::Status status = sequencer->ReadWhereItEnded(); !status.ok()) return status;
  if (absl::Status status = sequencer->EnsureReady(); !status.ok()) {
    if (absl::IsDataLoss(status)) return status;
    LogWarning("no changes are taken: {}", sequencer->read_only_reason());
  }
  return sequencer;
}

absl::Status Sequencer::ReadWhereItEnded() {
  absl::StatusOr<replication::Log::Head> head = log_.ReadHead();
  if (!head.ok()) return head.status();
  head_ = head->position;
  if (head_.index == 0) return absl::OkStatus();
  absl::StatusOr<std::vector<replication::SealedEntry>> last = log_.Read(head_.index - 1, 1);
  if (absl::IsOutOfRange(last.status())) return absl::OkStatus();
  if (!last.ok()) return last.status();
  if (last->empty()) return absl::DataLossError(absl::StrCat("the log has no entry ", head_.index));
  absl::StatusOr<stored::v1::EntryHeader> header = replication::OpenHeader(last->front().bytes);
  if (!header.ok()) return header.status();
  last_time_us_ = header->time_us();
  return absl::OkStatus();
}

absl::Status Sequencer::EnsureReady() {
  if (deposed_) return absl::UnavailableError(read_only_reason_);
  if (unknown_ != nullptr) {
    if (absl::Status status = SettleUnknown(); !status.ok()) return status;
  }
  if (leading_) return absl::OkStatus();
  if (absl::Status status = CheckConfirmed(); !status.ok()) return ReadOnly(status);
  return BeginTerm();
}

absl::Status Sequencer::CheckConfirmed() {
  if (confirmed_) return absl::OkStatus();
  const absl::StatusOr<std::optional<stored::v1::RestoreRow>> restore = replication::ReadRestore(replica_);
  if (!restore.ok()) return restore.status();
  if (replication::IsUnconfirmed(*restore)) return replication::UnconfirmedError(**restore);
  if (restore->has_value()) last_time_us_ = std::max(last_time_us_, (*restore)->last_time_us());
  confirmed_ = true;
  return absl::OkStatus();
}

absl::Status Sequencer::BeginTerm() {
  absl::StatusOr<uint64_t> term = log_.BeginTerm();
  if (!term.ok()) return ReadOnly(term.status());
  term_ = *term;
  absl::StatusOr<stored::v1::Entry> entry = FirstOfTerm();
  if (!entry.ok()) return ReadOnly(entry.status());
  // Another one may have led meanwhile.
  Forget();
  auto group = std::make_unique<Group>(cache_);
  // It holds no record sets: any key will do until the one in force is read.
  hasher_ = std::make_unique<replication::Hasher>(std::string(replication::Hasher::kKeyBytes, '\0'));
  absl::StatusOr<replication::Position> position = Place(*group, *std::move(entry));
  if (!position.ok()) return ReadOnly(position.status());
  return Append(std::move(group));
}

void Sequencer::Forget() {
  cache_.Forget();
  roster_cache_.Forget();
}

absl::StatusOr<stored::v1::Entry> Sequencer::FirstOfTerm() const {
  absl::StatusOr<replication::DigestKeyInForce> key = replication::ReadDigestKey(replica_);
  if (key.ok()) {
    // Whoever was filling them is gone.
    absl::StatusOr<std::vector<stored::v1::StageRow>> stages = replication::FullView(replica_).Stages();
    if (!stages.ok()) return stages.status();
    return TermEntry(options_.controller, *stages);
  }
  if (!absl::IsNotFound(key.status())) return key.status();
  if (head_.index != 0) return absl::DataLossError("the log has entries, but the replica has no digest key");
  return FoundingEntry(options_.controller, random_);
}

absl::Status Sequencer::ReadKey() {
  absl::StatusOr<replication::DigestKeyInForce> key = replication::ReadDigestKey(replica_);
  if (!key.ok()) return key.status();
  hasher_ = std::make_unique<replication::Hasher>(key->key);
  digest_key_id_ = key->id;
  return absl::OkStatus();
}

void Sequencer::Add(const Proposal& proposal, Done done) {
  if (proposal.read_anew) Forget();
  if (absl::Status status = EnsureReady(); !status.ok()) {
    settled_.push_back({std::move(done), std::move(status)});
    return;
  }
  if (group_ == nullptr) group_ = std::make_unique<Group>(cache_);
  absl::StatusOr<Outcome> outcome = Judge(proposal);
  settled_.push_back({std::move(done), std::move(outcome)});
}

bool Sequencer::full() const {
  return group_ != nullptr && (group_->sealed.size() >= options_.group_entries ||
                               group_->bytes >= options_.group_bytes || group_->new_secret);
}

absl::StatusOr<std::optional<Outcome>> Sequencer::FindDuplicate(const Proposal& proposal) const {
  if (proposal.request_id.empty()) return std::optional<Outcome>();
  const replication::FullView view(group_->overlay);
  absl::StatusOr<std::optional<stored::v1::RequestRow>> request =
      view.Request(proposal.account, proposal.principal, proposal.request_id);
  if (!request.ok()) return request.status();
  if (!request->has_value() || (*request)->time_us() <= NextTime() - kRequestLifeUs) {
    return std::optional<Outcome>();
  }
  if ((*request)->request_hash() != proposal.request_hash) {
    return absl::AlreadyExistsError(absl::StrCat("request id ", proposal.request_id,
                                                 " was used for another request within the last hour"));
  }
  Outcome outcome{head_, (*request)->change_id(), (*request)->zone_id(), true, false};
  absl::StatusOr<std::optional<stored::v1::ChangeRow>> change = view.Change(outcome.change_id);
  if (!change.ok()) return change.status();
  if (change->has_value()) outcome.position = {(*change)->epoch(), (*change)->index(), {}};
  return std::optional<Outcome>(std::move(outcome));
}

absl::StatusOr<Outcome> Sequencer::Judge(const Proposal& proposal) {
  absl::StatusOr<std::optional<Outcome>> duplicate = FindDuplicate(proposal);
  if (!duplicate.ok()) return duplicate.status();
  if (duplicate->has_value()) return **std::move(duplicate);

  const PlanContext context{group_->overlay, NextTime(), random_, *hasher_, digest_key_id_, roster_cache_};
  absl::StatusOr<Plan> plan = proposal.plan(context);
  if (!plan.ok()) return plan.status();
  stored::v1::Entry& entry = plan->entry;
  if (entry.effects().empty()) return Outcome{head_, "", "", false, false};

  stored::v1::EntryHeader& header = *entry.mutable_header();
  header.set_account(proposal.account);
  header.set_principal(proposal.principal);
  header.set_request_id(proposal.request_id);
  header.set_request_hash(proposal.request_hash);
  Outcome outcome{{}, header.change_id(), ZoneIdOf(entry), false, true};
  absl::StatusOr<replication::Position> position = Place(*group_, std::move(entry));
  if (!position.ok()) return position.status();
  outcome.position = *position;
  const stored::v1::Entry& placed = group_->entries.back().entry;
  const stored::v1::ZoneRow* zone = replication::ZoneRowOf(placed);
  if (zone != nullptr && !outcome.change_id.empty()) {
    outcome.change = {replication::ChangeRowOf(placed.header(), *zone, *position), *zone};
  }
  return outcome;
}

int64_t Sequencer::NextTime() const { return std::max(clock_.WallMicros(), last_time_us_); }

absl::StatusOr<replication::Position> Sequencer::Place(Group& group, stored::v1::Entry entry) {
  entry.mutable_header()->set_term(term_);
  entry.mutable_header()->set_time_us(NextTime());
  absl::StatusOr<replication::SealedEntry> sealed =
      replication::Seal(entry, group.sealed.empty() ? head_ : group.sealed.back().position);
  if (!sealed.ok()) return sealed.status();

  // Applied aside first, so that one that fails leaves no trace in the group.
  store::Batch effects;
  store::Overlay aside(group.overlay, effects);
  if (absl::Status status = replication::ApplyEntry(aside, entry, sealed->position, *hasher_); !status.ok()) {
    LogError("an entry can't be applied and is not appended: {}", status.ToString());
    return absl::Status(absl::StatusCode::kInternal, status.message());
  }
  for (const store::Batch::Operation& operation : effects.operations()) {
    switch (operation.kind) {
      case store::Batch::Operation::Kind::kPut:
        group.overlay.Put(operation.key, operation.value);
        break;
      case store::Batch::Operation::Kind::kDelete:
        group.overlay.Delete(operation.key);
        break;
      case store::Batch::Operation::Kind::kDeleteRange:
        group.overlay.DeleteRange(operation.key, operation.value);
        break;
    }
  }
  last_time_us_ = entry.header().time_us();
  group.bytes += sealed->bytes.size();
  group.new_secret = group.new_secret || HasSecret(entry);
  if (ChangesRoster(entry)) roster_cache_.Forget();
  group.entries.push_back({sealed->position, std::move(entry), sealed->bytes.size()});
  group.sealed.push_back(*std::move(sealed));
  return group.sealed.back().position;
}

Sequencer::Flushed Sequencer::Flush() {
  if (group_ != nullptr && !group_->sealed.empty()) {
    if (absl::Status status = Append(std::move(group_)); !status.ok()) {
      roster_cache_.Forget();
      for (Settled& settled : settled_) settled.result = status;
    }
  }
  group_.reset();
  return {std::exchange(committed_, {}), std::exchange(settled_, {})};
}

absl::Status Sequencer::Append(std::unique_ptr<Group> group) {
  const absl::Status status = log_.Append(head_, term_, group->sealed, group->effects);
  if (status.ok()) {
    Commit(*group);
    return absl::OkStatus();
  }
  if (absl::IsAborted(status)) return Depose(status.message());
  // Entries that don't follow one another were sealed wrongly here.
  QUARTET_CHECK(!absl::IsInvalidArgument(status));
  const replication::Position last = group->sealed.back().position;
  unknown_ = std::move(group);
  absl::Status settled = SettleUnknown();
  if (!settled.ok()) return settled;
  return head_ == last ? absl::OkStatus() : ReadOnly(status);
}

absl::Status Sequencer::SettleUnknown() {
  absl::StatusOr<replication::Log::Head> head = log_.ReadHead();
  if (!head.ok()) {
    return ReadOnly(absl::UnavailableError(absl::StrCat(
        "it is unknown whether the last changes were written (send them again with the same request id): ",
        head.status().message())));
  }
  const std::unique_ptr<Group> group = std::exchange(unknown_, nullptr);
  const bool written = head->position == group->sealed.back().position;
  if (written) Commit(*group);
  if (head->position != head_ || head->term != term_) return Depose("another controller has appended");
  return absl::OkStatus();
}

void Sequencer::Commit(Group& group) {
  cache_.Written(group.effects);
  head_ = group.sealed.back().position;
  if (!leading_ || group.new_secret) {
    // Readable a moment after it was written; if not, the disk is broken and nothing can be planned.
    if (absl::Status status = ReadKey(); !status.ok()) {
      ReadOnly(status).IgnoreError();
      leading_ = false;
    } else if (!leading_) {
      leading_ = true;
      LogInfo("leading in term {} from {}", term_, ToString(head_));
    }
  }
  if (leading_ && !read_only_reason_.empty()) {
    LogInfo("changes are taken again");
    read_only_reason_.clear();
  }
  for (Committed& entry : group.entries) committed_.push_back(std::move(entry));
}

absl::Status Sequencer::Depose(absl::string_view why) {
  deposed_ = true;
  leading_ = false;
  read_only_reason_ = absl::StrCat("another controller leads: ", why);
  LogWarning("no changes are taken any more: {}", read_only_reason_);
  return absl::UnavailableError(read_only_reason_);
}

absl::Status Sequencer::ReadOnly(const absl::Status& cause) {
  if (read_only_reason_ != cause.message())
    LogWarning("no changes are taken: {}", std::string(cause.message()));
  read_only_reason_ = std::string(cause.message());
  const bool full = absl::IsResourceExhausted(cause);
  return absl::Status(full ? absl::StatusCode::kResourceExhausted : cause.code(),
                      absl::StrCat("the controller takes no changes at present: ", cause.message()));
}

absl::Status Sequencer::Trim(uint64_t upto) {
  if (!leading_ || unknown_ != nullptr) return absl::UnavailableError(read_only_reason_);
  const absl::Status status = log_.Trim(head_, term_, upto);
  return absl::IsAborted(status) ? Depose(status.message()) : status;
}

void Sequencer::Probe() {
  if (deposed_ || read_only_reason_.empty()) return;
  if (!EnsureReady().ok()) return;
  store::Batch batch;
  batch.Put(replication::layout::Meta("probe"), "");
  if (replica_.Write(batch, store::Store::Sync::kYes).ok() && !read_only_reason_.empty()) {
    LogInfo("changes are taken again");
    read_only_reason_.clear();
  }
}

bool ChangesRoster(const stored::v1::Entry& entry) {
  return std::any_of(entry.effects().begin(), entry.effects().end(), [](const stored::v1::Effect& effect) {
    switch (effect.object().kind()) {
      case stored::v1::OBJECT_KIND_STRIPE:
      case stored::v1::OBJECT_KIND_NAMESERVER:
      case stored::v1::OBJECT_KIND_NODE:
        return true;
      default:
        return false;
    }
  });
}

}  // namespace quartet::controller
