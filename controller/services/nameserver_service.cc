#include "controller/roster/nameservers.h"
#include "controller/services/call.h"
#include "controller/services/services.h"
#include "quartet/admin/v1/nameserver.grpc.pb.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

class NameserverService final : public v1::NameserverService::Service {
 public:
  explicit NameserverService(Controller& controller)
      : controller_(controller), nameservers_(controller.host()) {}

  grpc::Status SetStripeDomain(grpc::ServerContext* context, const v1::SetStripeDomainRequest* request,
                               v1::Stripe* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return controller_.SetStripeDomain(caller, *request); });
  }

  grpc::Status ListStripes(grpc::ServerContext* context, const v1::ListStripesRequest*,
                           v1::ListStripesResponse* response) override {
    return ServeAdmin(*context, response, [&](const Caller&) { return controller_.ListStripes(); });
  }

  grpc::Status CreateNameserver(grpc::ServerContext* context, const v1::CreateNameserverRequest* request,
                                v1::Nameserver* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return controller_.CreateNameserver(caller, *request); });
  }

  grpc::Status ListNameservers(grpc::ServerContext* context, const v1::ListNameserversRequest*,
                               v1::ListNameserversResponse* response) override {
    return ServeAdmin(*context, response, [&](const Caller&) { return controller_.ListNameservers(); });
  }

  grpc::Status UpdateNameserver(grpc::ServerContext* context, const v1::UpdateNameserverRequest* request,
                                v1::Nameserver* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return nameservers_.Update(caller, *request); });
  }

  grpc::Status SetNameserverState(grpc::ServerContext* context, const v1::SetNameserverStateRequest* request,
                                  v1::Nameserver* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return nameservers_.SetState(caller, *request); });
  }

  grpc::Status ReplaceNameserver(grpc::ServerContext* context, const v1::ReplaceNameserverRequest* request,
                                 v1::Nameserver* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return nameservers_.Replace(caller, *request); });
  }

 private:
  Controller& controller_;
  Nameservers nameservers_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeNameserverService(Controller& controller) {
  return std::make_unique<NameserverService>(controller);
}

}  // namespace quartet::controller
