// The registrar: domains at their registries, and the operations on them. What DomainService (gRPC) calls.
//
// Requests, answers and errors are those of proto/quartet/admin/v1/domain.proto. Whatever is done at a registry, but for
// asking it something, is an operation (operations/operation_driver.h).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "controller/caller.h"
#include "controller/registrar/operations/operation_driver.h"
#include "controller/registrar/registries/registry_client.h"
#include "controller/request_host.h"
#include "controller/watch.h"
#include "quartet/admin/v1/domain.pb.h"
#include "quartet/stored/v1/domain.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/base/clock.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Thread-safe. Requests that change something block until their entry is synced (or refused), or until a registry has answered
// (CheckDomains, GetDomain with refresh); all others read what is committed.
class Registrar {
 public:
  struct Options {
    OperationDriver::Options operations;
    // Of this time ended operations and messages of registries are purged.
    int64_t keep_us = int64_t{30} * 24 * 3600 * 1'000'000;
  };

  // Goes on with all operations that have not ended. All must outlive it.
  Registrar(RequestHost& host, const Registries& registries, replication::Clock& clock,
            replication::Random& random, const Options& options);
  // Stops.
  ~Registrar();

  // As OperationDriver::Stop. To be called before the host stops; no request may come any more.
  void Stop();

  // For MoveDriver (RetireRules::registry_confirmed): whether no domain's delegation at its registry still names a nameserver
  // that the zone is leaving, or lacks one that it has. True where no domain of ours is delegated to the zone.
  bool RegistryConfirmed(const stored::v1::ZoneRow& zone) const;

  // One for each RPC of DomainService.
  absl::StatusOr<admin::v1::CheckDomainsResponse> CheckDomains(const Caller& caller,
                                                               const admin::v1::CheckDomainsRequest& request);
  absl::StatusOr<admin::v1::DomainOperation> RegisterDomain(const Caller& caller,
                                                            const admin::v1::RegisterDomainRequest& request);
  absl::StatusOr<admin::v1::Domain> GetDomain(const Caller& caller,
                                              const admin::v1::GetDomainRequest& request);
  absl::StatusOr<admin::v1::ListDomainsResponse> ListDomains(const Caller& caller,
                                                             const admin::v1::ListDomainsRequest& request);
  absl::StatusOr<admin::v1::Domain> SetAutoRenew(const Caller& caller,
                                                 const admin::v1::SetAutoRenewRequest& request);
  absl::StatusOr<admin::v1::DomainOperation> RenewDomain(const Caller& caller,
                                                         const admin::v1::RenewDomainRequest& request);
  absl::StatusOr<admin::v1::DomainOperation> SetDomainNameservers(
      const Caller& caller, const admin::v1::SetDomainNameserversRequest& request);
  absl::StatusOr<admin::v1::DomainOperation> SetDomainLock(const Caller& caller,
                                                           const admin::v1::SetDomainLockRequest& request);
  absl::StatusOr<admin::v1::AuthCode> GetAuthCode(const Caller& caller,
                                                  const admin::v1::GetAuthCodeRequest& request);
  absl::StatusOr<admin::v1::DomainOperation> TransferDomain(const Caller& caller,
                                                            const admin::v1::TransferDomainRequest& request);
  absl::StatusOr<admin::v1::DomainOperation> SetDomainDs(const Caller& caller,
                                                         const admin::v1::SetDomainDsRequest& request);
  absl::StatusOr<admin::v1::DomainOperation> DeleteDomain(const Caller& caller,
                                                          const admin::v1::DeleteDomainRequest& request);
  absl::StatusOr<admin::v1::DomainOperation> GetDomainOperation(
      const Caller& caller, const admin::v1::GetDomainOperationRequest& request);
  absl::StatusOr<admin::v1::ListDomainOperationsResponse> ListDomainOperations(
      const Caller& caller, const admin::v1::ListDomainOperationsRequest& request);
  absl::StatusOr<admin::v1::ListRegistriesResponse> ListRegistries(
      const Caller& caller, const admin::v1::ListRegistriesRequest& request);
  absl::StatusOr<admin::v1::ListRegistryMessagesResponse> ListRegistryMessages(
      const Caller& caller, const admin::v1::ListRegistryMessagesRequest& request);

  // For WatchDomainOperation: `moved` is called (from a thread of the registrar; it must not block, nor call the registrar)
  // whenever what GetDomainOperation tells of "domainOperations/O…" may be another since the last GetDomainOperation. Register
  // first, then ask: nothing is missed. NOT_FOUND.
  absl::StatusOr<std::unique_ptr<Watch>> WatchOperation(const std::string& name, std::function<void()> moved);
};

}  // namespace quartet::controller
