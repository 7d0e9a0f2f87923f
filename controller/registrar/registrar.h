// The registrar: domains at their registries, and the operations on them. Whatever is done at a registry, but for asking it
// something, is an operation (operations/operation_driver.h).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/caller.h"
#include "controller/registrar/domain_requests.h"
#include "controller/registrar/domains/operation_plans.h"
#include "controller/registrar/operations/operation_driver.h"
#include "controller/registrar/polling/registry_poller.h"
#include "controller/registrar/purger.h"
#include "controller/registrar/registries/registry_client.h"
#include "controller/registrar/upkeep/upkeep.h"
#include "controller/request_host.h"
#include "controller/watch.h"
#include "quartet/admin/v1/domain.pb.h"
#include "quartet/stored/v1/domain.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/base/clock.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Thread-safe.
class Registrar final : public DomainRequests {
 public:
  struct Options {
    OperationDriver::Options operations;
    Upkeep::Options upkeep;
    RegistryPoller::Options polling;
  };

  // Goes on with all operations that have not ended. All must outlive it.
  Registrar(RequestHost& host, const Registries& registries, replication::Clock& clock,
            replication::Random& random, const Options& options);
  // Stops.
  ~Registrar() override;

  // As OperationDriver::Stop. To be called before the host stops; no request may come any more.
  void Stop();

  // For MoveDriver (RetireRules::registry_confirmed): whether no domain's delegation at its registry still names a nameserver
  // that the zone is leaving, or lacks one that it has. True where no domain of ours is delegated to the zone.
  bool RegistryConfirmed(const stored::v1::ZoneRow& zone) const;

  // DomainRequests
  absl::StatusOr<admin::v1::CheckDomainsResponse> CheckDomains(
      const Caller& caller, const admin::v1::CheckDomainsRequest& request) override;
  absl::StatusOr<admin::v1::DomainOperation> RegisterDomain(
      const Caller& caller, const admin::v1::RegisterDomainRequest& request) override;
  absl::StatusOr<admin::v1::Domain> GetDomain(const Caller& caller,
                                              const admin::v1::GetDomainRequest& request) override;
  absl::StatusOr<admin::v1::ListDomainsResponse> ListDomains(
      const Caller& caller, const admin::v1::ListDomainsRequest& request) override;
  absl::StatusOr<admin::v1::Domain> SetAutoRenew(const Caller& caller,
                                                 const admin::v1::SetAutoRenewRequest& request) override;
  absl::StatusOr<admin::v1::DomainOperation> RenewDomain(
      const Caller& caller, const admin::v1::RenewDomainRequest& request) override;
  absl::StatusOr<admin::v1::DomainOperation> SetDomainNameservers(
      const Caller& caller, const admin::v1::SetDomainNameserversRequest& request) override;
  absl::StatusOr<admin::v1::DomainOperation> SetDomainLock(
      const Caller& caller, const admin::v1::SetDomainLockRequest& request) override;
  absl::StatusOr<admin::v1::AuthCode> GetAuthCode(const Caller& caller,
                                                  const admin::v1::GetAuthCodeRequest& request) override;
  absl::StatusOr<admin::v1::DomainOperation> TransferDomain(
      const Caller& caller, const admin::v1::TransferDomainRequest& request) override;
  absl::StatusOr<admin::v1::DomainOperation> SetDomainDs(
      const Caller& caller, const admin::v1::SetDomainDsRequest& request) override;
  absl::StatusOr<admin::v1::DomainOperation> DeleteDomain(
      const Caller& caller, const admin::v1::DeleteDomainRequest& request) override;
  absl::StatusOr<admin::v1::DomainOperation> GetDomainOperation(
      const Caller& caller, const admin::v1::GetDomainOperationRequest& request) override;
  absl::StatusOr<admin::v1::ListDomainOperationsResponse> ListDomainOperations(
      const Caller& caller, const admin::v1::ListDomainOperationsRequest& request) override;
  absl::StatusOr<admin::v1::ListRegistriesResponse> ListRegistries(
      const Caller& caller, const admin::v1::ListRegistriesRequest& request) override;
  absl::StatusOr<admin::v1::ListRegistryMessagesResponse> ListRegistryMessages(
      const Caller& caller, const admin::v1::ListRegistryMessagesRequest& request) override;
  absl::StatusOr<std::unique_ptr<Watch>> WatchOperation(const std::string& name,
                                                        std::function<void()> moved) override;

 private:
  // What a request is to do, unless it is sent again, which counts whatever has come of it since.
  template <typename Request>
  absl::StatusOr<admin::v1::DomainOperation> Submit(const Caller& caller, absl::string_view call,
                                                    const Request& request,
                                                    absl::StatusOr<NewOperation> operation);
  admin::v1::DomainOperation MessageOf(const stored::v1::DomainOperationRow& row) const;
  // What nobody asked for.
  absl::StatusOr<std::string> SubmitOwn(const NewOperation& operation);
  // What the registry tells of a domain becomes its row's.
  absl::Status Refresh(const std::string& name);

  RequestHost& host_;
  const Registries& registries_;
  OperationDriver driver_;
  Purger purger_;
  Upkeep upkeep_;
  // One for each registry.
  std::vector<std::unique_ptr<RegistryPoller>> pollers_;
};

}  // namespace quartet::controller
