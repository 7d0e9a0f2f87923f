// What DomainService (gRPC) calls: one for each of its RPCs.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "controller/caller.h"
#include "controller/watch.h"
#include "quartet/admin/v1/domain.pb.h"

namespace quartet::controller {

// Requests, answers and errors are those of proto/quartet/admin/v1/domain.proto. Thread-safe. Requests that change something
// block until their entry is synced (or refused), or until a registry has answered (CheckDomains, GetDomain with refresh); all
// others read what is committed.
class DomainRequests {
 public:
  virtual ~DomainRequests() = default;

  virtual absl::StatusOr<admin::v1::CheckDomainsResponse> CheckDomains(
      const Caller& caller, const admin::v1::CheckDomainsRequest& request) = 0;
  virtual absl::StatusOr<admin::v1::DomainOperation> RegisterDomain(
      const Caller& caller, const admin::v1::RegisterDomainRequest& request) = 0;
  virtual absl::StatusOr<admin::v1::Domain> GetDomain(const Caller& caller,
                                                      const admin::v1::GetDomainRequest& request) = 0;
  virtual absl::StatusOr<admin::v1::ListDomainsResponse> ListDomains(
      const Caller& caller, const admin::v1::ListDomainsRequest& request) = 0;
  virtual absl::StatusOr<admin::v1::Domain> SetAutoRenew(const Caller& caller,
                                                         const admin::v1::SetAutoRenewRequest& request) = 0;
  virtual absl::StatusOr<admin::v1::DomainOperation> RenewDomain(
      const Caller& caller, const admin::v1::RenewDomainRequest& request) = 0;
  virtual absl::StatusOr<admin::v1::DomainOperation> SetDomainNameservers(
      const Caller& caller, const admin::v1::SetDomainNameserversRequest& request) = 0;
  virtual absl::StatusOr<admin::v1::DomainOperation> SetDomainLock(
      const Caller& caller, const admin::v1::SetDomainLockRequest& request) = 0;
  virtual absl::StatusOr<admin::v1::AuthCode> GetAuthCode(const Caller& caller,
                                                          const admin::v1::GetAuthCodeRequest& request) = 0;
  virtual absl::StatusOr<admin::v1::DomainOperation> TransferDomain(
      const Caller& caller, const admin::v1::TransferDomainRequest& request) = 0;
  virtual absl::StatusOr<admin::v1::DomainOperation> SetDomainDs(
      const Caller& caller, const admin::v1::SetDomainDsRequest& request) = 0;
  virtual absl::StatusOr<admin::v1::DomainOperation> DeleteDomain(
      const Caller& caller, const admin::v1::DeleteDomainRequest& request) = 0;
  virtual absl::StatusOr<admin::v1::DomainOperation> GetDomainOperation(
      const Caller& caller, const admin::v1::GetDomainOperationRequest& request) = 0;
  virtual absl::StatusOr<admin::v1::ListDomainOperationsResponse> ListDomainOperations(
      const Caller& caller, const admin::v1::ListDomainOperationsRequest& request) = 0;
  virtual absl::StatusOr<admin::v1::ListRegistriesResponse> ListRegistries(
      const Caller& caller, const admin::v1::ListRegistriesRequest& request) = 0;
  virtual absl::StatusOr<admin::v1::ListRegistryMessagesResponse> ListRegistryMessages(
      const Caller& caller, const admin::v1::ListRegistryMessagesRequest& request) = 0;

  // For WatchDomainOperation: `moved` is called (from any thread; it must not block, nor call this) whenever what
  // GetDomainOperation tells of "domainOperations/O…" may be another since the last GetDomainOperation. Register first, then
  // ask: nothing is missed. NOT_FOUND.
  virtual absl::StatusOr<std::unique_ptr<Watch>> WatchOperation(const std::string& name,
                                                                std::function<void()> moved) = 0;
};

}  // namespace quartet::controller
