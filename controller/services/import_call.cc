#include "controller/services/import_call.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "controller/services/call.h"

namespace quartet::controller {

namespace v1 = admin::v1;

ImportCall::Reactor* ImportCall::Start(grpc::CallbackServerContext* context, ImportFn import,
                                       ImportThreads& threads, const Options& options) {
  auto call = std::shared_ptr<ImportCall>(new ImportCall(context, std::move(import), options));
  call->self_ = call;
  absl::StatusOr<Caller> caller = AdminCaller(*context);
  absl::Status status = caller.status();
  if (status.ok()) {
    call->caller_ = *std::move(caller);
    if (!threads.Start([call] { call->Run(); })) {
      status = absl::ResourceExhaustedError("too many imports are under way; try again when one has ended");
    }
  }
  if (!status.ok()) call->Finish(ToGrpc(status, *context));
  return call.get();
}

void ImportCall::Run() { End(import_(caller_, *this)); }

absl::StatusOr<v1::ImportZoneRequest> ImportCall::Read() {
  std::unique_lock<std::mutex> lock(mutex_);
  if (gone_) return absl::AbortedError("the client went away");
  reading_ = true;
  StartRead(&request_);
  if (!moved_.wait_for(lock, options_.idle, [this] { return !reading_ || gone_; })) {
    GoLocked();
    return absl::AbortedError(absl::StrCat("the client sent nothing for ",
                                           absl::FormatDuration(absl::FromChrono(options_.idle)),
                                           " and is taken for gone; nothing was imported"));
  }
  if (gone_) return absl::AbortedError("the client went away");
  if (!read_ok_) return absl::OutOfRangeError("the client sends no more");
  return std::move(request_);
}

void ImportCall::OnReadDone(bool ok) {
  const std::lock_guard<std::mutex> lock(mutex_);
  reading_ = false;
  read_ok_ = ok;
  moved_.notify_all();
}

void ImportCall::Tell(const v1::ImportProgress& progress) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (gone_) return;
  progress_ = progress;
  if (!writing_) return WriteProgressLocked();
  if (std::chrono::steady_clock::now() - writing_since_ > options_.idle) GoLocked();
}

void ImportCall::WriteProgressLocked() {
  *response_.mutable_progress() = *std::exchange(progress_, std::nullopt);
  WriteLocked();
}

void ImportCall::WriteLocked() {
  writing_ = true;
  writing_since_ = std::chrono::steady_clock::now();
  StartWrite(&response_);
}

void ImportCall::OnWriteDone(bool ok) {
  const std::lock_guard<std::mutex> lock(mutex_);
  writing_ = false;
  if (!ok) gone_ = true;
  if (!gone_ && progress_.has_value()) WriteProgressLocked();
  moved_.notify_all();
}

bool ImportCall::AwaitWritten(std::unique_lock<std::mutex>& lock) {
  if (moved_.wait_for(lock, options_.idle, [this] { return !writing_; })) return true;
  GoLocked();
  moved_.wait(lock, [this] { return !writing_; });
  return false;
}

absl::Status ImportCall::Send(v1::ImportZoneResponse response) {
  std::unique_lock<std::mutex> lock(mutex_);
  // What is told of progress meanwhile would be written next.
  progress_.reset();
  AwaitWritten(lock);
  if (gone_) return absl::AbortedError("the client went away, or took nothing and is taken for gone");
  response_ = std::move(response);
  WriteLocked();
  return absl::OkStatus();
}

// Ends what gRPC still waits for on the client's behalf.
void ImportCall::GoLocked() {
  gone_ = true;
  context_->TryCancel();
}

void ImportCall::OnCancel() {
  const std::lock_guard<std::mutex> lock(mutex_);
  gone_ = true;
  moved_.notify_all();
}

void ImportCall::End(absl::StatusOr<v1::ImportResult> result) {
  std::unique_lock<std::mutex> lock(mutex_);
  progress_.reset();
  AwaitWritten(lock);
  if (!result.ok()) return Finish(ToGrpc(result.status(), *context_));
  *response_.mutable_result() = *std::move(result);
  StartWriteAndFinish(&response_, grpc::WriteOptions(), grpc::Status::OK);
}

void ImportCall::OnDone() { std::shared_ptr<ImportCall> self = std::move(self_); }

}  // namespace quartet::controller
