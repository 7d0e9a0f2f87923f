// The publisher itself. Its definitions are in publisher.cc (streams and what nodes say), publisher_live.cc (commits and
// heartbeats) and publisher_turns.cc (all that is read).
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "quartet/stored/v1/entry.pb.h"
#include "replication/feed/admission.h"
#include "replication/feed/places.h"
#include "replication/feed/publisher.h"
#include "replication/feed/session.h"
#include "replication/feed/zone_cache.h"
#include "replication/log/log_window.h"

namespace quartet::replication {

class PublisherMachine : public Publisher {
 public:
  PublisherMachine(const Log& log, const store::Store& replica, Clock& clock, const Options& options);

  absl::StatusOr<SessionId> Open(const std::string& node, const std::string& nameserver) override;
  absl::Status Receive(SessionId session, const v1::SubscribeRequest& message) override;
  void Close(SessionId session) override;
  void Committed(const Position& head) override;
  void RosterChanged() override;
  void Tick() override;
  void SetWritable(SessionId session, bool writable) override;
  absl::Status Inquire(const std::string& node, const v1::Inquiry& inquiry) override;
  absl::Status AllowRepair(const std::string& node, const std::string& zone_id) override;
  absl::Status CompareZones(const std::string& node,
                            const quartet::replication::v1::CompareZones& zones) override;
  void SetUnsettled(bool unsettled) override;
  Output Take() override;
  std::unique_ptr<Turn> TakeTurn() override;
  void EndTurn(std::unique_ptr<Turn> turn) override;
  bool has_turn() const override;
  std::vector<NodeProgress> Progress() const override;

 private:
  using SessionPtr = std::shared_ptr<Session>;
  struct ReadTurn;
  struct Nameserver {
    // Sessions of its nodes that are live.
    std::vector<Session*> live;
    // Of the commit that is being routed.
    v1::Span span;
    size_t bytes = 0;
  };

  // PERMISSION_DENIED: this node may have no stream; else whether it is to drain.
  absl::StatusOr<bool> CheckRoster(const std::string& node, const std::string& nameserver) const;
  void End(Session& session, absl::Status status);
  absl::Status Hello(Session& session, const v1::Hello& hello);
  absl::Status Acknowledge(const Session& session, const v1::Acknowledgement& acknowledgement);
  NodeProgress& Moved(const Session& session);
  absl::StatusOr<Session*> SessionOf(const std::string& node);
  void Emit(const Session& session, std::vector<Outgoing> messages);
  int64_t Now() const { return source_.clock.MonotonicMicros(); }

  // publisher_live.cc
  void Route(const Position& head);
  void Gather(const LogWindow::Decoded& decoded, std::set<std::string>& touched);
  void Deliver(Nameserver& nameserver, const Position& upto);
  // Sends a span (of no entries: that moves the cursor) to a live session.
  void SendLive(Session& session, v1::Span& span, const Position& upto, SpanSender::Made& shared);
  bool CanSendLive(Session& session) const;
  void BecomeLive(Session& session);
  void LeaveLive(Session& session);
  void Flush(Session& session);
  void Beat();
  void EndThoseWithoutKey(uint32_t id);

  // publisher_turns.cc
  // Looks whether the session wants turns, and puts it into their queues.
  void Schedule(Session& session);
  void ScheduleSpans(Session& session);
  void ScheduleZones(Session& session);
  void LeavePlaces(Session& session);
  void FreeZonesPlace(Session& session);
  void FreeInventoryPlace(Session& session);
  void EndSpansTurn(Session& session);
  void LogWelcome(Session& session) const;
  void EndZonesTurn(Session& session);
  void Admit();
  void UnstickSenders();

  const Options options_;
  const FeedSource source_;
  // Nothing behind it is sent. nullopt until the first Committed.
  std::optional<Position> committed_;
  bool unsettled_ = false;
  // The log's end, for live sessions.
  LogWindow tail_;
  // The log's past and verified zones, for turns.
  LogWindow past_;
  ZoneCache zone_cache_;

  std::unordered_map<SessionId, SessionPtr> sessions_;
  std::unordered_map<std::string, Session*> by_node_;
  std::unordered_map<std::string, Nameserver> nameservers_;
  SessionId last_session_ = 0;
  // (When, who).
  std::set<std::pair<int64_t, SessionId>> heartbeats_;
  std::set<std::pair<int64_t, SessionId>> admissions_;
  Admission admission_;
  // Sessions that are ahead of the publisher, or wait for a span up to a place ahead of it.
  std::set<SessionId> ahead_;

  std::deque<SessionId> spans_turns_;
  std::deque<SessionId> zones_turns_;
  bool turn_is_out_ = false;
  bool spans_are_next_ = true;
  Places inventory_places_;
  Places zones_places_;

  Output output_;
  std::map<std::string, NodeProgress> progress_;
  std::set<std::string> moved_;
};

}  // namespace quartet::replication
