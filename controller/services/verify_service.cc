#include "controller/services/call.h"
#include "controller/services/services.h"
#include "quartet/admin/v1/verify.grpc.pb.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

class VerifyService final : public v1::VerifyService::Service {
 public:
  explicit VerifyService(Controller& controller) : controller_(controller) {}

  grpc::Status Verify(grpc::ServerContext* context, const v1::VerifyRequest* request,
                      grpc::ServerWriter<v1::VerifyResponse>* writer) override {
    const absl::StatusOr<Caller> caller = AdminCaller(*context);
    if (!caller.ok()) return ToGrpc(caller.status(), *context);
    return ToGrpc(
        controller_.Verify(
            *caller, *request, [&](const v1::VerifyResponse& response) { return writer->Write(response); },
            [&] { return context->IsCancelled(); }),
        *context);
  }

 private:
  Controller& controller_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeVerifyService(Controller& controller) {
  return std::make_unique<VerifyService>(controller);
}

}  // namespace quartet::controller
