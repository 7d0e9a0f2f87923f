// One node's stream, seen from the controller: what it asked for, and what it may still be sent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/base/position.h"
#include "replication/feed/outgoing.h"
#include "replication/feed/publisher.h"
#include "replication/feed/questions.h"
#include "replication/feed/span_sender.h"
#include "replication/feed/zone_run.h"

namespace quartet::replication {

// Guarded by the publisher's lock, but for the two senders while a turn has them (`busy`): then what is added for them
// waits here. Not thread-safe.
class Session {
 public:
  Session(SessionId id, std::string node, std::string nameserver)
      : id_(id), node_(std::move(node)), nameserver_(std::move(nameserver)), zones_(nameserver_) {}

  SessionId id() const { return id_; }
  const std::string& node() const { return node_; }
  const std::string& nameserver() const { return nameserver_; }
  const std::string& incarnation() const { return incarnation_; }

  // Each checks what the node says. INVALID_ARGUMENT, RESOURCE_EXHAUSTED: it breaks a rule.
  absl::Status Hello(const quartet::replication::v1::Hello& hello);
  absl::Status CheckAcknowledgement(const quartet::replication::v1::Acknowledgement& acknowledgement) const;
  absl::Status FetchZones(const quartet::replication::v1::FetchZones& fetch);
  absl::Status AddCredit(const quartet::replication::v1::Credit& credit);
  absl::Status CheckHealth(const quartet::replication::v1::Health& health) const;

  Questions& questions() { return questions_; }
  // FAILED_PRECONDITION: not settled(); RESOURCE_EXHAUSTED: too many wait to be sent.
  absl::Status AllowRepair(const std::string& zone_id);
  absl::Status CompareZones(const quartet::replication::v1::CompareZones& zones);
  // Tell the node, once, to close its sockets.
  void Drain() { drain_ = drain_ == Drained::kNo ? Drained::kWanted : drain_; }
  // Takes what has no credit of its own: inquiries, repairs that are allowed, comparisons, drains.
  std::vector<Outgoing> TakeSmall();

  // Where its stream is, as of the last turn that ended.
  bool said_hello() const { return spans_.has_value(); }
  bool welcomed() const { return said_hello() && phase_ != SpanSender::Phase::kWelcome; }
  // Replicas may take what is sent: the Welcome is out, and does not say that this state is unsettled.
  bool settled() const { return welcomed() && phase_ != SpanSender::Phase::kUnsettled; }
  bool in_spans() const { return said_hello() && phase_ == SpanSender::Phase::kSpans; }
  bool in_inventory() const { return said_hello() && phase_ == SpanSender::Phase::kInventory; }

  // The sender of spans, for its turn or, between turns, for the publisher. Precondition: said_hello().
  SpanSender& spans() { return *spans_; }
  ZoneRun& zones() { return zones_; }
  const ZoneRun& zones() const { return zones_; }
  void BeginSpansTurn() { spans_busy_ = true; }
  void EndSpansTurn();
  void BeginZonesTurn() { zones_busy_ = true; }
  void EndZonesTurn();
  bool spans_busy() const { return spans_busy_; }
  bool zones_busy() const { return zones_busy_; }
  // A live span went out.
  void SpanSent() { sent_ = spans_->sent(); }

  // The publisher's notes.
  // Its admission is over: the Welcome may go out.
  bool admitted = false;
  // Its queue takes more.
  bool writable = true;
  // It has all up to where the publisher is, and gets what comes as it comes.
  bool live = false;
  bool closed = false;
  bool spans_queued = false;
  bool zones_queued = false;
  // Snapshots it was sent are as of this: it needs a span up to there.
  uint64_t flush_index = 0;
  // When its next heartbeat is due, while it is live.
  int64_t heartbeat_us = 0;
  // Since when it takes nothing although there is something; 0: it does.
  int64_t stuck_since_us = 0;

 private:
  enum class Drained { kNo, kWanted, kSent };

  const SessionId id_;
  const std::string node_;
  const std::string nameserver_;
  std::string incarnation_;
  Drained drain_ = Drained::kNo;
  Questions questions_;
  // Ids of zones, still to be sent.
  std::vector<std::string> allowed_repairs_;
  std::vector<quartet::replication::v1::CompareZones> comparisons_;

  std::optional<SpanSender> spans_;
  bool spans_busy_ = false;
  int64_t added_span_credit_ = 0;
  // As of the last turn that ended.
  SpanSender::Phase phase_ = SpanSender::Phase::kWelcome;
  Position start_;
  Position sent_;

  ZoneRun zones_;
  bool zones_busy_ = false;
  int64_t added_snapshot_credit_ = 0;
  std::vector<std::string> added_zones_;
  // Zones asked for and not sent, as of the last turn that ended.
  size_t zones_waiting_ = 0;
};

}  // namespace quartet::replication
