#include "controller/assignment/delegation_sets.h"
#include "controller/services/call.h"
#include "controller/services/services.h"
#include "quartet/admin/v1/delegation.grpc.pb.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

class DelegationSetService final : public v1::DelegationSetService::Service {
 public:
  explicit DelegationSetService(Controller& controller) : sets_(controller.host()) {}

  grpc::Status CreateDelegationSet(grpc::ServerContext* context,
                                   const v1::CreateDelegationSetRequest* request,
                                   v1::DelegationSet* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return sets_.Create(caller, *request); });
  }

  grpc::Status ListDelegationSets(grpc::ServerContext* context, const v1::ListDelegationSetsRequest*,
                                  v1::ListDelegationSetsResponse* response) override {
    return ServeAdmin(*context, response, [&](const Caller&) { return sets_.List(); });
  }

  grpc::Status DeleteDelegationSet(grpc::ServerContext* context,
                                   const v1::DeleteDelegationSetRequest* request,
                                   v1::DeleteDelegationSetResponse* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return sets_.Delete(caller, *request); });
  }

  grpc::Status ReassignZone(grpc::ServerContext* context, const v1::ReassignZoneRequest* request,
                            v1::Zone* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return sets_.Reassign(caller, *request); });
  }

  grpc::Status GetBlastRadius(grpc::ServerContext* context, const v1::GetBlastRadiusRequest* request,
                              v1::BlastRadius* response) override {
    return ServeAdmin(*context, response, [&](const Caller&) { return sets_.GetBlastRadius(*request); });
  }

 private:
  DelegationSets sets_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeDelegationSetService(Controller& controller) {
  return std::make_unique<DelegationSetService>(controller);
}

}  // namespace quartet::controller
