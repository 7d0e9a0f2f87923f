#include "controller/services/call.h"
#include "controller/services/services.h"
#include "quartet/admin/v1/status.grpc.pb.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

class StatusService final : public v1::StatusService::Service {
 public:
  explicit StatusService(Controller& controller) : controller_(controller) {}

  grpc::Status GetStatus(grpc::ServerContext* context, const v1::GetStatusRequest*,
                         v1::Status* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller&) -> absl::StatusOr<v1::Status> { return controller_.GetStatus(); });
  }

 private:
  Controller& controller_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeStatusService(Controller& controller) {
  return std::make_unique<StatusService>(controller);
}

}  // namespace quartet::controller
