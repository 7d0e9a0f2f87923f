// From requests of DomainService to what operations are to do: all that can be said of a request without asking a registry.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/registrar/domains/operation_plans.h"
#include "controller/registrar/registries/registry_client.h"
#include "quartet/admin/v1/domain.pb.h"
#include "quartet/stored/v1/domain.pb.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Errors are those of DomainService. What they say of domains and zones that are there is as of `reader`; PlanSubmission looks
// again.

// A domain's name, and the registry whose it is.
struct NamedDomain {
  std::string name;
  RegistryClient* registry = nullptr;
};
absl::StatusOr<NamedDomain> ReadDomainName(const Registries& registries, absl::string_view text);
// "domains/example.test": one that is registered with us, or being.
absl::StatusOr<stored::v1::DomainRow> FindDomain(const store::Reader& reader, absl::string_view name);

absl::StatusOr<NewOperation> ReadRegistration(const store::Reader& reader, const Registries& registries,
                                              const admin::v1::RegisterDomainRequest& request);
absl::StatusOr<NewOperation> ReadRenewal(const store::Reader& reader, const Registries& registries,
                                         const admin::v1::RenewDomainRequest& request);
absl::StatusOr<NewOperation> ReadNameservers(const store::Reader& reader,
                                             const admin::v1::SetDomainNameserversRequest& request);
absl::StatusOr<NewOperation> ReadLock(const store::Reader& reader,
                                      const admin::v1::SetDomainLockRequest& request);
absl::StatusOr<NewOperation> ReadAuthCodeRenewal(const store::Reader& reader,
                                                 const admin::v1::GetAuthCodeRequest& request);
absl::StatusOr<NewOperation> ReadTransfer(const Registries& registries,
                                          const admin::v1::TransferDomainRequest& request);
absl::StatusOr<NewOperation> ReadDs(const store::Reader& reader, const Registries& registries,
                                    const admin::v1::SetDomainDsRequest& request);
absl::StatusOr<NewOperation> ReadDeletion(const store::Reader& reader,
                                          const admin::v1::DeleteDomainRequest& request);

}  // namespace quartet::controller
