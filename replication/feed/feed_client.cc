#include "replication/feed/feed_client.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "quartet/replication/v1/feed.grpc.pb.h"

namespace quartet::replication {
namespace {

// As the server's (proto/transport/server.cc).
constexpr int kMaxMessageBytes = 8 << 20;
// A host that drops packets is given up after it.
constexpr int kConnectMs = 3000;

grpc::ChannelArguments Arguments(const FeedClient::Options& options) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, options.keepalive_ms);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, options.keepalive_ms);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectMs);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, static_cast<int>(options.shortest_wait_us / 1000));
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, static_cast<int>(options.longest_wait_us / 1000));
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  return arguments;
}

// One stream. Lives until its OnDone.
class Stream : public grpc::ClientBidiReactor<v1::SubscribeRequest, v1::SubscribeResponse> {
 public:
  using Done = std::function<void(grpc::Status)>;

  Stream(v1::ReplicationService::Stub& stub, const FeedClient::Callbacks& callbacks, Done done)
      : callbacks_(callbacks), done_(std::move(done)) {
    stub.async()->Subscribe(&context_, this);
    // Writes come from outside gRPC's reactions: without a hold OnDone could overtake them.
    AddHold();
    StartCall();
  }

  void Send(v1::SubscribeRequest request) {
    std::lock_guard lock(mutex_);
    if (closed_) return;
    queue_.push_back(std::move(request));
    if (queue_.size() == 1) StartWrite(&queue_.front());
  }

  void Cancel() { context_.TryCancel(); }

  void OnReadInitialMetadataDone(bool ok) override {
    if (!ok) {
      Close();
      return;
    }
    callbacks_.on_connected();
    StartRead(&response_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      Close();
      return;
    }
    callbacks_.on_message(std::move(response_));
    response_.Clear();
    StartRead(&response_);
  }

  void OnWriteDone(bool ok) override {
    std::lock_guard lock(mutex_);
    queue_.pop_front();
    if (ok && !closed_ && !queue_.empty()) StartWrite(&queue_.front());
  }

  void OnDone(const grpc::Status& status) override { done_(status); }

 private:
  // Nothing can be read any more: let OnDone come.
  void Close() {
    {
      std::lock_guard lock(mutex_);
      closed_ = true;
    }
    RemoveHold();
  }

  const FeedClient::Callbacks& callbacks_;
  const Done done_;
  grpc::ClientContext context_;
  v1::SubscribeResponse response_;

  std::mutex mutex_;
  // Guarded by mutex_. The front is being written. Nothing is written once closed_.
  std::deque<v1::SubscribeRequest> queue_;
  bool closed_ = false;
};

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::UnavailableError("the controller ended the stream");
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

}  // namespace

class FeedClient::State {
 public:
  State(const std::string& controller, const std::shared_ptr<grpc::ChannelCredentials>& credentials,
        Callbacks callbacks, Random& random, const Options& options)
      : options_(options),
        callbacks_(std::move(callbacks)),
        random_(random),
        channel_(grpc::CreateCustomChannel(controller, credentials, Arguments(options))),
        stub_(v1::ReplicationService::NewStub(channel_)),
        thread_([this] { Run(); }) {}

  ~State() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
      if (stream_) stream_->Cancel();
    }
    changed_.notify_all();
    thread_.join();
  }

  void Send(v1::SubscribeRequest request) {
    std::lock_guard lock(mutex_);
    if (stream_) stream_->Send(std::move(request));
  }

  void Disconnect() {
    std::lock_guard lock(mutex_);
    if (stream_) stream_->Cancel();
  }

 private:
  void Run() {
    int64_t wait_us = options_.shortest_wait_us;
    for (;;) {
      const auto begin = std::chrono::steady_clock::now();
      if (!RunStream()) return;
      const auto lasted = std::chrono::steady_clock::now() - begin;
      if (lasted >= std::chrono::microseconds(options_.longest_wait_us)) wait_us = options_.shortest_wait_us;
      if (!Wait(wait_us)) return;
      wait_us = std::min(2 * wait_us, options_.longest_wait_us);
    }
  }

  // One stream from beginning to end; false: stopping.
  bool RunStream() {
    // The channel's own waiting would add to ours.
    grpc::experimental::ChannelResetConnectionBackoff(channel_.get());
    std::optional<grpc::Status> ended;
    {
      std::unique_lock lock(mutex_);
      if (stopping_) return false;
      stream_ = std::make_unique<Stream>(*stub_, callbacks_, [this, &ended](grpc::Status status) {
        // Under the lock: once Run sees it, this stream may be deleted.
        std::lock_guard done_lock(mutex_);
        ended = std::move(status);
        changed_.notify_all();
      });
      changed_.wait(lock, [&] { return ended.has_value(); });
      stream_.reset();
      if (stopping_) return false;
    }
    callbacks_.on_disconnected(FromGrpc(*ended));
    return true;
  }

  // Up to `wait_us`, anything with the same likelihood: nodes that lost their streams together come back one by one.
  // False: stopping.
  bool Wait(int64_t wait_us) {
    const auto wait = std::chrono::microseconds(static_cast<int64_t>(random_.Next() % (wait_us + 1)));
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, wait, [this] { return stopping_; });
  }

  const Options options_;
  const Callbacks callbacks_;
  Random& random_;
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<v1::ReplicationService::Stub> stub_;

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::unique_ptr<Stream> stream_;
  bool stopping_ = false;

  // Last: it uses all of the above.
  std::thread thread_;
};

FeedClient::FeedClient(const std::string& controller, std::shared_ptr<grpc::ChannelCredentials> credentials,
                       Callbacks callbacks, Random& random, const Options& options)
    : state_(std::make_unique<State>(controller, std::move(credentials), std::move(callbacks), random,
                                     options)) {}

FeedClient::FeedClient(const std::string& controller, std::shared_ptr<grpc::ChannelCredentials> credentials,
                       Callbacks callbacks, Random& random)
    : FeedClient(controller, std::move(credentials), std::move(callbacks), random, Options()) {}

FeedClient::~FeedClient() = default;

void FeedClient::Send(v1::SubscribeRequest request) { state_->Send(std::move(request)); }
void FeedClient::Disconnect() { state_->Disconnect(); }

}  // namespace quartet::replication
