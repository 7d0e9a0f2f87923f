#include "replication/feed/feed_service.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "proto/transport/credentials.h"
#include "quartet/replication/v1/feed.grpc.pb.h"
#include "replication/base/log.h"

namespace quartet::replication {
namespace {

grpc::Status ToGrpc(const absl::Status& status) {
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()));
}

}  // namespace

class FeedService::State : public v1::ReplicationService::CallbackService,
                           public std::enable_shared_from_this<FeedService::State> {
 public:
  State(const Log& log, const store::Store& replica, Clock& clock, const Publisher::Options& options)
      : heartbeat_(std::chrono::microseconds(options.heartbeat_us / 4)),
        publisher_(Publisher::Create(log, replica, clock, options)) {}

  void StartTicking() {
    ticker_ = std::thread([this] { Tick(); });
  }

  grpc::ServerBidiReactor<v1::SubscribeRequest, v1::SubscribeResponse>* Subscribe(
      grpc::CallbackServerContext* context) override;

  void Committed(const Position& head) {
    {
      std::lock_guard lock(mutex_);
      publisher_->Committed(head);
    }
    Pump();
  }

  void RosterChanged() {
    {
      std::lock_guard lock(mutex_);
      publisher_->RosterChanged();
    }
    Pump();
    Report();
  }

  std::vector<NodeProgress> Progress() const {
    std::lock_guard lock(mutex_);
    return publisher_->Progress();
  }

  void set_on_progress(std::function<void()> on_progress) { on_progress_ = std::move(on_progress); }

  absl::Status Inquire(const std::string& node, const v1::Inquiry& inquiry) {
    return Command([&](Publisher& publisher) { return publisher.Inquire(node, inquiry); });
  }

  absl::Status AllowRepair(const std::string& node, const std::string& zone_id) {
    return Command([&](Publisher& publisher) { return publisher.AllowRepair(node, zone_id); });
  }

  void SetUnsettled(bool unsettled) {
    Command([&](Publisher& publisher) {
      publisher.SetUnsettled(unsettled);
      return absl::OkStatus();
    }).IgnoreError();
    Report();
  }

  void set_on_report(OnReport on_report) { on_report_ = std::move(on_report); }
  void set_on_health(OnHealth on_health) { on_health_ = std::move(on_health); }

  void Shutdown();

 private:
  class Stream;

  template <typename Call>
  absl::Status Command(Call call) {
    absl::Status status;
    {
      std::lock_guard lock(mutex_);
      status = call(*publisher_);
    }
    Pump();
    return status;
  }

  absl::Status Open(Stream* stream, const grpc::CallbackServerContext& context);
  absl::Status Receive(SessionId session, const v1::SubscribeRequest& message);
  void Close(SessionId session);
  // Hands all there is to send to the streams.
  void Pump();
  bool PumpOnce();
  // Tells the owner what nodes said and it does not know of yet.
  void Report();
  void Tick();

  const std::chrono::microseconds heartbeat_;
  std::function<void()> on_progress_;
  OnReport on_report_;
  OnHealth on_health_;

  mutable std::mutex mutex_;
  std::condition_variable stopped_;
  // Guarded by mutex_.
  std::unique_ptr<Publisher> publisher_;
  std::unordered_map<SessionId, Stream*> streams_;
  // For Report. Each stream's reader empties them before it reads on.
  std::vector<Publisher::Output::Report> reports_;
  std::vector<Publisher::Output::Health> health_;
  bool stopping_ = false;

  // Held while the owner is told, and never taken while mutex_ is held.
  std::mutex report_mutex_;
  uint64_t reported_ = 0;

  std::thread ticker_;
};

// One node's stream. gRPC calls it from its own threads; it deletes itself after OnDone. Its queue is bounded
// by the credit that the node gives the publisher.
class FeedService::State::Stream
    : public grpc::ServerBidiReactor<v1::SubscribeRequest, v1::SubscribeResponse> {
 public:
  explicit Stream(std::shared_ptr<State> state) : state_(std::move(state)) {}

  void Begin(SessionId session) {
    session_ = session;
    StartSendInitialMetadata();
    StartRead(&request_);
  }

  void Write(v1::SubscribeResponse message) {
    std::lock_guard lock(mutex_);
    if (ending_) return;
    queue_.push_back(std::move(message));
    if (queue_.size() == 1) StartWrite(&queue_.front());
  }

  // What is being written is let through, the rest of the queue is not.
  void End(const absl::Status& status) {
    std::lock_guard lock(mutex_);
    EndLocked(status);
  }

  void OnWriteDone(bool ok) override {
    std::lock_guard lock(mutex_);
    queue_.pop_front();
    if (ending_) {
      Finish(ToGrpc(status_));
    } else if (!ok) {
      queue_.clear();
      EndLocked(absl::UnavailableError("the node is gone"));
    } else if (!queue_.empty()) {
      StartWrite(&queue_.front());
    }
  }

  void OnReadDone(bool ok) override {
    absl::Status status = ok ? state_->Receive(session_, request_) : absl::OkStatus();
    if (ok && status.ok()) {
      StartRead(&request_);
      return;
    }
    state_->Close(session_);
    End(status);
  }

  void OnCancel() override {
    state_->Close(session_);
    End(absl::CancelledError("the stream was cancelled"));
  }

  void OnDone() override {
    state_->Close(session_);
    delete this;
  }

 private:
  void EndLocked(const absl::Status& status) {
    if (ending_) return;
    ending_ = true;
    status_ = status;
    const bool writing = !queue_.empty();
    if (writing) {
      queue_.erase(queue_.begin() + 1, queue_.end());
    } else {
      Finish(ToGrpc(status_));
    }
  }

  const std::shared_ptr<State> state_;
  // Set before any reaction can run. 0: it was refused.
  SessionId session_ = 0;
  v1::SubscribeRequest request_;

  std::mutex mutex_;
  // Guarded by mutex_. The front is being written. gRPC aborts on a second write, or a second Finish.
  std::deque<v1::SubscribeResponse> queue_;
  bool ending_ = false;
  absl::Status status_;
};

grpc::ServerBidiReactor<v1::SubscribeRequest, v1::SubscribeResponse>* FeedService::State::Subscribe(
    grpc::CallbackServerContext* context) {
  auto* stream = new Stream(shared_from_this());
  absl::Status opened = Open(stream, *context);
  if (!opened.ok()) stream->End(opened);
  Pump();
  return stream;
}

absl::Status FeedService::State::Open(Stream* stream, const grpc::CallbackServerContext& context) {
  absl::StatusOr<transport::Identity> peer = transport::PeerIdentity(context);
  if (!peer.ok()) return peer.status();
  if (peer->kind != transport::Identity::Kind::kNode) {
    return absl::UnauthenticatedError("the feed is for nodes; this certificate is of " + peer->ToString());
  }
  std::lock_guard lock(mutex_);
  if (stopping_) return absl::UnavailableError("the controller is shutting down");
  absl::StatusOr<SessionId> session = publisher_->Open(peer->name, peer->nameserver);
  if (!session.ok()) {
    LogWarning("node {} is refused: {}", peer->name, std::string(session.status().message()));
    return session.status();
  }
  streams_.emplace(*session, stream);
  stream->Begin(*session);
  LogInfo("node {} of {} subscribed", peer->name, peer->nameserver);
  return absl::OkStatus();
}

absl::Status FeedService::State::Receive(SessionId session, const v1::SubscribeRequest& message) {
  absl::Status status;
  {
    std::lock_guard lock(mutex_);
    status = publisher_->Receive(session, message);
  }
  if (status.ok()) Pump();
  Report();
  return status;
}

void FeedService::State::Close(SessionId session) {
  {
    std::lock_guard lock(mutex_);
    if (streams_.erase(session) == 0) return;
    publisher_->Close(session);
  }
  Pump();
  Report();
}

bool FeedService::State::PumpOnce() {
  std::lock_guard lock(mutex_);
  Publisher::Output output = publisher_->Take();
  std::move(output.reports.begin(), output.reports.end(), std::back_inserter(reports_));
  std::move(output.health.begin(), output.health.end(), std::back_inserter(health_));
  for (Publisher::Output::Message& message : output.messages) {
    auto found = streams_.find(message.session);
    if (found != streams_.end()) found->second->Write(std::move(message.message));
  }
  for (const Publisher::Output::End& end : output.ended) {
    auto found = streams_.find(end.session);
    if (found == streams_.end()) continue;
    Stream* stream = found->second;
    // Before End: once it has ended, it may be gone.
    streams_.erase(found);
    stream->End(end.status);
  }
  return output.more;
}

void FeedService::State::Pump() {
  while (PumpOnce()) {
  }
}

void FeedService::State::Report() {
  std::lock_guard report_lock(report_mutex_);
  std::vector<Publisher::Output::Report> reports;
  std::vector<Publisher::Output::Health> health;
  bool progress = false;
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    reports.swap(reports_);
    health.swap(health_);
    const uint64_t version = publisher_->progress_version();
    progress = version != std::exchange(reported_, version);
  }
  if (progress && on_progress_) on_progress_();
  for (const Publisher::Output::Report& report : reports) {
    if (on_report_) on_report_(report.node, report.part);
  }
  for (const Publisher::Output::Health& one : health) {
    if (on_health_) on_health_(one.node, one.health);
  }
}

void FeedService::State::Tick() {
  std::unique_lock lock(mutex_);
  while (!stopped_.wait_for(lock, heartbeat_, [this] { return stopping_; })) {
    publisher_->Tick();
    lock.unlock();
    Pump();
    Report();
    lock.lock();
  }
}

void FeedService::State::Shutdown() {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    for (const auto& [session, stream] : std::exchange(streams_, {})) {
      publisher_->Close(session);
      stream->End(absl::UnavailableError("the controller is shutting down"));
    }
  }
  stopped_.notify_all();
  if (ticker_.joinable()) ticker_.join();
  // Nobody is told of anything after this.
  std::lock_guard report_lock(report_mutex_);
}

FeedService::FeedService(const Log& log, const store::Store& replica, Clock& clock,
                         const Publisher::Options& options)
    : state_(std::make_shared<State>(log, replica, clock, options)) {
  state_->StartTicking();
}

FeedService::~FeedService() { Shutdown(); }

grpc::Service* FeedService::service() { return state_.get(); }
void FeedService::Committed(const Position& head) { state_->Committed(head); }
void FeedService::RosterChanged() { state_->RosterChanged(); }
std::vector<NodeProgress> FeedService::Progress() const { return state_->Progress(); }
void FeedService::set_on_progress(std::function<void()> on_progress) {
  state_->set_on_progress(std::move(on_progress));
}
absl::Status FeedService::Inquire(const std::string& node, const v1::Inquiry& inquiry) {
  return state_->Inquire(node, inquiry);
}
absl::Status FeedService::AllowRepair(const std::string& node, const std::string& zone_id) {
  return state_->AllowRepair(node, zone_id);
}
void FeedService::SetUnsettled(bool unsettled) { state_->SetUnsettled(unsettled); }
void FeedService::set_on_report(OnReport on_report) { state_->set_on_report(std::move(on_report)); }
void FeedService::set_on_health(OnHealth on_health) { state_->set_on_health(std::move(on_health)); }
void FeedService::Shutdown() { state_->Shutdown(); }

}  // namespace quartet::replication
