#include "controller/services/call.h"
#include "controller/services/services.h"
#include "quartet/admin/v1/record_set.grpc.pb.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

class RecordSetService final : public v1::RecordSetService::Service {
 public:
  explicit RecordSetService(Controller& controller) : controller_(controller) {}

  grpc::Status ListRecordSets(grpc::ServerContext* context, const v1::ListRecordSetsRequest* request,
                              v1::ListRecordSetsResponse* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller&) { return controller_.ListRecordSets(*request); });
  }

  grpc::Status ChangeRecordSets(grpc::ServerContext* context, const v1::ChangeRecordSetsRequest* request,
                                v1::Change* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return controller_.ChangeRecordSets(caller, *request); });
  }

  grpc::Status PreviewRecordSets(grpc::ServerContext* context, const v1::ChangeRecordSetsRequest* request,
                                 v1::RecordSetPreview* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return controller_.PreviewRecordSets(caller, *request); });
  }

 private:
  Controller& controller_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeRecordSetService(Controller& controller) {
  return std::make_unique<RecordSetService>(controller);
}

}  // namespace quartet::controller
