#include "replication/feed/publisher.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "quartet/stored/v1/entry.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/feed/log_window.h"
#include "replication/feed/session.h"
#include "replication/replica/full_view.h"

namespace quartet::replication {
namespace {

constexpr size_t kWindowBytes = 8 << 20;
constexpr size_t kMaxReason = 256;

class Machine : public Publisher {
 public:
  Machine(const Log& log, const store::Store& replica, Clock& clock, const Options& options)
      : options_(options), source_{log,         replica, clock, options_, LogWindow(log, kWindowBytes),
                                   std::nullopt} {}

  absl::StatusOr<SessionId> Open(const std::string& node, const std::string& nameserver) override;
  absl::Status Receive(SessionId session, const v1::SubscribeRequest& message) override;
  void Close(SessionId session) override;
  void Committed(const Position& head) override { source_.committed = head; }
  void RosterChanged() override;
  // Heartbeats are due by the clock, which Take reads.
  void Tick() override {}
  absl::Status Inquire(const std::string& node, const v1::Inquiry& inquiry) override;
  absl::Status AllowRepair(const std::string& node, const std::string& zone_id) override;
  void SetUnsettled(bool unsettled) override;
  Output Take() override;
  std::vector<NodeProgress> Progress() const override;
  uint64_t progress_version() const override { return progress_version_; }

 private:
  // PERMISSION_DENIED: this node may have no stream; else whether it is to drain.
  absl::StatusOr<bool> CheckRoster(const std::string& node, const std::string& nameserver) const;
  void End(SessionId session, absl::Status status);
  absl::Status Hello(Session& session, const v1::Hello& hello);
  absl::Status Acknowledge(const Session& session, const v1::Acknowledgement& acknowledgement);
  absl::Status Reported(Session& session, const v1::ReportPart& part);
  absl::Status Health(const Session& session, const v1::Health& health);
  NodeProgress& ProgressOf(const Session& session);
  // FAILED_PRECONDITION: the node has none.
  absl::StatusOr<Session*> SessionOf(const std::string& node);

  const Options options_;
  FeedSource source_;
  std::map<SessionId, Session> sessions_;
  SessionId last_session_ = 0;
  std::vector<Output::End> ended_;
  std::vector<Output::Report> reports_;
  std::vector<Output::Health> health_;
  std::map<std::string, NodeProgress> progress_;
  uint64_t progress_version_ = 0;
};

absl::StatusOr<bool> Machine::CheckRoster(const std::string& node, const std::string& nameserver) const {
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

absl::StatusOr<SessionId> Machine::Open(const std::string& node, const std::string& nameserver) {
  absl::StatusOr<bool> drain = CheckRoster(node, nameserver);
  if (!drain.ok()) return drain.status();
  for (const auto& [id, session] : sessions_) {
    if (session.node() != node) continue;
    End(id, absl::AbortedError(absl::StrCat("a newer stream of node ", node, " took over")));
    break;
  }
  const SessionId id = ++last_session_;
  auto [opened, inserted] = sessions_.try_emplace(id, id, node, nameserver);
  if (*drain) opened->second.Drain();
  return id;
}

void Machine::End(SessionId session, absl::Status status) {
  ended_.push_back({session, std::move(status)});
  Close(session);
}

void Machine::Close(SessionId session) {
  auto found = sessions_.find(session);
  if (found == sessions_.end()) return;
  auto progress = progress_.find(found->second.node());
  if (progress != progress_.end() && progress->second.connected) {
    progress->second.connected = false;
    ++progress_version_;
  }
  for (v1::ReportPart& part : found->second.questions().Abandon("the stream has ended"))
    reports_.push_back({found->second.node(), std::move(part)});
  sessions_.erase(found);
}

absl::Status Machine::Receive(SessionId id, const v1::SubscribeRequest& message) {
  auto found = sessions_.find(id);
  if (found == sessions_.end()) return absl::AbortedError("this stream has ended");
  Session& session = found->second;
  switch (message.message_case()) {
    case v1::SubscribeRequest::kHello:
      return Hello(session, message.hello());
    case v1::SubscribeRequest::kAcknowledgement:
      return Acknowledge(session, message.acknowledgement());
    case v1::SubscribeRequest::kFetchZones:
      return session.FetchZones(message.fetch_zones());
    case v1::SubscribeRequest::kCredit:
      return session.AddCredit(message.credit());
    case v1::SubscribeRequest::kSocketsClosed:
      if (session.incarnation().empty()) return absl::InvalidArgumentError("a message before Hello");
      ProgressOf(session).sockets_closed = true;
      ++progress_version_;
      return absl::OkStatus();
    case v1::SubscribeRequest::kReportPart:
      return Reported(session, message.report_part());
    case v1::SubscribeRequest::kHealth:
      return Health(session, message.health());
    case v1::SubscribeRequest::MESSAGE_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("a message of no kind this controller knows");
}

absl::Status Machine::Reported(Session& session, const v1::ReportPart& part) {
  if (absl::Status status = session.questions().Answered(part); !status.ok()) return status;
  reports_.push_back({session.node(), part});
  return absl::OkStatus();
}

absl::Status Machine::Health(const Session& session, const v1::Health& health) {
  if (absl::Status status = session.CheckHealth(health); !status.ok()) return status;
  health_.push_back({session.node(), health});
  return absl::OkStatus();
}

absl::StatusOr<Session*> Machine::SessionOf(const std::string& node) {
  for (auto& [id, session] : sessions_) {
    if (session.node() == node) return &session;
  }
  return absl::FailedPreconditionError(absl::StrCat("node ", node, " is not connected"));
}

absl::Status Machine::Inquire(const std::string& node, const v1::Inquiry& inquiry) {
  absl::StatusOr<Session*> session = SessionOf(node);
  return session.ok() ? (*session)->questions().Add(inquiry) : session.status();
}

absl::Status Machine::AllowRepair(const std::string& node, const std::string& zone_id) {
  absl::StatusOr<Session*> session = SessionOf(node);
  return session.ok() ? (*session)->AllowRepair(zone_id) : session.status();
}

void Machine::SetUnsettled(bool unsettled) {
  if (source_.unsettled == unsettled) return;
  source_.unsettled = unsettled;
  std::vector<SessionId> welcomed;
  for (const auto& [id, session] : sessions_) {
    if (session.welcomed()) welcomed.push_back(id);
  }
  for (SessionId id : welcomed) {
    End(id, absl::UnavailableError(unsettled ? "a restored state is to be confirmed: subscribe anew"
                                             : "confirmed: subscribe anew"));
  }
}

NodeProgress& Machine::ProgressOf(const Session& session) {
  NodeProgress& progress = progress_[session.node()];
  progress.node = session.node();
  progress.nameserver = session.nameserver();
  return progress;
}

absl::Status Machine::Hello(Session& session, const v1::Hello& hello) {
  if (absl::Status status = session.Hello(hello); !status.ok()) return status;
  NodeProgress& progress = ProgressOf(session);
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
  ++progress_version_;
  return absl::OkStatus();
}

absl::Status Machine::Acknowledge(const Session& session, const v1::Acknowledgement& acknowledgement) {
  if (absl::Status status = session.CheckAcknowledgement(acknowledgement); !status.ok()) return status;
  NodeProgress& progress = ProgressOf(session);
  progress.acknowledged = true;
  progress.epoch = acknowledgement.epoch();
  progress.acknowledged_index = acknowledgement.index();
  progress.acknowledged_wall_us = source_.clock.WallMicros();
  progress.exceptions.clear();
  for (const v1::ZoneException& exception : acknowledgement.exceptions()) {
    progress.exceptions.push_back(
        {exception.zone_id(), exception.served_revision(), exception.reason().substr(0, kMaxReason)});
  }
  ++progress_version_;
  return absl::OkStatus();
}

void Machine::RosterChanged() {
  std::vector<std::pair<SessionId, absl::Status>> denied;
  for (auto& [id, session] : sessions_) {
    absl::StatusOr<bool> drain = CheckRoster(session.node(), session.nameserver());
    if (!drain.ok()) {
      denied.emplace_back(id, drain.status());
    } else if (*drain) {
      session.Drain();
    }
  }
  for (auto& [id, status] : denied) End(id, std::move(status));
}

Publisher::Output Machine::Take() {
  Output output;
  std::vector<std::pair<SessionId, absl::Status>> broken;
  std::vector<v1::SubscribeResponse> messages;
  for (auto& [id, session] : sessions_) {
    messages.clear();
    absl::Status sent = session.Send(source_, messages, output.more);
    for (v1::SubscribeResponse& message : messages) output.messages.push_back({id, std::move(message)});
    if (!sent.ok()) broken.emplace_back(id, std::move(sent));
  }
  for (auto& [id, status] : broken) End(id, std::move(status));
  output.ended = std::exchange(ended_, {});
  output.reports = std::exchange(reports_, {});
  output.health = std::exchange(health_, {});
  source_.window.Shrink();
  return output;
}

std::vector<NodeProgress> Machine::Progress() const {
  std::vector<NodeProgress> nodes;
  for (const auto& [name, progress] : progress_) nodes.push_back(progress);
  return nodes;
}

}  // namespace

std::unique_ptr<Publisher> Publisher::Create(const Log& log, const store::Store& replica, Clock& clock,
                                             const Options& options) {
  return std::make_unique<Machine>(log, replica, clock, options);
}

}  // namespace quartet::replication
