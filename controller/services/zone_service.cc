#include "controller/services/call.h"
#include "controller/services/import_call.h"
#include "controller/services/services.h"
#include "quartet/admin/v1/zone.grpc.pb.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

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
  Controller& controller_;
  ImportThreads& threads_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeZoneService(Controller& controller, ImportThreads& threads) {
  return std::make_unique<ZoneService>(controller, threads);
}

}  // namespace quartet::controller
