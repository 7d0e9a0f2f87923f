#include "replication/feed/publisher.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/feed/publisher_machine.h"
#include "replication/replica/full_view.h"

namespace quartet::replication {
namespace {

constexpr size_t kTailBytes = 4 << 20;
constexpr size_t kPastBytes = 8 << 20;
constexpr size_t kZoneCacheBytes = 32 << 20;
constexpr size_t kMaxReason = 256;

}  // namespace

PublisherMachine::PublisherMachine(const Log& log, const store::Store& replica, Clock& clock,
                                   const Options& options)
    : options_(options),
      source_{log, replica, clock, options_},
      tail_(log, kTailBytes),
      past_(log, kPastBytes),
      zone_cache_(kZoneCacheBytes),
      admission_(options.streams_at_once, options.between_streams_us),
      inventory_places_(options.senders),
      zones_places_(options.senders) {}

absl::StatusOr<bool> PublisherMachine::CheckRoster(const std::string& node,
                                                   const std::string& nameserver) const {
  absl::StatusOr<std::optional<FullView::ObjectRow>> object =
      FullView(source_.replica).GetObject(stored::v1::OBJECT_KIND_NODE, node);
  if (!object.ok()) return object.status();
  if (!object->has_value())
    return absl::PermissionDeniedError(absl::StrCat("node ", node, " is not enrolled"));
  stored::v1::NodeRow row;
  if (!row.ParseFromString((*object)->row))
    return absl::DataLossError(absl::StrCat("row of node ", node, " is damaged"));
  if (row.nameserver() != nameserver) {
    return absl::PermissionDeniedError(absl::StrCat("node ", node, " is enrolled under ", row.nameserver(),
                                                    ", its certificate says ", nameserver));
  }
  if (row.state() == stored::v1::NODE_STATE_DRAINED) {
    return absl::PermissionDeniedError(absl::StrCat("node ", node, " is drained"));
  }
  return row.state() == stored::v1::NODE_STATE_DRAINING;
}

absl::StatusOr<SessionId> PublisherMachine::Open(const std::string& node, const std::string& nameserver) {
  absl::StatusOr<bool> drain = CheckRoster(node, nameserver);
  if (!drain.ok()) return drain.status();
  if (auto other = by_node_.find(node); other != by_node_.end()) {
    End(*other->second, absl::AbortedError(absl::StrCat("a newer stream of node ", node, " took over")));
  }
  const SessionId id = ++last_session_;
  auto session = std::make_shared<Session>(id, node, nameserver);
  if (*drain) session->Drain();
  const int64_t admitted_at = admission_.Admit(node, Now());
  session->admitted = admitted_at <= Now();
  if (!session->admitted) admissions_.emplace(admitted_at, id);
  by_node_[node] = session.get();
  sessions_.emplace(id, std::move(session));
  return id;
}

void PublisherMachine::End(Session& session, absl::Status status) {
  output_.ended.push_back({session.id(), std::move(status)});
  Close(session.id());
}

void PublisherMachine::Close(SessionId id) {
  auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  // A turn may still have it.
  const SessionPtr session = found->second;
  session->closed = true;
  auto progress = progress_.find(session->node());
  if (progress != progress_.end() && progress->second.connected) Moved(*session).connected = false;
  for (v1::ReportPart& part : session->questions().Abandon("the stream has ended"))
    output_.reports.push_back({session->node(), std::move(part)});
  if (session->live) LeaveLive(*session);
  LeavePlaces(*session);
  ahead_.erase(id);
  by_node_.erase(session->node());
  sessions_.erase(found);
}

absl::Status PublisherMachine::Receive(SessionId id, const v1::SubscribeRequest& message) {
  auto found = sessions_.find(id);
  if (found == sessions_.end()) return absl::AbortedError("this stream has ended");
  Session& session = *found->second;
  absl::Status status;
  switch (message.message_case()) {
    case v1::SubscribeRequest::kHello:
      status = Hello(session, message.hello());
      break;
    case v1::SubscribeRequest::kAcknowledgement:
      return Acknowledge(session, message.acknowledgement());
    case v1::SubscribeRequest::kFetchZones:
      status = session.FetchZones(message.fetch_zones());
      break;
    case v1::SubscribeRequest::kCredit:
      status = session.AddCredit(message.credit());
      break;
    case v1::SubscribeRequest::kSocketsClosed:
      if (!session.said_hello()) return absl::InvalidArgumentError("a message before Hello");
      Moved(session).sockets_closed = true;
      return absl::OkStatus();
    case v1::SubscribeRequest::kReportPart:
      status = session.questions().Answered(message.report_part());
      if (!status.ok()) return status;
      output_.reports.push_back({session.node(), message.report_part()});
      Emit(session, session.TakeSmall());
      return absl::OkStatus();
    case v1::SubscribeRequest::kHealth:
      status = session.CheckHealth(message.health());
      if (status.ok()) output_.health.push_back({session.node(), message.health()});
      return status;
    case v1::SubscribeRequest::MESSAGE_NOT_SET:
      return absl::InvalidArgumentError("a message of no kind this controller knows");
  }
  if (status.ok()) Schedule(session);
  return status;
}

NodeProgress& PublisherMachine::Moved(const Session& session) {
  moved_.insert(session.node());
  NodeProgress& progress = progress_[session.node()];
  progress.node = session.node();
  progress.nameserver = session.nameserver();
  return progress;
}

absl::Status PublisherMachine::Hello(Session& session, const v1::Hello& hello) {
  if (absl::Status status = session.Hello(hello); !status.ok()) return status;
  NodeProgress& progress = Moved(session);
  if (progress.incarnation != hello.incarnation()) {
    progress.incarnation = hello.incarnation();
    progress.acknowledged = false;
    progress.epoch = 0;
    progress.acknowledged_index = 0;
    progress.exceptions.clear();
    progress.acknowledged_wall_us = 0;
  }
  progress.connected = true;
  progress.version = hello.version().substr(0, kMaxReason);
  progress.sockets_closed = false;
  return absl::OkStatus();
}

absl::Status PublisherMachine::Acknowledge(const Session& session,
                                           const v1::Acknowledgement& acknowledgement) {
  if (absl::Status status = session.CheckAcknowledgement(acknowledgement); !status.ok()) return status;
  NodeProgress& progress = Moved(session);
  progress.acknowledged = true;
  progress.epoch = acknowledgement.epoch();
  progress.acknowledged_index = acknowledgement.index();
  progress.acknowledged_wall_us = source_.clock.WallMicros();
  progress.exceptions.clear();
  for (const v1::ZoneException& exception : acknowledgement.exceptions()) {
    progress.exceptions.push_back(
        {exception.zone_id(), exception.served_revision(), exception.reason().substr(0, kMaxReason)});
  }
  return absl::OkStatus();
}

absl::StatusOr<Session*> PublisherMachine::SessionOf(const std::string& node) {
  auto found = by_node_.find(node);
  if (found != by_node_.end()) return found->second;
  return absl::FailedPreconditionError(absl::StrCat("node ", node, " is not connected"));
}

absl::Status PublisherMachine::Inquire(const std::string& node, const v1::Inquiry& inquiry) {
  absl::StatusOr<Session*> session = SessionOf(node);
  if (!session.ok()) return session.status();
  absl::Status status = (*session)->questions().Add(inquiry);
  Emit(**session, (*session)->TakeSmall());
  return status;
}

absl::Status PublisherMachine::AllowRepair(const std::string& node, const std::string& zone_id) {
  absl::StatusOr<Session*> session = SessionOf(node);
  if (!session.ok()) return session.status();
  absl::Status status = (*session)->AllowRepair(zone_id);
  Emit(**session, (*session)->TakeSmall());
  return status;
}

absl::Status PublisherMachine::CompareZones(const std::string& node, const v1::CompareZones& zones) {
  absl::StatusOr<Session*> session = SessionOf(node);
  if (!session.ok()) return session.status();
  absl::Status status = (*session)->CompareZones(zones);
  Emit(**session, (*session)->TakeSmall());
  return status;
}

void PublisherMachine::SetUnsettled(bool unsettled) {
  if (unsettled_ == unsettled) return;
  unsettled_ = unsettled;
  std::vector<SessionPtr> all;
  for (const auto& [id, session] : sessions_) all.push_back(session);
  for (const SessionPtr& session : all) {
    if (!session->welcomed() && !session->spans_busy()) continue;
    End(*session, absl::UnavailableError(unsettled ? "a restored state is to be confirmed: subscribe anew"
                                                   : "confirmed: subscribe anew"));
  }
}

void PublisherMachine::RosterChanged() {
  std::vector<std::pair<SessionPtr, absl::Status>> denied;
  for (auto& [id, session] : sessions_) {
    absl::StatusOr<bool> drain = CheckRoster(session->node(), session->nameserver());
    if (!drain.ok()) {
      denied.emplace_back(session, drain.status());
    } else if (*drain) {
      session->Drain();
      Emit(*session, session->TakeSmall());
    }
  }
  for (auto& [session, status] : denied) End(*session, std::move(status));
}

void PublisherMachine::Emit(const Session& session, std::vector<Outgoing> messages) {
  for (Outgoing& message : messages) output_.messages.push_back({session.id(), std::move(message)});
}

void PublisherMachine::SetWritable(SessionId id, bool writable) {
  auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  found->second->writable = writable;
  Schedule(*found->second);
}

void PublisherMachine::Tick() { UnstickSenders(); }

Publisher::Output PublisherMachine::Take() {
  Admit();
  Beat();
  for (const std::string& node : std::exchange(moved_, {})) output_.progress.push_back(progress_[node]);
  return std::exchange(output_, {});
}

std::vector<NodeProgress> PublisherMachine::Progress() const {
  std::vector<NodeProgress> nodes;
  nodes.reserve(progress_.size());
  for (const auto& [name, progress] : progress_) nodes.push_back(progress);
  return nodes;
}

std::unique_ptr<Publisher> Publisher::Create(const Log& log, const store::Store& replica, Clock& clock,
                                             const Options& options) {
  return std::make_unique<PublisherMachine>(log, replica, clock, options);
}

}  // namespace quartet::replication
