// What only reads, and asks registries.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/proposals.h"
#include "controller/registrar/domains/domain_messages.h"
#include "controller/registrar/domains/domain_name.h"
#include "controller/registrar/domains/domain_rows.h"
#include "controller/registrar/operations/delegation.h"
#include "controller/registrar/registrar.h"
#include "controller/registrar/wishes.h"
#include "controller/zones/paging.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;
using stored::v1::DomainOperationRow;
using stored::v1::DomainRow;

constexpr int kMostChecked = 100;
// Rows that one page of a list looks at; those that it leaves out count.
constexpr size_t kMostLookedAt = 10'000;

// Asks one registry for its part of the names, and puts what it says where they are in the response.
absl::Status CheckAt(RegistryClient& registry, const std::multimap<std::string, int>& places,
                     v1::CheckDomainsResponse& response) {
  std::vector<std::string> names;
  for (const auto& [name, place] : places) {
    if (names.empty() || names.back() != name) names.push_back(name);
  }
  const Answer<std::vector<epp::Availability>> answer = registry.CheckDomains(names);
  const std::string& called = registry.config().name;
  if (!answer.verdict.done() || !answer.value.has_value())
    return absl::UnavailableError(
        absl::StrCat("registry ", called, " can't be asked: ", answer.verdict.message));
  std::set<std::string> told;
  for (const epp::Availability& said : *answer.value) {
    const absl::StatusOr<std::string> name = NormalDomainName(said.name);
    if (!name.ok()) continue;
    told.insert(*name);
    const auto [first, last] = places.equal_range(*name);
    for (auto it = first; it != last; ++it) {
      v1::DomainAvailability& one = *response.mutable_domains(it->second);
      one.set_available(said.available);
      one.set_reason(said.reason);
    }
  }
  if (told.size() < names.size())
    return absl::UnavailableError(
        absl::StrCat("registry ", called, " did not say of all names whether they are free"));
  return absl::OkStatus();
}

// Big-endian time, counted down, and the row's id: the latest first.
std::string PlaceOf(const stored::v1::RegistryMessageRow& row) {
  return absl::StrCat(replication::layout::BigEndian64(~static_cast<uint64_t>(row.time_us())),
                      RegistryMessageId(row));
}

}  // namespace

absl::StatusOr<v1::CheckDomainsResponse> Registrar::CheckDomains(const Caller&,
                                                                 const v1::CheckDomainsRequest& request) {
  if (request.names().empty()) return absl::InvalidArgumentError("no name is given");
  if (request.names().size() > kMostChecked)
    return absl::InvalidArgumentError(absl::StrCat("more than ", kMostChecked, " names at once"));
  v1::CheckDomainsResponse response;
  std::map<RegistryClient*, std::multimap<std::string, int>> asked;
  for (const std::string& text : request.names()) {
    absl::StatusOr<NamedDomain> named = ReadDomainName(registries_, text);
    if (!named.ok()) return named.status();
    asked[named->registry].emplace(named->name, response.domains_size());
    v1::DomainAvailability& one = *response.add_domains();
    one.set_domain_name(named->name);
    one.set_registry(absl::StrCat("registries/", named->registry->config().name));
  }
  for (const auto& [registry, places] : asked) {
    if (absl::Status status = CheckAt(*registry, places, response); !status.ok()) return status;
  }
  return response;
}

absl::StatusOr<v1::Domain> Registrar::GetDomain(const Caller&, const v1::GetDomainRequest& request) {
  if (request.refresh()) {
    if (absl::Status status = Refresh(request.name()); !status.ok()) return status;
  }
  absl::StatusOr<DomainRow> domain = FindDomain(*host_.replica().Snapshot(), request.name());
  if (!domain.ok()) return domain.status();
  return DomainMessage(*domain);
}

absl::StatusOr<v1::ListDomainsResponse> Registrar::ListDomains(const Caller&,
                                                               const v1::ListDomainsRequest& request) {
  absl::StatusOr<size_t> page = PageSize(request.page_size());
  if (!page.ok()) return page.status();
  absl::StatusOr<std::string> after = ReadPageToken(request.page_token());
  if (!after.ok()) return after.status();
  v1::ListDomainsResponse response;
  std::string last;
  const absl::Status status = VisitDomains(*host_.replica().Snapshot(), *after, [&](const DomainRow& row) {
    if (static_cast<size_t>(response.domains_size()) == *page) {
      response.set_next_page_token(WritePageToken(last));
      return false;
    }
    last = row.name();
    *response.add_domains() = DomainMessage(row);
    return true;
  });
  if (!status.ok()) return status;
  return response;
}

v1::DomainOperation Registrar::MessageOf(const DomainOperationRow& row) const {
  v1::DomainOperation operation = OperationMessage(row);
  *operation.mutable_nameservers() = row.wish().nameservers();
  if (!row.wish().nameservers().empty() || row.zone_id().empty()) return operation;
  const std::unique_ptr<store::Reader> reader = host_.replica().Snapshot();
  const absl::StatusOr<std::optional<stored::v1::ZoneRow>> zone =
      replication::FullView(*reader).Zone(row.zone_id());
  if (!zone.ok() || !zone->has_value()) return operation;
  const absl::StatusOr<std::vector<DelegatedTo>> delegation = DelegationOf(*reader, **zone);
  if (!delegation.ok()) return operation;
  const std::vector<std::string> names = HostNamesOf(*delegation);
  *operation.mutable_nameservers() = {names.begin(), names.end()};
  return operation;
}

absl::StatusOr<v1::DomainOperation> Registrar::GetDomainOperation(
    const Caller&, const v1::GetDomainOperationRequest& request) {
  absl::StatusOr<std::string> id = IdIn("domainOperations/", request.name());
  if (!id.ok()) return id.status();
  absl::StatusOr<DomainOperationRow> row = driver_.Get(*id);
  if (!row.ok()) return row.status();
  return MessageOf(*row);
}

absl::StatusOr<std::unique_ptr<Watch>> Registrar::WatchOperation(const std::string& name,
                                                                 std::function<void()> moved) {
  absl::StatusOr<std::string> id = IdIn("domainOperations/", name);
  if (!id.ok()) return id.status();
  return driver_.WatchOperation(*id, std::move(moved));
}

absl::StatusOr<v1::ListDomainOperationsResponse> Registrar::ListDomainOperations(
    const Caller&, const v1::ListDomainOperationsRequest& request) {
  absl::StatusOr<size_t> page = PageSize(request.page_size());
  if (!page.ok()) return page.status();
  absl::StatusOr<std::string> after = ReadPageToken(request.page_token());
  if (!after.ok()) return after.status();
  std::string domain;
  if (!request.domain().empty()) {
    absl::StatusOr<std::string> id = IdIn("domains/", request.domain());
    if (!id.ok()) return id.status();
    absl::StatusOr<std::string> name = NormalDomainName(*id);
    if (!name.ok()) return name.status();
    domain = *std::move(name);
  }
  v1::ListDomainOperationsResponse response;
  std::string last;
  size_t looked_at = 0;
  const auto take = [&](const DomainOperationRow& row) {
    if (static_cast<size_t>(response.operations_size()) == *page || looked_at == kMostLookedAt) {
      response.set_next_page_token(WritePageToken(last));
      return false;
    }
    ++looked_at;
    last = row.id();
    if (domain.empty() || row.domain() == domain) *response.add_operations() = MessageOf(row);
    return true;
  };
  if (request.only_open()) {
    for (const std::string& id : driver_.Open(*after, kMostLookedAt + 1)) {
      const absl::StatusOr<DomainOperationRow> row = driver_.Get(id);
      // One that has ended meanwhile is none of them any more.
      if (row.ok() && !IsOver(*row) && !take(*row)) break;
    }
    return response;
  }
  const absl::Status status =
      VisitOperations(*host_.replica().Snapshot(), *after, [&](const DomainOperationRow& row) {
        // Where it is now, with steps that are not logged.
        const absl::StatusOr<DomainOperationRow> now = driver_.Get(row.id());
        return take(now.ok() ? *now : row);
      });
  if (!status.ok()) return status;
  return response;
}

absl::StatusOr<v1::ListRegistriesResponse> Registrar::ListRegistries(const Caller&,
                                                                     const v1::ListRegistriesRequest&) {
  v1::ListRegistriesResponse response;
  for (const std::unique_ptr<RegistryClient>& registry : registries_.all()) {
    const RegistryConfig& config = registry->config();
    v1::Registry& one = *response.add_registries();
    one.set_name(absl::StrCat("registries/", config.name));
    *one.mutable_tlds() = {config.tlds.begin(), config.tlds.end()};
    one.set_endpoint(absl::StrCat(config.host, ":", config.port));
    const Verdict state = registry->state();
    one.set_reachable(state.done());
    if (!state.done()) one.set_trouble(state.message);
    one.set_sessions(static_cast<uint32_t>(config.sessions));
  }
  return response;
}

absl::StatusOr<v1::ListRegistryMessagesResponse> Registrar::ListRegistryMessages(
    const Caller&, const v1::ListRegistryMessagesRequest& request) {
  absl::StatusOr<size_t> page = PageSize(request.page_size());
  if (!page.ok()) return page.status();
  absl::StatusOr<std::string> after = ReadPageToken(request.page_token());
  if (!after.ok()) return after.status();
  // Rows lie by registry: the first of a page, in the order wanted, are picked out of all. One more tells whether there are more.
  std::map<std::string, stored::v1::RegistryMessageRow> first;
  const absl::Status status =
      VisitRegistryMessages(*host_.replica().Snapshot(), "", [&](stored::v1::RegistryMessageRow row) {
        std::string place = PlaceOf(row);
        if (place <= *after) return true;
        first.emplace(std::move(place), std::move(row));
        if (first.size() > *page + 1) first.erase(std::prev(first.end()));
        return true;
      });
  if (!status.ok()) return status;
  v1::ListRegistryMessagesResponse response;
  for (const auto& [place, row] : first) {
    if (static_cast<size_t>(response.messages_size()) == *page) break;
    *response.add_messages() = MessageOfRegistry(row);
    if (static_cast<size_t>(response.messages_size()) == *page && first.size() > *page)
      response.set_next_page_token(WritePageToken(place));
  }
  return response;
}

}  // namespace quartet::controller
