#include "replication/feed/session.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "replication/feed/entry_filter.h"
#include "replication/feed/secrets.h"
#include "replication/feed/stream_rules.h"
#include "replication/replica/layout.h"
#include "replication/replica/node_meta.h"

namespace quartet::replication {
namespace {

constexpr int64_t kMaxCredit = 256 << 20;
constexpr size_t kMaxFetches = 256;
constexpr int kMaxExceptions = 65536;
constexpr size_t kMaxHealthBytes = 64 << 10;
constexpr size_t kMaxAllowed = 256;
// Bytes of log scanned, and of zones read, for one session in one round: it holds the lock that commits wait
// for.
constexpr size_t kSpanWork = 1 << 20;
constexpr size_t kSnapshotWork = 256 << 10;

absl::Status Grant(int64_t& credit, uint64_t bytes) {
  if (bytes > static_cast<uint64_t>(kMaxCredit) || credit > kMaxCredit - static_cast<int64_t>(bytes)) {
    return absl::InvalidArgumentError(absl::StrCat("more credit than ", kMaxCredit, " bytes"));
  }
  credit += static_cast<int64_t>(bytes);
  return absl::OkStatus();
}

}  // namespace

absl::Status Session::Hello(const v1::Hello& hello) {
  if (phase_ != Phase::kHello) return absl::InvalidArgumentError("a second Hello on one stream");
  if (hello.incarnation().size() != NodeMeta::kIncarnationBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("an incarnation has ", NodeMeta::kIncarnationBytes, " bytes"));
  }
  if (hello.has_cursor()) {
    if (absl::StatusOr<Position> cursor = ReadPosition(hello.cursor()); !cursor.ok()) return cursor.status();
  }
  if (absl::Status status = Grant(span_credit_, hello.span_credit()); !status.ok()) return status;
  if (absl::Status status = Grant(snapshot_credit_, hello.snapshot_credit()); !status.ok()) return status;
  hello_ = hello;
  phase_ = Phase::kWelcome;
  return absl::OkStatus();
}

absl::Status Session::CheckAcknowledgement(const v1::Acknowledgement& acknowledgement) const {
  if (phase_ != Phase::kSpans)
    return absl::InvalidArgumentError("an acknowledgement before the replica is settled");
  if (acknowledgement.incarnation() != hello_.incarnation()) {
    return absl::InvalidArgumentError("an acknowledgement of another incarnation");
  }
  if (acknowledgement.epoch() != start_.epoch || acknowledgement.index() < start_.index ||
      acknowledgement.index() > sent_.index) {
    return absl::InvalidArgumentError(absl::StrCat("an acknowledgement of ", acknowledgement.index(),
                                                   ", sent was ", start_.index, " to ", sent_.index));
  }
  if (acknowledgement.exceptions_size() > kMaxExceptions)
    return absl::InvalidArgumentError("too many exceptions");
  return absl::OkStatus();
}

absl::Status Session::FetchZones(const v1::FetchZones& fetch) {
  if (phase_ != Phase::kSpans) return absl::InvalidArgumentError("a fetch before the replica is settled");
  for (const std::string& zone_id : fetch.zone_ids()) {
    if (zone_id.size() != layout::kZoneIdBytes) return absl::InvalidArgumentError("a fetch of no zone");
    if (fetches_.size() >= kMaxFetches) return absl::ResourceExhaustedError("too many fetches at once");
    const size_t in_transfer = sender_.has_value() ? 1 : 0;
    if (std::find(fetches_.begin() + in_transfer, fetches_.end(), zone_id) == fetches_.end())
      fetches_.push_back(zone_id);
  }
  return absl::OkStatus();
}

absl::Status Session::AddCredit(const v1::Credit& credit) {
  if (phase_ == Phase::kHello) return absl::InvalidArgumentError("credit before Hello");
  if (absl::Status status = Grant(span_credit_, credit.span_bytes()); !status.ok()) return status;
  return Grant(snapshot_credit_, credit.snapshot_bytes());
}

absl::Status Session::CheckHealth(const v1::Health& health) const {
  if (phase_ == Phase::kHello) return absl::InvalidArgumentError("a message before Hello");
  if (health.ByteSizeLong() > kMaxHealthBytes)
    return absl::InvalidArgumentError(
        absl::StrCat("a health message of more than ", kMaxHealthBytes, " bytes"));
  return absl::OkStatus();
}

absl::Status Session::AllowRepair(const std::string& zone_id) {
  if (!settled()) return absl::FailedPreconditionError("the node takes nothing at present");
  if (allowed_repairs_.size() >= kMaxAllowed)
    return absl::ResourceExhaustedError("too many repairs are being allowed at once");
  allowed_repairs_.push_back(zone_id);
  return absl::OkStatus();
}

void Session::SendQuestions(Messages& messages) {
  if (std::optional<v1::Inquiry> inquiry = questions_.Next(); inquiry.has_value())
    *messages.emplace_back().mutable_inquiry() = *std::move(inquiry);
  for (std::string& zone_id : allowed_repairs_)
    messages.emplace_back().mutable_allow_repair()->set_zone_id(std::move(zone_id));
  allowed_repairs_.clear();
}

absl::Status Session::Send(FeedSource& source, Messages& messages, bool& more) {
  if (!source.committed.has_value() || phase_ == Phase::kHello) return absl::OkStatus();
  if (phase_ == Phase::kWelcome) {
    if (absl::Status status = Welcome(source, messages); !status.ok()) return status;
  }
  SendQuestions(messages);
  if (phase_ == Phase::kUnsettled) return absl::OkStatus();
  if (drain_ == Drained::kWanted) {
    messages.emplace_back().mutable_drain();
    drain_ = Drained::kSent;
  }
  if (phase_ == Phase::kInventory) {
    if (absl::Status status = SendInventory(source, messages, more); !status.ok()) return status;
  }
  if (phase_ != Phase::kSpans) return absl::OkStatus();
  if (absl::Status status = SendSpans(source, messages, more); !status.ok()) return status;
  return SendSnapshots(source, messages, more);
}

absl::StatusOr<bool> Session::CanResume(const FeedSource& source) const {
  if (!hello_.has_cursor()) return false;
  absl::StatusOr<Position> cursor = ReadPosition(hello_.cursor());
  if (!cursor.ok()) return cursor.status();
  const Position& head = *source.committed;
  if (cursor->epoch > head.epoch) {
    return absl::FailedPreconditionError(
        absl::StrCat("the node is of epoch ", cursor->epoch, ", later than this controller's ", head.epoch));
  }
  if (cursor->epoch < head.epoch) return false;
  if (cursor->index > head.index) {
    return absl::UnavailableError(
        absl::StrCat("the node is at ", cursor->index, ", ahead of this controller at ", head.index));
  }
  absl::StatusOr<Position> here = source.log.PositionAt(cursor->index);
  absl::StatusOr<uint64_t> first = source.log.FirstIndex();
  if (!first.ok()) return first.status();
  if (!here.ok() && !absl::IsOutOfRange(here.status())) return here.status();
  return here.ok() && *here == *cursor && *first <= cursor->index + 1;
}

absl::Status Session::Welcome(FeedSource& source, Messages& messages) {
  if (source.unsettled) {
    v1::Welcome* unsettled = messages.emplace_back().mutable_welcome();
    unsettled->set_epoch(source.committed->epoch);
    unsettled->set_unsettled(true);
    phase_ = Phase::kUnsettled;
    return absl::OkStatus();
  }
  absl::StatusOr<bool> resumed = CanResume(source);
  if (!resumed.ok()) return resumed.status();
  absl::StatusOr<DigestKeys> keys = ReadDigestKeys(source.replica);
  if (!keys.ok()) return keys.status();
  v1::Welcome* welcome = messages.emplace_back().mutable_welcome();
  welcome->set_epoch(source.committed->epoch);
  welcome->set_resumed(*resumed);
  for (const auto& [id, key] : *keys) {
    v1::DigestKey* digest_key = welcome->add_digest_keys();
    digest_key->set_id(id);
    digest_key->set_key(key);
    digest_keys_.insert(id);
  }
  if (*resumed) {
    start_ = *ReadPosition(hello_.cursor());
    sent_ = scanned_ = start_;
    phase_ = Phase::kSpans;
    // The first span is due at once: it tells the node that it is up to date.
    last_span_us_ = source.clock.MonotonicMicros() - source.options.heartbeat_us;
    return absl::OkStatus();
  }
  absl::StatusOr<InventorySender> inventory = InventorySender::Create(source.replica, nameserver_);
  if (!inventory.ok()) return inventory.status();
  inventory_ = *std::move(inventory);
  phase_ = Phase::kInventory;
  return absl::OkStatus();
}

absl::Status Session::SendInventory(FeedSource& source, Messages& messages, bool& more) {
  for (size_t sent = 0; span_credit_ > 0;) {
    if (sent >= kSpanWork) {
      more = true;
      return absl::OkStatus();
    }
    absl::StatusOr<v1::InventoryPart> part = inventory_->Next(source.options.part_bytes);
    if (!part.ok()) return part.status();
    const size_t bytes = part->ByteSizeLong();
    const bool last = part->last();
    sent += bytes;
    span_credit_ -= static_cast<int64_t>(bytes);
    *messages.emplace_back().mutable_inventory_part() = *std::move(part);
    if (!last) continue;
    start_ = sent_ = scanned_ = inventory_->as_of();
    inventory_.reset();
    phase_ = Phase::kSpans;
    last_span_us_ = source.clock.MonotonicMicros();
    return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::Status Session::SendSpans(FeedSource& source, Messages& messages, bool& more) {
  size_t work = kSpanWork;
  while (span_credit_ > 0 && scanned_.index < source.committed->index) {
    if (work == 0) {
      more = true;
      break;
    }
    v1::Span span;
    if (absl::Status status = FillSpan(source, span, work); !status.ok()) return status;
    if (span.entries_size() > 0) EmitSpan(source, std::move(span), messages);
  }
  if (span_credit_ <= 0) return absl::OkStatus();
  // Spans without entries are put together, and wait for the next one with some unless the node is waiting.
  const bool flush = sent_.index < flush_index_ && scanned_.index >= flush_index_;
  const bool heartbeat = source.clock.MonotonicMicros() - last_span_us_ >= source.options.heartbeat_us;
  if (flush || heartbeat) EmitSpan(source, v1::Span(), messages);
  return absl::OkStatus();
}

absl::Status Session::FillSpan(FeedSource& source, v1::Span& span, size_t& work) {
  size_t bytes = 0;
  while (scanned_.index < source.committed->index && bytes < source.options.span_bytes && work > 0) {
    absl::StatusOr<const LogWindow::Decoded*> decoded = source.window.At(scanned_.index + 1);
    if (absl::IsOutOfRange(decoded.status())) {
      return absl::UnavailableError("the log was trimmed beyond this stream; subscribe anew");
    }
    if (!decoded.ok()) return decoded.status();
    if (absl::Status status = CheckSecrets((*decoded)->entry); !status.ok()) return status;
    for (v1::NodeEntry& entry : FilterEntry((*decoded)->entry, nameserver_)) {
      bytes += entry.ByteSizeLong();
      *span.add_entries() = std::move(entry);
    }
    scanned_ = (*decoded)->position;
    work -= std::min(work, (*decoded)->bytes);
  }
  return absl::OkStatus();
}

// A digest key is told in the Welcome: one made since then needs another Welcome.
absl::Status Session::CheckSecrets(const stored::v1::Entry& entry) const {
  for (const stored::v1::Effect& effect : entry.effects()) {
    uint32_t id = 0;
    if (!effect.has_object() || effect.object().kind() != stored::v1::OBJECT_KIND_SECRET) continue;
    if (!IsDigestKeyId(effect.object().id(), id) || digest_keys_.count(id) != 0) continue;
    return absl::UnavailableError("there is a new digest key; subscribe anew");
  }
  return absl::OkStatus();
}

void Session::EmitSpan(FeedSource& source, v1::Span span, Messages& messages) {
  WritePosition(sent_, *span.mutable_after());
  WritePosition(scanned_, *span.mutable_upto());
  span.set_time_us(source.clock.WallMicros());
  span_credit_ -= static_cast<int64_t>(span.ByteSizeLong());
  sent_ = scanned_;
  last_span_us_ = source.clock.MonotonicMicros();
  *messages.emplace_back().mutable_span() = std::move(span);
}

absl::Status Session::SendSnapshots(FeedSource& source, Messages& messages, bool& more) {
  size_t work = kSnapshotWork;
  while (!fetches_.empty() && snapshot_credit_ > 0) {
    if (work == 0) {
      more = true;
      return absl::OkStatus();
    }
    if (!sender_.has_value()) {
      absl::StatusOr<ZoneSender> sender = ZoneSender::Create(source.replica, nameserver_, fetches_.front());
      if (!sender.ok()) return sender.status();
      sender_ = *std::move(sender);
      work -= std::min(work, source.options.part_bytes / 16);
    }
    const bool verified = sender_->Verify(work);
    work -= std::min(work, source.options.part_bytes / 4);
    if (!verified) {
      work = 0;
      continue;
    }
    v1::SnapshotPart part = sender_->Next(source.options.part_bytes);
    const size_t bytes = part.ByteSizeLong();
    const bool last = part.last();
    work -= std::min(work, bytes);
    snapshot_credit_ -= static_cast<int64_t>(bytes);
    *messages.emplace_back().mutable_snapshot_part() = std::move(part);
    if (!last) continue;
    flush_index_ = std::max(flush_index_, sender_->as_of().index);
    if (flush_index_ > sent_.index) more = true;
    sender_.reset();
    fetches_.pop_front();
  }
  return absl::OkStatus();
}

}  // namespace quartet::replication
