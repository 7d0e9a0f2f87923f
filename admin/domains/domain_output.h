// Domains and registries as the command shows them.
#pragma once

#include <string>
#include <vector>

#include "admin/session.h"

namespace quartet::admin::v1 {
class CheckDomainsResponse;
class Domain;
class ListDomainOperationsResponse;
class ListDomainsResponse;
class ListRegistriesResponse;
class ListRegistryMessagesResponse;
}  // namespace quartet::admin::v1

namespace quartet::admin {

// "Example.test." -> "domains/example.test".
std::string DomainResource(const std::string& name);

void PrintAvailabilities(const Session& session, const v1::CheckDomainsResponse& response);
void PrintDomain(const Session& session, const v1::Domain& domain);
void PrintDomains(const Session& session, const v1::ListDomainsResponse& response);
void PrintOperations(const Session& session, const v1::ListDomainOperationsResponse& response);
void PrintRegistries(const Session& session, const v1::ListRegistriesResponse& response);
void PrintRegistryMessages(const Session& session, const v1::ListRegistryMessagesResponse& response);

}  // namespace quartet::admin
