// A server stream that sends what is watched, again whenever it moved.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "controller/core.h"
#include "controller/services/call.h"
#include "controller/services/watch_pump.h"

namespace quartet::controller {

template <typename Response>
class WatchReactor : public grpc::ServerWriteReactor<Response>, public Watched {
 public:
  struct Reading {
    Response response;
    // The stream ends after this.
    bool last = false;
    // There is nothing to send now.
    bool none = false;
    // It is to be read again at once, or once this is sent, without being told that it moved.
    bool more = false;
  };
  using Read = std::function<absl::StatusOr<Reading>()>;
  // Registers a callback with the controller.
  using Register = std::function<absl::StatusOr<std::unique_ptr<Watch>>(std::function<void()> moved)>;

  // Owns itself until gRPC is done with it.
  static grpc::ServerWriteReactor<Response>* Start(grpc::CallbackServerContext* context, WatchPump& pump,
                                                   Read read, const Register& watch) {
    auto reactor = std::shared_ptr<WatchReactor>(new WatchReactor(context, pump, std::move(read)));
    reactor->self_ = reactor;
    reactor->Begin(watch);
    return reactor.get();
  }

  void Refresh() override {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (finished_) return;
      if (writing_) {
        moved_ = true;
        return;
      }
      // Only the pump's thread starts writes, so nothing starts one while this reads.
      moved_ = false;
    }
    absl::StatusOr<Reading> reading = read_();
    std::lock_guard<std::mutex> lock(mutex_);
    if (finished_) return;
    if (!reading.ok()) return FinishLocked(ToGrpc(reading.status(), *context_));
    if (reading->none) {
      if (reading->more) pump_.Schedule(self_);
      return;
    }
    std::string bytes = reading->response.SerializeAsString();
    if (bytes == sent_) return;
    sent_ = std::move(bytes);
    response_ = std::move(reading->response);
    last_ = reading->last;
    moved_ = moved_ || reading->more;
    writing_ = true;
    this->StartWrite(&response_);
  }

  void OnWriteDone(bool ok) override {
    std::lock_guard<std::mutex> lock(mutex_);
    writing_ = false;
    if (finished_) return;
    if (!ok || cancelled_) return FinishLocked(grpc::Status::CANCELLED);
    if (last_) return FinishLocked(grpc::Status::OK);
    if (moved_) pump_.Schedule(self_);
  }

  void OnCancel() override {
    std::lock_guard<std::mutex> lock(mutex_);
    cancelled_ = true;
    // A write under way is about to end, and finishes then.
    if (!writing_ && !finished_) FinishLocked(grpc::Status::CANCELLED);
  }

  void OnDone() override {
    // No callback comes any more once the watch is gone.
    watch_.reset();
    pump_.Forget(this);
    std::shared_ptr<WatchReactor> self = std::move(self_);
  }

 private:
  WatchReactor(grpc::CallbackServerContext* context, WatchPump& pump, Read read)
      : context_(context), pump_(pump), read_(std::move(read)) {}

  void Begin(const Register& watch) {
    const absl::StatusOr<Caller> caller = AdminCaller(*context_);
    absl::Status status = caller.status();
    if (status.ok()) {
      absl::StatusOr<std::unique_ptr<Watch>> registered = watch([this] { pump_.Schedule(self_); });
      status = registered.status();
      if (status.ok()) watch_ = *std::move(registered);
    }
    if (status.ok()) return pump_.Schedule(self_);
    std::lock_guard<std::mutex> lock(mutex_);
    FinishLocked(ToGrpc(status, *context_));
  }

  void FinishLocked(const grpc::Status& status) {
    finished_ = true;
    this->Finish(status);
  }

  grpc::CallbackServerContext* const context_;
  WatchPump& pump_;
  const Read read_;
  std::shared_ptr<WatchReactor> self_;
  std::unique_ptr<Watch> watch_;

  std::mutex mutex_;
  bool writing_ = false;
  bool moved_ = false;
  bool last_ = false;
  bool cancelled_ = false;
  bool finished_ = false;
  Response response_;
  std::string sent_;
};

}  // namespace quartet::controller
