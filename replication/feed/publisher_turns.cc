// Turns: welcomes, catching up, inventories and zones, read outside the publisher's lock.
#include <utility>

#include "dns/base/check.h"
#include "replication/base/log.h"
#include "replication/feed/publisher_machine.h"

namespace quartet::replication {

struct PublisherMachine::ReadTurn : Publisher::Turn {
  void Run() override {
    status = of_zones ? session->zones().Turn(source, zone_cache, messages)
                      : session->spans().Turn(source, past, head, unsettled, messages);
    past.Shrink();
  }

  ReadTurn(const FeedSource& from, LogWindow& window, ZoneCache& cache)
      : source(from), past(window), zone_cache(cache) {}

  const FeedSource& source;
  LogWindow& past;
  ZoneCache& zone_cache;
  SessionPtr session;
  bool of_zones = false;
  Position head;
  bool unsettled = false;
  absl::Status status;
  std::vector<Outgoing> messages;
};

void PublisherMachine::Schedule(Session& session) {
  if (session.closed || !committed_.has_value() || !session.said_hello() || !session.admitted) return;
  ScheduleSpans(session);
  ScheduleZones(session);
}

void PublisherMachine::ScheduleSpans(Session& session) {
  if (session.live || session.spans_busy() || session.spans_queued) return;
  if (session.welcomed()) {
    if (!session.settled() || !session.writable || !session.spans().has_credit()) return;
    if (session.in_inventory() && !inventory_places_.Take(session.id())) return;
    if (session.in_spans() && session.spans().scanned().index > committed_->index) {
      ahead_.insert(session.id());
      return;
    }
    if (session.in_spans() && session.spans().scanned().index == committed_->index) {
      BecomeLive(session);
      return;
    }
  }
  session.spans_queued = true;
  spans_turns_.push_back(session.id());
}

void PublisherMachine::ScheduleZones(Session& session) {
  if (session.zones_busy() || session.zones_queued || !session.in_spans()) return;
  if (session.zones().waiting() == 0) {
    FreeZonesPlace(session);
    return;
  }
  if (!session.writable || !session.zones().can_send()) return;
  if (!zones_places_.Take(session.id())) return;
  session.zones_queued = true;
  zones_turns_.push_back(session.id());
}

bool PublisherMachine::has_turn() const {
  return !turn_is_out_ && !(spans_turns_.empty() && zones_turns_.empty());
}

std::unique_ptr<Publisher::Turn> PublisherMachine::TakeTurn() {
  while (has_turn()) {
    // Both kinds get on, however much there is of the other.
    const bool spans = zones_turns_.empty() || (spans_are_next_ && !spans_turns_.empty());
    spans_are_next_ = !spans;
    std::deque<SessionId>& queue = spans ? spans_turns_ : zones_turns_;
    auto found = sessions_.find(queue.front());
    queue.pop_front();
    if (found == sessions_.end()) continue;
    const SessionPtr& session = found->second;
    (spans ? session->spans_queued : session->zones_queued) = false;
    auto turn = std::make_unique<ReadTurn>(source_, past_, zone_cache_);
    turn->session = session;
    turn->of_zones = !spans;
    turn->head = *committed_;
    turn->unsettled = unsettled_;
    if (spans) {
      session->BeginSpansTurn();
    } else {
      session->BeginZonesTurn();
    }
    turn_is_out_ = true;
    return turn;
  }
  return nullptr;
}

void PublisherMachine::EndTurn(std::unique_ptr<Turn> ended) {
  auto* turn = dynamic_cast<ReadTurn*>(ended.get());
  QUARTET_CHECK(turn != nullptr && turn_is_out_);
  turn_is_out_ = false;
  Session& session = *turn->session;
  if (session.closed) return;
  session.stuck_since_us = 0;
  Emit(session, std::move(turn->messages));
  // First of all: nothing more is sent on a stream that failed.
  if (!turn->status.ok()) {
    End(session, turn->status);
    return;
  }
  if (turn->of_zones) {
    EndZonesTurn(session);
  } else {
    EndSpansTurn(session);
  }
  Schedule(session);
}

void PublisherMachine::EndSpansTurn(Session& session) {
  const bool welcomed = session.welcomed();
  session.EndSpansTurn();
  if (!welcomed && session.settled()) LogWelcome(session);
  Emit(session, session.TakeSmall());
  if (!session.in_spans()) return;
  FreeInventoryPlace(session);
  // What came meanwhile is at hand: so a node catches up however fast the log grows.
  const uint64_t next = session.spans().scanned().index + 1;
  if (next > committed_->index || !tail_.Has(next) || !session.writable) return;
  std::vector<Outgoing> messages;
  if (absl::Status status = session.spans().Turn(source_, tail_, *committed_, unsettled_, messages);
      !status.ok()) {
    End(session, std::move(status));
    return;
  }
  Emit(session, std::move(messages));
  session.EndSpansTurn();
}

void PublisherMachine::LogWelcome(Session& session) const {
  const SpanSender& spans = session.spans();
  if (!spans.why_inventory().empty()) {
    LogInfo("node {} has its zones compared: {}", session.node(), spans.why_inventory());
  } else {
    LogInfo("node {} goes on from {} in the log, {} entries behind", session.node(), spans.start().index,
            committed_->index - spans.start().index);
  }
}

void PublisherMachine::EndZonesTurn(Session& session) {
  session.EndZonesTurn();
  session.flush_index = std::max(session.flush_index, session.zones().as_of());
  Flush(session);
}

void PublisherMachine::FreeZonesPlace(Session& session) {
  const std::optional<SessionId> next = zones_places_.Leave(session.id());
  if (next.has_value()) Schedule(*sessions_.at(*next));
}

void PublisherMachine::FreeInventoryPlace(Session& session) {
  const std::optional<SessionId> next = inventory_places_.Leave(session.id());
  if (next.has_value()) Schedule(*sessions_.at(*next));
}

void PublisherMachine::LeavePlaces(Session& session) {
  FreeZonesPlace(session);
  FreeInventoryPlace(session);
}

void PublisherMachine::Admit() {
  while (!admissions_.empty() && admissions_.begin()->first <= Now()) {
    const SessionId id = admissions_.begin()->second;
    admissions_.erase(admissions_.begin());
    auto found = sessions_.find(id);
    if (found == sessions_.end()) continue;
    found->second->admitted = true;
    Schedule(*found->second);
  }
}

// Those that have a place and can take nothing give it to others, and the store's snapshots back.
void PublisherMachine::UnstickSenders() {
  const int64_t now = Now();
  const auto stuck = [&](Session& session, bool moves) {
    if (moves) session.stuck_since_us = 0;
    if (moves || session.stuck_since_us == 0) {
      if (!moves) session.stuck_since_us = now;
      return false;
    }
    return now - session.stuck_since_us >= options_.stuck_us;
  };
  for (SessionId id : std::set<uint64_t>(zones_places_.taken())) {
    Session& session = *sessions_.at(id);
    if (session.zones_busy() || !stuck(session, session.zones_queued)) continue;
    session.zones().GiveUpSnapshot();
    FreeZonesPlace(session);
  }
  for (SessionId id : std::set<uint64_t>(inventory_places_.taken())) {
    const SessionPtr session = sessions_.at(id);
    if (session->spans_busy() || !stuck(*session, session->spans_queued)) continue;
    End(*session, absl::UnavailableError("the node takes nothing of its inventory; subscribe anew"));
  }
}

}  // namespace quartet::replication
