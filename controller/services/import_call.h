// One call of ZoneService.ImportZone: between gRPC's callbacks and the import's thread.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/core.h"
#include "controller/imports/pulse.h"
#include "controller/services/import_threads.h"
#include "quartet/admin/v1/zone.grpc.pb.h"

namespace quartet::controller {

// Reads a message when the import asks for one, so that gRPC holds back a client that is ahead of the spool. Progress
// that the client does not take is replaced by later. Owns itself until gRPC is done with it.
class ImportCall
    : public grpc::ServerBidiReactor<admin::v1::ImportZoneRequest, admin::v1::ImportZoneResponse>,
      public ImportStream {
 public:
  using Reactor = grpc::ServerBidiReactor<admin::v1::ImportZoneRequest, admin::v1::ImportZoneResponse>;

  struct Options {
    // A client that neither sends nor takes anything for so long has gone.
    std::chrono::milliseconds idle{60'000};
  };

  // Controller::ImportZone; called on a thread of its own.
  using ImportFn = std::function<absl::StatusOr<admin::v1::ImportResult>(const Caller&, ImportStream&)>;

  static Reactor* Start(grpc::CallbackServerContext* context, ImportFn import, ImportThreads& threads,
                        const Options& options);

  // For the import's thread.
  absl::StatusOr<admin::v1::ImportZoneRequest> Read() override;
  void Tell(const admin::v1::ImportProgress& progress) override;
  absl::Status Send(admin::v1::ImportZoneResponse response) override;
  bool gone() const override { return gone_; }

  // For gRPC.
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  using Time = std::chrono::steady_clock::time_point;

  ImportCall(grpc::CallbackServerContext* context, ImportFn import, const Options& options)
      : context_(context), import_(std::move(import)), options_(options) {}
  void Run();
  void End(absl::StatusOr<admin::v1::ImportResult> result);
  // To response_.
  void WriteProgressLocked();
  void WriteLocked();
  // Until no write is under way. False: the client takes nothing, and is taken for gone.
  bool AwaitWritten(std::unique_lock<std::mutex>& lock);
  void GoLocked();

  grpc::CallbackServerContext* const context_;
  const ImportFn import_;
  const Options options_;
  std::shared_ptr<ImportCall> self_;
  Caller caller_;
  std::atomic<bool> gone_ = false;

  std::mutex mutex_;
  std::condition_variable moved_;
  // A read is under way: request_ is gRPC's.
  bool reading_ = false;
  bool read_ok_ = false;
  admin::v1::ImportZoneRequest request_;
  // A write is under way: response_ is gRPC's.
  bool writing_ = false;
  Time writing_since_;
  admin::v1::ImportZoneResponse response_;
  // To be written next.
  std::optional<admin::v1::ImportProgress> progress_;
};

}  // namespace quartet::controller
