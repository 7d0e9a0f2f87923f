#include <atomic>
#include <functional>
#include <string>
#include <utility>

#include "controller/registrar/domain_requests.h"
#include "controller/services/call.h"
#include "controller/services/services.h"
#include "controller/services/watch_reactor.h"
#include "quartet/admin/v1/domain.grpc.pb.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

bool IsOver(const v1::DomainOperation& operation) {
  return operation.state() == v1::DomainOperation::STATE_SUCCESSFUL ||
         operation.state() == v1::DomainOperation::STATE_FAILED;
}

// Watches end by an event, so they hold no thread. Calls that ask a registry hold one of gRPC's as long as that takes, and
// there are a few of them at a time.
class DomainService final
    : public v1::DomainService::WithCallbackMethod_WatchDomainOperation<v1::DomainService::Service> {
 public:
  DomainService(DomainRequests& domains, WatchPump& pump, const DomainLimits& limits)
      : domains_(domains), pump_(pump), limits_(limits) {}

  grpc::Status CheckDomains(grpc::ServerContext* context, const v1::CheckDomainsRequest* request,
                            v1::CheckDomainsResponse* response) override {
    return ServeAdmin(*context, response, [&](const Caller& caller) {
      return Ask<v1::CheckDomainsResponse>([&] { return domains_.CheckDomains(caller, *request); });
    });
  }

  grpc::Status RegisterDomain(grpc::ServerContext* context, const v1::RegisterDomainRequest* request,
                              v1::DomainOperation* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return domains_.RegisterDomain(caller, *request); });
  }

  grpc::Status GetDomain(grpc::ServerContext* context, const v1::GetDomainRequest* request,
                         v1::Domain* response) override {
    return ServeAdmin(*context, response, [&](const Caller& caller) {
      const auto get = [&] { return domains_.GetDomain(caller, *request); };
      return request->refresh() ? Ask<v1::Domain>(get) : get();
    });
  }

  grpc::Status ListDomains(grpc::ServerContext* context, const v1::ListDomainsRequest* request,
                           v1::ListDomainsResponse* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return domains_.ListDomains(caller, *request); });
  }

  grpc::Status SetAutoRenew(grpc::ServerContext* context, const v1::SetAutoRenewRequest* request,
                            v1::Domain* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return domains_.SetAutoRenew(caller, *request); });
  }

  grpc::Status RenewDomain(grpc::ServerContext* context, const v1::RenewDomainRequest* request,
                           v1::DomainOperation* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return domains_.RenewDomain(caller, *request); });
  }

  grpc::Status SetDomainNameservers(grpc::ServerContext* context,
                                    const v1::SetDomainNameserversRequest* request,
                                    v1::DomainOperation* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return domains_.SetDomainNameservers(caller, *request); });
  }

  grpc::Status SetDomainLock(grpc::ServerContext* context, const v1::SetDomainLockRequest* request,
                             v1::DomainOperation* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return domains_.SetDomainLock(caller, *request); });
  }

  grpc::Status GetAuthCode(grpc::ServerContext* context, const v1::GetAuthCodeRequest* request,
                           v1::AuthCode* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return domains_.GetAuthCode(caller, *request); });
  }

  grpc::Status TransferDomain(grpc::ServerContext* context, const v1::TransferDomainRequest* request,
                              v1::DomainOperation* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return domains_.TransferDomain(caller, *request); });
  }

  grpc::Status SetDomainDs(grpc::ServerContext* context, const v1::SetDomainDsRequest* request,
                           v1::DomainOperation* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return domains_.SetDomainDs(caller, *request); });
  }

  grpc::Status DeleteDomain(grpc::ServerContext* context, const v1::DeleteDomainRequest* request,
                            v1::DomainOperation* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return domains_.DeleteDomain(caller, *request); });
  }

  grpc::Status GetDomainOperation(grpc::ServerContext* context, const v1::GetDomainOperationRequest* request,
                                  v1::DomainOperation* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return domains_.GetDomainOperation(caller, *request); });
  }

  grpc::Status ListDomainOperations(grpc::ServerContext* context,
                                    const v1::ListDomainOperationsRequest* request,
                                    v1::ListDomainOperationsResponse* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return domains_.ListDomainOperations(caller, *request); });
  }

  grpc::Status ListRegistries(grpc::ServerContext* context, const v1::ListRegistriesRequest* request,
                              v1::ListRegistriesResponse* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return domains_.ListRegistries(caller, *request); });
  }

  grpc::Status ListRegistryMessages(grpc::ServerContext* context,
                                    const v1::ListRegistryMessagesRequest* request,
                                    v1::ListRegistryMessagesResponse* response) override {
    return ServeAdmin(*context, response,
                      [&](const Caller& caller) { return domains_.ListRegistryMessages(caller, *request); });
  }

  grpc::ServerWriteReactor<v1::DomainOperation>* WatchDomainOperation(
      grpc::CallbackServerContext* context, const v1::WatchDomainOperationRequest* request) override {
    using Reactor = WatchReactor<v1::DomainOperation>;
    v1::GetDomainOperationRequest get;
    get.set_name(request->name());
    // The stream does not begin for one who is no admin.
    const absl::StatusOr<Caller> caller = AdminCaller(*context);
    const auto read = [this, caller, get]() -> absl::StatusOr<Reactor::Reading> {
      absl::StatusOr<v1::DomainOperation> operation = domains_.GetDomainOperation(*caller, get);
      if (!operation.ok()) return operation.status();
      const bool over = IsOver(*operation);
      return Reactor::Reading{*std::move(operation), over};
    };
    return Reactor::Start(context, pump_, read, [this, name = request->name()](std::function<void()> moved) {
      return domains_.WatchOperation(name, std::move(moved));
    });
  }

 private:
  // Runs what asks a registry, which may take as long as its configuration lets it.
  template <typename Response, typename Call>
  absl::StatusOr<Response> Ask(Call call) {
    const int before = asking_.fetch_add(1);
    absl::StatusOr<Response> result =
        before < limits_.asking
            ? call()
            : absl::ResourceExhaustedError("too many calls wait for a registry's answer; try again later");
    asking_.fetch_sub(1);
    return result;
  }

  DomainRequests& domains_;
  WatchPump& pump_;
  const DomainLimits limits_;
  std::atomic<int> asking_ = 0;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeDomainService(DomainRequests& domains, WatchPump& pump,
                                                 const DomainLimits& limits) {
  return std::make_unique<DomainService>(domains, pump, limits);
}

}  // namespace quartet::controller
