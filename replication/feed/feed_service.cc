#include "replication/feed/feed_service.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <map>
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

using Steady = std::chrono::steady_clock;
using RawService = v1::ReplicationService::WithRawCallbackMethod_Subscribe<v1::ReplicationService::Service>;

constexpr size_t kMaxStreams = 8192;
// What the queues of all streams hold together, divided among them, and what one of them holds at least and at most
// (and one message more).
constexpr size_t kAllQueuesBytes = 256 << 20;
constexpr size_t kMinQueueBytes = 32 << 10;
constexpr size_t kMaxQueueBytes = 1 << 20;
// A stream is ended if nothing of its queue could be written for so long.
constexpr std::chrono::seconds kStuckAfter(30);
constexpr int kReaderNice = 5;

// gRPC writes the message's own bytes, which live as long as it needs them.
grpc::ByteBuffer ToByteBuffer(const Outgoing& message) {
  using Bytes = std::shared_ptr<const std::string>;
  auto* held = new Bytes(message.bytes());
  grpc::Slice slice(
      const_cast<char*>((*held)->data()), (*held)->size(),
      [](void* bytes) { delete static_cast<Bytes*>(bytes); }, held);
  return grpc::ByteBuffer(&slice, 1);
}

bool Parse(const grpc::ByteBuffer& bytes, v1::SubscribeRequest& message) {
  grpc::ByteBuffer copy(bytes);
  grpc::ProtoBufferReader reader(&copy);
  return reader.status().ok() && message.ParseFromZeroCopyStream(&reader);
}

}  // namespace

class FeedService::State : public RawService, public std::enable_shared_from_this<FeedService::State> {
 public:
  State(const Log& log, const store::Store& replica, Clock& clock, const Publisher::Options& options)
      : heartbeat_(std::chrono::microseconds(options.heartbeat_us / 4)),
        publisher_(Publisher::Create(log, replica, clock, options)) {}

  void StartThreads() {
    ticker_ = std::thread([this] { Tick(); });
    reader_ = std::thread([this] { RunTurns(); });
  }

  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Subscribe(
      grpc::CallbackServerContext* context) override;

  void Committed(const Position& head) {
    Command([&](Publisher& publisher) {
      publisher.Committed(head);
      return absl::OkStatus();
    }).IgnoreError();
  }

  void RosterChanged() {
    Command([&](Publisher& publisher) {
      publisher.RosterChanged();
      return absl::OkStatus();
    }).IgnoreError();
    Report();
  }

  std::vector<NodeProgress> Progress() const {
    std::lock_guard lock(mutex_);
    return publisher_->Progress();
  }

  void set_on_progress(OnProgress on_progress) { on_progress_ = std::move(on_progress); }

  absl::Status Inquire(const std::string& node, const v1::Inquiry& inquiry) {
    return Command([&](Publisher& publisher) { return publisher.Inquire(node, inquiry); });
  }

  absl::Status AllowRepair(const std::string& node, const std::string& zone_id) {
    return Command([&](Publisher& publisher) { return publisher.AllowRepair(node, zone_id); });
  }

  absl::Status CompareZones(const std::string& node, const v1::CompareZones& zones) {
    return Command([&](Publisher& publisher) { return publisher.CompareZones(node, zones); });
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
  using StreamPtr = std::shared_ptr<Stream>;

  // What is to be done with streams once the lock is free: their writes cost system calls.
  struct Outside {
    std::vector<StreamPtr> written;
    std::vector<std::pair<StreamPtr, absl::Status>> ended;
  };

  // One call of the publisher, and all that it makes to be sent.
  template <typename Call>
  absl::Status Command(Call call) {
    Outside outside;
    absl::Status status;
    {
      std::lock_guard lock(mutex_);
      status = call(*publisher_);
      Collect(outside);
    }
    Do(outside);
    return status;
  }

  absl::Status Open(const StreamPtr& stream, const grpc::CallbackServerContext& context);
  absl::Status Receive(SessionId session, const grpc::ByteBuffer& bytes);
  void Close(SessionId session);
  void Writable(SessionId session);
  // Moves what there is to send into the streams' queues. Needs the lock.
  void Collect(Outside& outside);
  static void Do(Outside& outside);
  // Bytes that a stream's queue may hold before it is asked to drain.
  size_t QueueBytes() const;
  // Tells the owner what nodes said and it does not know of yet.
  void Report();
  void Tick();
  void RunTurns();
  // Streams whose node has read nothing for long. Needs the lock.
  std::vector<StreamPtr> Stuck() const;

  const std::chrono::microseconds heartbeat_;
  OnProgress on_progress_;
  OnReport on_report_;
  OnHealth on_health_;

  mutable std::mutex mutex_;
  std::condition_variable stopped_;
  std::condition_variable turns_;
  // Guarded by mutex_.
  std::unique_ptr<Publisher> publisher_;
  std::unordered_map<SessionId, StreamPtr> streams_;
  // For Report. Each stream's reader empties them before it reads on.
  std::vector<Publisher::Output::Report> reports_;
  std::vector<Publisher::Output::Health> health_;
  std::map<std::string, NodeProgress> progress_;
  bool stopping_ = false;

  // Held while the owner is told, and never taken while mutex_ is held.
  std::mutex report_mutex_;

  std::thread ticker_;
  std::thread reader_;
};

// One node's stream. gRPC calls it from its own threads; it holds itself until OnDone.
class FeedService::State::Stream : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                                   public std::enable_shared_from_this<Stream> {
 public:
  Stream(std::shared_ptr<State> state, grpc::CallbackServerContext& context)
      : state_(std::move(state)), context_(context) {}

  void HoldItself() { self_ = shared_from_this(); }

  void Begin(SessionId session) {
    session_ = session;
    StartSendInitialMetadata();
    StartRead(&request_);
  }

  // For Flush. True: the queue has become fuller than `limit`; Writable follows when it is half of that.
  bool Push(const Outgoing& message, size_t limit) {
    std::lock_guard lock(mutex_);
    if (ending_) return false;
    if (queue_.empty()) moved_at_ = Steady::now();
    queue_.push_back(ToByteBuffer(message));
    queued_bytes_ += message.size();
    limit_ = limit;
    if (full_ || queued_bytes_ <= limit) return false;
    full_ = true;
    return true;
  }

  void Flush() {
    std::lock_guard lock(mutex_);
    WriteNext();
  }

  // What is being written is let through, the rest of the queue is not.
  void End(const absl::Status& status) {
    std::lock_guard lock(mutex_);
    EndLocked(status);
  }

  // Has a message that could not be written since then.
  bool StuckSince(Steady::time_point then) {
    std::lock_guard lock(mutex_);
    return !queue_.empty() && !ended_ && moved_at_ < then;
  }

  void Cancel() {
    std::lock_guard lock(mutex_);
    if (!ended_) context_.TryCancel();
  }

  void OnWriteDone(bool ok) override {
    bool drained = false;
    {
      std::lock_guard lock(mutex_);
      writing_ = false;
      moved_at_ = Steady::now();
      queued_bytes_ -= queue_.front().Length();
      queue_.pop_front();
      if (ending_) {
        FinishLocked();
      } else if (!ok) {
        queue_.clear();
        EndLocked(absl::UnavailableError("the node is gone"));
      } else {
        WriteNext();
      }
      if (full_ && !ending_ && queued_bytes_ * 2 <= limit_) {
        full_ = false;
        drained = true;
      }
    }
    if (drained) state_->Writable(session_);
  }

  void OnReadDone(bool ok) override {
    absl::Status status = ok ? state_->Receive(session_, request_) : absl::OkStatus();
    if (ok && status.ok()) {
      request_.Clear();
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
    const StreamPtr last = std::move(self_);
  }

 private:
  void WriteNext() {
    if (writing_ || ending_ || queue_.empty()) return;
    writing_ = true;
    StartWrite(&queue_.front());
  }

  void EndLocked(const absl::Status& status) {
    if (ending_) return;
    ending_ = true;
    status_ = status;
    if (!writing_) {
      queue_.clear();
      FinishLocked();
    } else {
      queue_.erase(queue_.begin() + 1, queue_.end());
      queued_bytes_ = queue_.front().Length();
    }
  }

  void FinishLocked() {
    ended_ = true;
    Finish(ToGrpc(status_));
  }

  const std::shared_ptr<State> state_;
  grpc::CallbackServerContext& context_;
  StreamPtr self_;
  // Set before any reaction can run. 0: it was refused.
  SessionId session_ = 0;
  grpc::ByteBuffer request_;

  std::mutex mutex_;
  // Guarded by mutex_. The front is being written if writing_. gRPC aborts on a second write, or a second Finish.
  std::deque<grpc::ByteBuffer> queue_;
  size_t queued_bytes_ = 0;
  size_t limit_ = 0;
  bool full_ = false;
  bool writing_ = false;
  // When a write was done, or the first one begun.
  Steady::time_point moved_at_;
  bool ending_ = false;
  bool ended_ = false;
  absl::Status status_;
};

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* FeedService::State::Subscribe(
    grpc::CallbackServerContext* context) {
  auto stream = std::make_shared<Stream>(shared_from_this(), *context);
  stream->HoldItself();
  absl::Status opened = Open(stream, *context);
  // Once it has ended, nothing of it may be left: `stream` holds it until here.
  if (!opened.ok()) stream->End(opened);
  return stream.get();
}

absl::Status FeedService::State::Open(const StreamPtr& stream, const grpc::CallbackServerContext& context) {
  absl::StatusOr<transport::Identity> peer = transport::PeerIdentity(context);
  if (!peer.ok()) return peer.status();
  if (peer->kind != transport::Identity::Kind::kNode) {
    return absl::UnauthenticatedError("the feed is for nodes; this certificate is of " + peer->ToString());
  }
  Outside outside;
  std::unique_lock lock(mutex_);
  if (stopping_) return absl::UnavailableError("the controller is shutting down");
  if (streams_.size() >= kMaxStreams) return absl::ResourceExhaustedError("too many nodes are connected");
  absl::StatusOr<SessionId> session = publisher_->Open(peer->name, peer->nameserver);
  if (!session.ok()) {
    LogWarning("node {} is refused: {}", peer->name, std::string(session.status().message()));
    return session.status();
  }
  streams_.emplace(*session, stream);
  stream->Begin(*session);
  Collect(outside);
  lock.unlock();
  Do(outside);
  LogInfo("node {} of {} subscribed", peer->name, peer->nameserver);
  return absl::OkStatus();
}

absl::Status FeedService::State::Receive(SessionId session, const grpc::ByteBuffer& bytes) {
  v1::SubscribeRequest message;
  if (!Parse(bytes, message)) return absl::InvalidArgumentError("a message that can't be read");
  absl::Status status = Command([&](Publisher& publisher) { return publisher.Receive(session, message); });
  Report();
  return status;
}

void FeedService::State::Close(SessionId session) {
  Outside outside;
  {
    std::lock_guard lock(mutex_);
    if (streams_.erase(session) == 0) return;
    publisher_->Close(session);
    Collect(outside);
  }
  Do(outside);
  Report();
}

void FeedService::State::Writable(SessionId session) {
  Command([&](Publisher& publisher) {
    publisher.SetWritable(session, true);
    return absl::OkStatus();
  }).IgnoreError();
}

size_t FeedService::State::QueueBytes() const {
  return std::clamp(kAllQueuesBytes / std::max<size_t>(1, streams_.size()), kMinQueueBytes, kMaxQueueBytes);
}

void FeedService::State::Collect(Outside& outside) {
  Publisher::Output output = publisher_->Take();
  std::move(output.reports.begin(), output.reports.end(), std::back_inserter(reports_));
  std::move(output.health.begin(), output.health.end(), std::back_inserter(health_));
  for (NodeProgress& progress : output.progress) progress_[progress.node] = std::move(progress);
  const size_t limit = QueueBytes();
  for (const Publisher::Output::Message& message : output.messages) {
    auto found = streams_.find(message.session);
    if (found == streams_.end()) continue;
    if (outside.written.empty() || outside.written.back() != found->second)
      outside.written.push_back(found->second);
    if (found->second->Push(message.message, limit)) publisher_->SetWritable(message.session, false);
  }
  for (const Publisher::Output::End& end : output.ended) {
    auto found = streams_.find(end.session);
    if (found == streams_.end()) continue;
    outside.ended.emplace_back(std::move(found->second), end.status);
    streams_.erase(found);
  }
  if (publisher_->has_turn()) turns_.notify_one();
}

void FeedService::State::Do(Outside& outside) {
  for (const StreamPtr& stream : outside.written) stream->Flush();
  for (const auto& [stream, status] : outside.ended) stream->End(status);
}

void FeedService::State::RunTurns() {
  // Commits, and the gRPC threads that carry them, go first. (Of the thread, on Linux.)
  setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), kReaderNice);
  std::unique_lock lock(mutex_);
  for (;;) {
    turns_.wait(lock, [this] { return stopping_ || publisher_->has_turn(); });
    if (stopping_) return;
    std::unique_ptr<Publisher::Turn> turn = publisher_->TakeTurn();
    if (turn == nullptr) continue;
    lock.unlock();
    turn->Run();
    Outside outside;
    lock.lock();
    publisher_->EndTurn(std::move(turn));
    Collect(outside);
    lock.unlock();
    Do(outside);
    Report();
    lock.lock();
  }
}

void FeedService::State::Report() {
  std::lock_guard report_lock(report_mutex_);
  std::vector<Publisher::Output::Report> reports;
  std::vector<Publisher::Output::Health> health;
  std::vector<NodeProgress> progress;
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    reports.swap(reports_);
    health.swap(health_);
    for (auto& [node, moved] : std::exchange(progress_, {})) progress.push_back(std::move(moved));
  }
  if (!progress.empty() && on_progress_) on_progress_(progress);
  for (const Publisher::Output::Report& report : reports) {
    if (on_report_) on_report_(report.node, report.part);
  }
  for (const Publisher::Output::Health& one : health) {
    if (on_health_) on_health_(one.node, one.health);
  }
}

std::vector<FeedService::State::StreamPtr> FeedService::State::Stuck() const {
  std::vector<StreamPtr> stuck;
  for (const auto& [session, stream] : streams_) {
    if (stream->StuckSince(Steady::now() - kStuckAfter)) stuck.push_back(stream);
  }
  return stuck;
}

void FeedService::State::Tick() {
  std::unique_lock lock(mutex_);
  while (!stopped_.wait_for(lock, heartbeat_, [this] { return stopping_; })) {
    publisher_->Tick();
    Outside outside;
    Collect(outside);
    const std::vector<StreamPtr> stuck = Stuck();
    lock.unlock();
    Do(outside);
    for (const StreamPtr& stream : stuck) stream->Cancel();
    Report();
    lock.lock();
  }
}

void FeedService::State::Shutdown() {
  std::unordered_map<SessionId, StreamPtr> streams;
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    streams.swap(streams_);
    for (const auto& [session, stream] : streams) publisher_->Close(session);
  }
  for (const auto& [session, stream] : streams)
    stream->End(absl::UnavailableError("the controller is shutting down"));
  stopped_.notify_all();
  turns_.notify_all();
  if (ticker_.joinable()) ticker_.join();
  if (reader_.joinable()) reader_.join();
  // Nobody is told of anything after this.
  std::lock_guard report_lock(report_mutex_);
}

FeedService::FeedService(const Log& log, const store::Store& replica, Clock& clock,
                         const Publisher::Options& options)
    : state_(std::make_shared<State>(log, replica, clock, options)) {
  state_->StartThreads();
}

FeedService::~FeedService() { Shutdown(); }

grpc::Service* FeedService::service() { return state_.get(); }
void FeedService::Committed(const Position& head) { state_->Committed(head); }
void FeedService::RosterChanged() { state_->RosterChanged(); }
std::vector<NodeProgress> FeedService::Progress() const { return state_->Progress(); }
void FeedService::set_on_progress(OnProgress on_progress) { state_->set_on_progress(std::move(on_progress)); }
absl::Status FeedService::Inquire(const std::string& node, const v1::Inquiry& inquiry) {
  return state_->Inquire(node, inquiry);
}
absl::Status FeedService::AllowRepair(const std::string& node, const std::string& zone_id) {
  return state_->AllowRepair(node, zone_id);
}
absl::Status FeedService::CompareZones(const std::string& node, const v1::CompareZones& zones) {
  return state_->CompareZones(node, zones);
}
void FeedService::SetUnsettled(bool unsettled) { state_->SetUnsettled(unsettled); }
void FeedService::set_on_report(OnReport on_report) { state_->set_on_report(std::move(on_report)); }
void FeedService::set_on_health(OnHealth on_health) { state_->set_on_health(std::move(on_health)); }
void FeedService::Shutdown() { state_->Shutdown(); }

}  // namespace quartet::replication
