#include <atomic>

#include "controller/creation/creation_stream.h"
#include "controller/services/call.h"
#include "controller/services/import_call.h"
#include "controller/services/services.h"
#include "proto/transport/watchdog.h"
#include "quartet/admin/v1/zone.grpc.pb.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

// Calls of CreateZones at once, each with a thread of gRPC's and one of its own.
constexpr int kMostCreations = 4;
// A client that neither sends nor takes anything for so long has gone.
constexpr std::chrono::seconds kIdle(60);

using CreationStream = grpc::ServerReaderWriter<v1::CreateZonesResponse, v1::CreateZoneRequest>;

class GrpcCreationPeer final : public CreationPeer {
 public:
  GrpcCreationPeer(CreationStream& stream, transport::Watchdog& watchdog)
      : stream_(stream), watchdog_(watchdog) {}

  bool Read(v1::CreateZoneRequest* request) override {
    const bool read = stream_.Read(request);
    watchdog_.Pet();
    return read;
  }
  bool Write(const v1::CreateZonesResponse& response) override {
    const bool written = stream_.Write(response);
    watchdog_.Pet();
    return written;
  }

 private:
  CreationStream& stream_;
  transport::Watchdog& watchdog_;
};

// An import's client sends and takes at its own pace, so that it holds no thread of gRPC's.
class ZoneService final : public v1::ZoneService::WithCallbackMethod_ImportZone<v1::ZoneService::Service> {
 public:
  ZoneService(Controller& controller, ImportThreads& threads) : controller_(controller), threads_(threads) {}

  grpc::Status CreateZone(grpc::ServerContext* context, const v1::CreateZoneRequest* request,
                          v1::CreateZoneResponse* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return controller_.CreateZone(caller, *request); });
  }

  grpc::Status UpdateZone(grpc::ServerContext* context, const v1::UpdateZoneRequest* request,
                          v1::Change* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return controller_.UpdateZone(caller, *request); });
  }

  grpc::Status CreateZones(grpc::ServerContext* context, CreationStream* stream) override {
    const absl::StatusOr<Caller> caller = AdminCaller(*context);
    if (!caller.ok()) return ToGrpc(caller.status(), *context);
    const int before = creations_.fetch_add(1);
    absl::Status status =
        before < kMostCreations
            ? Create(*caller, *context, *stream)
            : absl::ResourceExhaustedError("too many such calls are under way; try again when one has ended");
    creations_.fetch_sub(1);
    return ToGrpc(status, *context);
  }

  grpc::Status GetZone(grpc::ServerContext* context, const v1::GetZoneRequest* request,
                       v1::Zone* response) override {
    return ServeAdmin(*context, response, [&](const Caller&) { return controller_.GetZone(*request); });
  }

  grpc::Status ListZones(grpc::ServerContext* context, const v1::ListZonesRequest* request,
                         v1::ListZonesResponse* response) override {
    return ServeAdmin(*context, response, [&](const Caller&) { return controller_.ListZones(*request); });
  }

  grpc::Status DeleteZone(grpc::ServerContext* context, const v1::DeleteZoneRequest* request,
                          v1::Change* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return controller_.DeleteZone(caller, *request); });
  }

  ImportCall::Reactor* ImportZone(grpc::CallbackServerContext* context) override {
    return ImportCall::Start(
        context,
        [this](const Caller& caller, ImportStream& stream) { return controller_.ImportZone(caller, stream); },
        threads_, {});
  }

 private:
  absl::Status Create(const Caller& caller, grpc::ServerContext& context, CreationStream& stream) {
    transport::Watchdog watchdog(kIdle, [&context] { context.TryCancel(); });
    GrpcCreationPeer peer(stream, watchdog);
    controller::CreateZones(caller, controller_.host(), peer, {});
    return watchdog.barked() ? absl::DeadlineExceededError("the client neither sent nor took anything")
                             : absl::OkStatus();
  }

  Controller& controller_;
  ImportThreads& threads_;
  std::atomic<int> creations_ = 0;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeZoneService(Controller& controller, ImportThreads& threads) {
  return std::make_unique<ZoneService>(controller, threads);
}

}  // namespace quartet::controller
