#include "replication/feed/stream_rules.h"

#include <algorithm>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "dns/name/name.h"
#include "replication/feed/snapshot_view.h"
#include "replication/replica/layout.h"

namespace quartet::replication {

absl::StatusOr<Position> ReadPosition(const v1::Position& message) {
  Position position;
  position.epoch = message.epoch();
  position.index = message.index();
  if (message.chain().size() != position.chain.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("a position with a chain of ", message.chain().size(), " bytes"));
  }
  std::copy(message.chain().begin(), message.chain().end(), position.chain.begin());
  return position;
}

void WritePosition(const Position& position, v1::Position& message) {
  message.set_epoch(position.epoch);
  message.set_index(position.index);
  message.set_chain(position.chain.data(), position.chain.size());
}

absl::Status StreamRules::Account::Spend(size_t bytes) {
  if (left <= 0) return absl::ResourceExhaustedError("the controller sent more than it had credit for");
  left -= static_cast<int64_t>(bytes);
  return absl::OkStatus();
}

uint64_t StreamRules::Account::Refill() {
  const int64_t used = window - left;
  if (used * 4 < window) return 0;
  left = window;
  return static_cast<uint64_t>(used);
}

void StreamRules::Open(const Start& start) {
  phase_ = Phase::kWelcome;
  next_ = start.cursor;
  last_zone_id_.clear();
  seen_epoch_ = start.epoch;
  digest_keys_ = start.digest_keys;
  spans_ = {start.span_credit, start.span_credit};
  snapshots_ = {start.snapshot_credit, start.snapshot_credit};
}

absl::Status StreamRules::Check(const v1::SubscribeResponse& message) {
  const bool welcome = message.has_welcome();
  if (welcome != (phase_ == Phase::kWelcome) || phase_ == Phase::kClosed) {
    return absl::InvalidArgumentError("a message before the welcome, or a second one");
  }
  if (phase_ == Phase::kUnsettled && !message.has_inquiry()) {
    return absl::InvalidArgumentError("more than an inquiry from a controller that is unsettled");
  }
  switch (message.message_case()) {
    case v1::SubscribeResponse::kWelcome:
      return CheckWelcome(message.welcome());
    case v1::SubscribeResponse::kInventoryPart:
      return CheckInventory(message.inventory_part());
    case v1::SubscribeResponse::kSpan:
      return CheckSpan(message.span());
    case v1::SubscribeResponse::kSnapshotPart:
      if (absl::Status status = CheckSnapshot(message.snapshot_part()); !status.ok()) return status;
      return snapshots_.Spend(message.snapshot_part().ByteSizeLong());
    case v1::SubscribeResponse::kSnapshotParts:
      return CheckSnapshots(message.snapshot_parts());
    case v1::SubscribeResponse::kDrain:
    case v1::SubscribeResponse::kInquiry:
    case v1::SubscribeResponse::kAllowRepair:
    case v1::SubscribeResponse::kCompareZones:
      return absl::OkStatus();
    case v1::SubscribeResponse::MESSAGE_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("a message of no kind this node knows");
}

absl::Status StreamRules::CheckService(const v1::Welcome& welcome) const {
  for (const v1::DigestKey& key : welcome.digest_keys()) {
    const auto known = digest_keys_.find(key.id());
    if (known == digest_keys_.end() || known->second == key.key()) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "the controller is of another service than this node's zones (digest key ", key.id(),
        " differs): nothing is taken from it. What to do: point the node at its own controller; if it is to "
        "serve the other service, empty its directory first"));
  }
  return absl::OkStatus();
}

absl::Status StreamRules::CheckWelcome(const v1::Welcome& welcome) {
  if (absl::Status status = CheckService(welcome); !status.ok()) return status;
  if (welcome.unsettled()) {
    phase_ = Phase::kUnsettled;
    return absl::OkStatus();
  }
  epoch_ = welcome.epoch();
  if (epoch_ < seen_epoch_) {
    return absl::FailedPreconditionError(
        absl::StrCat("the controller is of epoch ", epoch_, ", this node has seen ", seen_epoch_));
  }
  if (welcome.resumed()) {
    if (!next_.has_value() || next_->epoch != epoch_) {
      return absl::InvalidArgumentError("the controller resumed where this node has no cursor");
    }
    phase_ = Phase::kSpans;
    return absl::OkStatus();
  }
  next_.reset();
  phase_ = Phase::kInventory;
  return absl::OkStatus();
}

absl::Status StreamRules::CheckInventory(const v1::InventoryPart& part) {
  if (phase_ != Phase::kInventory) return absl::InvalidArgumentError("an inventory nobody asked for");
  absl::StatusOr<Position> as_of = ReadPosition(part.as_of());
  if (!as_of.ok()) return as_of.status();
  if (as_of->epoch != epoch_ || (next_.has_value() && *next_ != *as_of)) {
    return absl::InvalidArgumentError("the parts of the inventory are as of different positions");
  }
  next_ = *as_of;
  // A zone left out would be removed: an inventory removes nothing that is not right as a whole.
  for (const stored::v1::NodeZoneRow& row : part.zones()) {
    const auto* name = reinterpret_cast<const uint8_t*>(row.name().data());
    if (row.id().size() != layout::kZoneIdBytes || row.id() <= last_zone_id_ ||
        !dns::Name::FromWire({name, row.name().size()}).ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("the inventory's row of zone ", row.id(), " is out of order or nameless"));
    }
    last_zone_id_ = row.id();
  }
  if (part.last()) phase_ = Phase::kSpans;
  return spans_.Spend(part.ByteSizeLong());
}

absl::Status StreamRules::CheckSpan(const v1::Span& span) {
  if (phase_ != Phase::kSpans) return absl::InvalidArgumentError("a span before the inventory");
  absl::StatusOr<Position> after = ReadPosition(span.after());
  if (!after.ok()) return after.status();
  absl::StatusOr<Position> upto = ReadPosition(span.upto());
  if (!upto.ok()) return upto.status();
  if (*after != *next_) {
    return absl::FailedPreconditionError(
        absl::StrCat("a span behind ", ToString(*after), ", the cursor is at ", ToString(*next_)));
  }
  if (upto->epoch != after->epoch || upto->index < after->index ||
      (upto->index == after->index && upto->chain != after->chain)) {
    return absl::InvalidArgumentError("a span that ends before it begins");
  }
  uint64_t last = after->index;
  for (const v1::NodeEntry& entry : span.entries()) {
    if (entry.index() < last || entry.index() <= after->index || entry.index() > upto->index ||
        entry.zone_id().size() != layout::kZoneIdBytes) {
      return absl::InvalidArgumentError("an entry outside its span, or of no zone");
    }
    last = entry.index();
  }
  next_ = *upto;
  return spans_.Spend(span.ByteSizeLong());
}

absl::Status StreamRules::CheckSnapshot(const v1::SnapshotPart& part) const {
  absl::StatusOr<Position> as_of = ReadPosition(part.as_of());
  if (!as_of.ok()) return as_of.status();
  if (as_of->epoch != epoch_) return absl::InvalidArgumentError("a snapshot of another epoch");
  return absl::OkStatus();
}

absl::Status StreamRules::CheckSnapshots(const v1::SnapshotParts& parts) {
  for (const std::string& part : parts.parts()) {
    absl::StatusOr<SnapshotView> view = ViewSnapshot(part);
    if (!view.ok()) return view.status();
    if (view->as_of.epoch != epoch_) return absl::InvalidArgumentError("a snapshot of another epoch");
  }
  return snapshots_.Spend(parts.ByteSizeLong());
}

v1::Credit StreamRules::TakeCredit() {
  v1::Credit credit;
  if (phase_ == Phase::kClosed) return credit;
  credit.set_span_bytes(spans_.Refill());
  credit.set_snapshot_bytes(snapshots_.Refill());
  return credit;
}

}  // namespace quartet::replication
