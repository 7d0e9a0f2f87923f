// Commits and heartbeats: what goes to nodes that are up to date.
#include <algorithm>
#include <utility>

#include "replication/base/log.h"
#include "replication/feed/entry_filter.h"
#include "replication/feed/publisher_machine.h"
#include "replication/feed/secrets.h"

namespace quartet::replication {

void PublisherMachine::Committed(const Position& head) {
  const bool first = !committed_.has_value();
  if (!first) Route(head);
  committed_ = head;
  if (first) {
    for (auto& [id, session] : sessions_) Schedule(*session);
  }
  for (SessionId id : std::exchange(ahead_, {})) {
    auto found = sessions_.find(id);
    if (found == sessions_.end()) continue;
    Schedule(*found->second);
    Flush(*found->second);
  }
}

// Each entry once, each nameserver that it concerns once.
void PublisherMachine::Route(const Position& head) {
  std::set<std::string> touched;
  for (uint64_t index = committed_->index + 1; index <= head.index; ++index) {
    absl::StatusOr<const LogWindow::Decoded*> decoded = tail_.At(index);
    if (!decoded.ok()) {
      // Those who read it themselves are told why they can't.
      if (!absl::IsOutOfRange(decoded.status()))
        LogError("entry {} of the log can't be read: {}", index, std::string(decoded.status().message()));
      committed_ = head;
      for (auto& [id, session] : sessions_) {
        if (session->live) LeaveLive(*session);
        Schedule(*session);
      }
      return;
    }
    for (uint32_t id : NewDigestKeys((*decoded)->entry)) EndThoseWithoutKey(id);
    committed_ = (*decoded)->position;
    Gather(**decoded, touched);
  }
  for (const std::string& target : touched) Deliver(nameservers_[target], *committed_);
  tail_.Shrink();
}

void PublisherMachine::Gather(const LogWindow::Decoded& decoded, std::set<std::string>& touched) {
  for (const std::string& target : decoded.entry.header().targets()) {
    auto found = nameservers_.find(target);
    if (found == nameservers_.end() || found->second.live.empty()) continue;
    Nameserver& nameserver = found->second;
    for (v1::NodeEntry& entry : FilterEntry(decoded.entry, target)) {
      nameserver.bytes += entry.ByteSizeLong();
      *nameserver.span.add_entries() = std::move(entry);
    }
    if (nameserver.span.entries_size() == 0) continue;
    touched.insert(target);
    if (nameserver.bytes >= options_.span_bytes) Deliver(nameserver, decoded.position);
  }
}

void PublisherMachine::Deliver(Nameserver& nameserver, const Position& upto) {
  nameserver.bytes = 0;
  v1::Span span = std::exchange(nameserver.span, {});
  if (span.entries_size() == 0) return;
  SpanSender::Made shared;
  // Leaving moves the last one into the place of the one that leaves.
  for (size_t i = nameserver.live.size(); i-- > 0;) SendLive(*nameserver.live[i], span, upto, shared);
}

bool PublisherMachine::CanSendLive(Session& session) const {
  return session.writable && session.spans().has_credit();
}

void PublisherMachine::SendLive(Session& session, v1::Span& span, const Position& upto,
                                SpanSender::Made& shared) {
  if (!CanSendLive(session)) {
    LeaveLive(session);
    return;
  }
  Emit(session, {session.spans().Emit(source_, span, upto, shared)});
  session.SpanSent();
  heartbeats_.erase({session.heartbeat_us, session.id()});
  session.heartbeat_us = session.spans().last_span_us() + options_.heartbeat_us;
  heartbeats_.emplace(session.heartbeat_us, session.id());
}

void PublisherMachine::BecomeLive(Session& session) {
  session.live = true;
  session.heartbeat_us = session.spans().last_span_us() + options_.heartbeat_us;
  heartbeats_.emplace(session.heartbeat_us, session.id());
  nameservers_[session.nameserver()].live.push_back(&session);
  Flush(session);
}

void PublisherMachine::LeaveLive(Session& session) {
  session.live = false;
  heartbeats_.erase({session.heartbeat_us, session.id()});
  std::vector<Session*>& live = nameservers_[session.nameserver()].live;
  auto found = std::find(live.begin(), live.end(), &session);
  *found = live.back();
  live.pop_back();
}

// A node that has a snapshot waits for a span up to the position that it is as of.
void PublisherMachine::Flush(Session& session) {
  if (!session.live || session.spans().sent().index >= session.flush_index) return;
  if (committed_->index < session.flush_index) {
    ahead_.insert(session.id());
    return;
  }
  v1::Span empty;
  SpanSender::Made made;
  SendLive(session, empty, *committed_, made);
}

void PublisherMachine::Beat() {
  const int64_t now = Now();
  while (!heartbeats_.empty() && heartbeats_.begin()->first <= now) {
    Session& session = *sessions_.at(heartbeats_.begin()->second);
    v1::Span empty;
    SpanSender::Made made;
    SendLive(session, empty, *committed_, made);
  }
}

void PublisherMachine::EndThoseWithoutKey(uint32_t key_id) {
  std::vector<SessionPtr> without;
  for (const auto& [id, session] : sessions_) {
    if (session->live && !session->spans().HasDigestKey(key_id)) without.push_back(session);
  }
  for (const SessionPtr& session : without)
    End(*session, absl::UnavailableError("there is a new digest key; subscribe anew"));
}

}  // namespace quartet::replication
