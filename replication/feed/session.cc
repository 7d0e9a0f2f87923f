#include "replication/feed/session.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "replication/feed/stream_rules.h"
#include "replication/replica/layout.h"
#include "replication/replica/node_meta.h"

namespace quartet::replication {
namespace {

constexpr uint64_t kMaxCredit = 256 << 20;
constexpr size_t kMaxFetches = 256;
constexpr int kMaxExceptions = 65536;
constexpr size_t kMaxHealthBytes = 64 << 10;
constexpr size_t kMaxAllowed = 256;
constexpr size_t kMaxComparisons = 16;

absl::Status CheckCredit(uint64_t bytes) {
  if (bytes <= kMaxCredit) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("more credit than ", kMaxCredit, " bytes"));
}

}  // namespace

absl::Status Session::Hello(const v1::Hello& hello) {
  if (said_hello()) return absl::InvalidArgumentError("a second Hello on one stream");
  if (hello.incarnation().size() != NodeMeta::kIncarnationBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("an incarnation has ", NodeMeta::kIncarnationBytes, " bytes"));
  }
  if (hello.has_cursor()) {
    if (absl::StatusOr<Position> cursor = ReadPosition(hello.cursor()); !cursor.ok()) return cursor.status();
  }
  if (absl::Status status = CheckCredit(hello.span_credit()); !status.ok()) return status;
  if (absl::Status status = CheckCredit(hello.snapshot_credit()); !status.ok()) return status;
  incarnation_ = hello.incarnation();
  spans_.emplace(nameserver_, hello);
  spans_->AddCredit(static_cast<int64_t>(hello.span_credit()));
  zones_.AddCredit(static_cast<int64_t>(hello.snapshot_credit()));
  return absl::OkStatus();
}

absl::Status Session::CheckAcknowledgement(const v1::Acknowledgement& acknowledgement) const {
  if (!in_spans()) return absl::InvalidArgumentError("an acknowledgement before the replica is settled");
  if (acknowledgement.incarnation() != incarnation_) {
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
  if (!in_spans()) return absl::InvalidArgumentError("a fetch before the replica is settled");
  if (zones_waiting_ + added_zones_.size() + fetch.zone_ids_size() > kMaxFetches)
    return absl::ResourceExhaustedError("too many fetches at once");
  for (const std::string& zone_id : fetch.zone_ids()) {
    if (zone_id.size() != layout::kZoneIdBytes) return absl::InvalidArgumentError("a fetch of no zone");
    added_zones_.push_back(zone_id);
  }
  if (!zones_busy_) EndZonesTurn();
  return absl::OkStatus();
}

absl::Status Session::AddCredit(const v1::Credit& credit) {
  if (!said_hello()) return absl::InvalidArgumentError("credit before Hello");
  if (absl::Status status = CheckCredit(credit.span_bytes()); !status.ok()) return status;
  if (absl::Status status = CheckCredit(credit.snapshot_bytes()); !status.ok()) return status;
  added_span_credit_ += static_cast<int64_t>(credit.span_bytes());
  added_snapshot_credit_ += static_cast<int64_t>(credit.snapshot_bytes());
  if (added_span_credit_ > static_cast<int64_t>(kMaxCredit) ||
      added_snapshot_credit_ > static_cast<int64_t>(kMaxCredit)) {
    return absl::InvalidArgumentError(absl::StrCat("more credit than ", kMaxCredit, " bytes"));
  }
  if (!spans_busy_) spans_->AddCredit(std::exchange(added_span_credit_, 0));
  if (!zones_busy_) zones_.AddCredit(std::exchange(added_snapshot_credit_, 0));
  return absl::OkStatus();
}

void Session::EndSpansTurn() {
  spans_busy_ = false;
  spans_->AddCredit(std::exchange(added_span_credit_, 0));
  phase_ = spans_->phase();
  start_ = spans_->start();
  sent_ = spans_->sent();
}

void Session::EndZonesTurn() {
  zones_busy_ = false;
  zones_.AddCredit(std::exchange(added_snapshot_credit_, 0));
  zones_.Add(std::exchange(added_zones_, {}));
  zones_waiting_ = zones_.waiting();
}

absl::Status Session::CheckHealth(const v1::Health& health) const {
  if (!said_hello()) return absl::InvalidArgumentError("a message before Hello");
  if (health.ByteSizeLong() > kMaxHealthBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("a health message of more than ", kMaxHealthBytes, " bytes"));
  }
  return absl::OkStatus();
}

absl::Status Session::AllowRepair(const std::string& zone_id) {
  if (!settled()) return absl::FailedPreconditionError("the node takes nothing at present");
  if (allowed_repairs_.size() >= kMaxAllowed)
    return absl::ResourceExhaustedError("too many repairs are being allowed at once");
  allowed_repairs_.push_back(zone_id);
  return absl::OkStatus();
}

absl::Status Session::CompareZones(const v1::CompareZones& zones) {
  if (!settled()) return absl::FailedPreconditionError("the node takes nothing at present");
  if (comparisons_.size() >= kMaxComparisons)
    return absl::ResourceExhaustedError("too many zones are being compared at once");
  comparisons_.push_back(zones);
  return absl::OkStatus();
}

std::vector<Outgoing> Session::TakeSmall() {
  std::vector<Outgoing> messages;
  if (!welcomed()) return messages;
  v1::SubscribeResponse message;
  if (std::optional<v1::Inquiry> inquiry = questions_.Next(); inquiry.has_value()) {
    *message.mutable_inquiry() = *std::move(inquiry);
    messages.emplace_back(message);
  }
  if (!settled()) return messages;
  for (std::string& zone_id : allowed_repairs_) {
    message.mutable_allow_repair()->set_zone_id(std::move(zone_id));
    messages.emplace_back(message);
  }
  allowed_repairs_.clear();
  for (v1::CompareZones& zones : comparisons_) {
    *message.mutable_compare_zones() = std::move(zones);
    messages.emplace_back(message);
  }
  comparisons_.clear();
  if (drain_ == Drained::kWanted) {
    message.mutable_drain();
    messages.emplace_back(message);
    drain_ = Drained::kSent;
  }
  return messages;
}

}  // namespace quartet::replication
