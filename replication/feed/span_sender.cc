#include "replication/feed/span_sender.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "replication/feed/entry_filter.h"
#include "replication/feed/secrets.h"
#include "replication/feed/stream_rules.h"

namespace quartet::replication {
namespace {

// Bytes of log scanned, or of an inventory made, in one turn.
constexpr size_t kTurnWork = 1 << 20;

}  // namespace

absl::Status SpanSender::Turn(const FeedSource& source, LogWindow& window, const Position& head,
                              bool unsettled, std::vector<Outgoing>& messages) {
  if (phase_ == Phase::kWelcome) return Welcome(source, head, unsettled, messages);
  if (phase_ == Phase::kInventory) return SendInventory(source, messages);
  if (phase_ == Phase::kSpans) return SendSpans(source, window, head, messages);
  return absl::OkStatus();
}

absl::StatusOr<std::string> SpanSender::WhyNotResumed(const FeedSource& source, const Position& head) const {
  if (!hello_.has_cursor()) return std::string("it is empty");
  absl::StatusOr<Position> cursor = ReadPosition(hello_.cursor());
  if (!cursor.ok()) return cursor.status();
  if (cursor->epoch > head.epoch) {
    return absl::FailedPreconditionError(
        absl::StrCat("the node is of epoch ", cursor->epoch, ", later than this controller's ", head.epoch));
  }
  if (cursor->epoch < head.epoch) return absl::StrCat("its cursor is of epoch ", cursor->epoch);
  if (cursor->index > head.index) {
    return absl::UnavailableError(
        absl::StrCat("the node is at ", cursor->index, ", ahead of this controller at ", head.index));
  }
  absl::StatusOr<Position> here = source.log.PositionAt(cursor->index);
  absl::StatusOr<uint64_t> first = source.log.FirstIndex();
  if (!first.ok()) return first.status();
  if (!here.ok() && !absl::IsOutOfRange(here.status())) return here.status();
  if (cursor->index + 1 < *first)
    return absl::StrCat("its cursor is ", cursor->index, ", the log begins with ", *first);
  if (!here.ok() || *here != *cursor)
    return absl::StrCat("its cursor ", cursor->index, " is of another history");
  return std::string();
}

absl::Status SpanSender::Welcome(const FeedSource& source, const Position& head, bool unsettled,
                                 std::vector<Outgoing>& messages) {
  v1::SubscribeResponse message;
  v1::Welcome& welcome = *message.mutable_welcome();
  welcome.set_epoch(head.epoch);
  welcome.set_unsettled(unsettled);
  if (unsettled) {
    phase_ = Phase::kUnsettled;
    messages.emplace_back(message);
    return absl::OkStatus();
  }
  absl::StatusOr<std::string> why_not = WhyNotResumed(source, head);
  if (!why_not.ok()) return why_not.status();
  why_inventory_ = *std::move(why_not);
  const bool resumed = why_inventory_.empty();
  absl::StatusOr<DigestKeys> keys = ReadDigestKeys(source.replica);
  if (!keys.ok()) return keys.status();
  welcome.set_resumed(resumed);
  for (const auto& [id, key] : *keys) {
    v1::DigestKey* digest_key = welcome.add_digest_keys();
    digest_key->set_id(id);
    digest_key->set_key(key);
    digest_keys_.insert(id);
  }
  messages.emplace_back(message);
  phase_ = resumed ? Phase::kSpans : Phase::kInventory;
  if (!resumed) return absl::OkStatus();
  start_ = *ReadPosition(hello_.cursor());
  sent_ = scanned_ = start_;
  // The first span is due at once: it tells the node that it is up to date.
  last_span_us_ = source.clock.MonotonicMicros() - source.options.heartbeat_us;
  return absl::OkStatus();
}

absl::Status SpanSender::SendInventory(const FeedSource& source, std::vector<Outgoing>& messages) {
  if (!inventory_.has_value()) {
    absl::StatusOr<InventorySender> inventory = InventorySender::Create(source.replica, nameserver_);
    if (!inventory.ok()) return inventory.status();
    inventory_ = *std::move(inventory);
  }
  for (size_t sent = 0; credit_ > 0 && sent < kTurnWork;) {
    absl::StatusOr<v1::InventoryPart> part = inventory_->Next(source.options.part_bytes);
    if (!part.ok()) return part.status();
    const size_t bytes = part->ByteSizeLong();
    const bool last = part->last();
    sent += bytes;
    credit_ -= static_cast<int64_t>(bytes);
    v1::SubscribeResponse message;
    *message.mutable_inventory_part() = *std::move(part);
    messages.emplace_back(message);
    if (!last) continue;
    start_ = sent_ = scanned_ = inventory_->as_of();
    inventory_.reset();
    phase_ = Phase::kSpans;
    last_span_us_ = source.clock.MonotonicMicros();
    return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::Status SpanSender::SendSpans(const FeedSource& source, LogWindow& window, const Position& head,
                                   std::vector<Outgoing>& messages) {
  size_t work = kTurnWork;
  while (credit_ > 0 && scanned_.index < head.index && work > 0) {
    v1::Span span;
    const Position before = scanned_;
    if (absl::Status status = FillSpan(source, window, head, work, span); !status.ok()) {
      // What was read for this span is not sent: nothing may go on behind it.
      scanned_ = before;
      return status;
    }
    Made made;
    if (span.entries_size() > 0) messages.push_back(Emit(source, span, scanned_, made));
  }
  return absl::OkStatus();
}

absl::Status SpanSender::FillSpan(const FeedSource& source, LogWindow& window, const Position& head,
                                  size_t& work, v1::Span& span) {
  size_t bytes = 0;
  while (scanned_.index < head.index && bytes < source.options.span_bytes && work > 0) {
    absl::StatusOr<const LogWindow::Decoded*> decoded = window.At(scanned_.index + 1);
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
absl::Status SpanSender::CheckSecrets(const stored::v1::Entry& entry) const {
  for (uint32_t id : NewDigestKeys(entry)) {
    if (!HasDigestKey(id)) return absl::UnavailableError("there is a new digest key; subscribe anew");
  }
  return absl::OkStatus();
}

const Outgoing& SpanSender::Emit(const FeedSource& source, v1::Span& span, const Position& upto,
                                 Made& shared) {
  if (!shared.message.has_value() || shared.after != sent_ || shared.upto != upto) {
    WritePosition(sent_, *span.mutable_after());
    WritePosition(upto, *span.mutable_upto());
    span.set_time_us(source.clock.WallMicros());
    shared.after = sent_;
    shared.upto = upto;
    std::string bytes;
    const std::string serialised = span.SerializeAsString();
    AppendField(v1::SubscribeResponse::kSpanFieldNumber, serialised, bytes);
    shared.cost = static_cast<int64_t>(serialised.size());
    shared.message.emplace(std::move(bytes));
  }
  credit_ -= shared.cost;
  sent_ = scanned_ = upto;
  last_span_us_ = source.clock.MonotonicMicros();
  return *shared.message;
}

}  // namespace quartet::replication
