#include "controller/registrar/wishes.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "controller/assignment/reusable_sets.h"
#include "controller/proposals.h"
#include "controller/registrar/domains/domain_facts.h"
#include "controller/registrar/domains/domain_name.h"
#include "controller/registrar/domains/domain_rows.h"
#include "controller/registrar/ds_wishes.h"
#include "controller/requests.h"
#include "controller/roster/roster.h"
#include "controller/zones/system_zones.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_queries.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;
using stored::v1::DomainRow;
using stored::v1::ZoneRow;
using ContactRows = google::protobuf::RepeatedPtrField<stored::v1::DomainContactRow>;

constexpr size_t kMostNameservers = 13;
constexpr size_t kMostAuthInfo = 255;
constexpr std::array<absl::string_view, 4> kRoles = {"registrant", "admin", "tech", "billing"};

NewOperation OperationOn(const DomainRow& domain, stored::v1::DomainOperationKind kind) {
  NewOperation operation;
  operation.kind = kind;
  operation.domain = domain.name();
  operation.registry = domain.registry();
  return operation;
}

absl::Status CheckNoStripe(const DomainRow& domain) {
  if (domain.stripe().empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(domain.name(), " is the domain of stripe ", domain.stripe(),
                   ", which nameservers are called in: the system keeps it"));
}

absl::Status CheckYears(const RegistryConfig& registry, uint32_t years, uint32_t least) {
  if (years == 0 || (years >= least && years <= registry.most_years)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("registry ", registry.name, " takes ", least, " to ",
                                                 registry.most_years, " years, not ", years));
}

// Those that were asked for; with those of the registry's configuration every role that it needs has one.
absl::StatusOr<ContactRows> ReadContacts(const Registries& registries, const RegistryConfig& registry,
                                         const google::protobuf::RepeatedPtrField<v1::DomainContact>& asked) {
  if (!asked.empty() && registry.contacts.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("registry ", registry.name, " takes no contacts"));
  }
  ContactRows rows;
  std::set<std::string> roles;
  for (const v1::DomainContact& contact : asked) {
    if (std::find(kRoles.begin(), kRoles.end(), contact.role()) == kRoles.end()) {
      return absl::InvalidArgumentError(absl::StrCat("a contact's role is one of ",
                                                     absl::StrJoin(kRoles, ", "), ", not \"",
                                                     absl::CEscape(contact.role().substr(0, 40)), "\""));
    }
    if (!roles.insert(contact.role()).second)
      return absl::InvalidArgumentError(absl::StrCat("there are two contacts of the role ", contact.role()));
    if (!registries.config().contacts.contains(contact.contact())) {
      return absl::InvalidArgumentError(absl::StrCat("no contact \"",
                                                     absl::CEscape(contact.contact().substr(0, 40)),
                                                     "\" is in the configuration of registries"));
    }
    stored::v1::DomainContactRow& row = *rows.Add();
    row.set_role(contact.role());
    row.set_contact(contact.contact());
  }
  for (const auto& [role, name] : registry.contacts) {
    if (roles.contains(role) || registries.config().contacts.contains(name)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("registry ", registry.name, " needs a contact of the role ", role));
  }
  return rows;
}

// The domain's row says which contacts it has: all of them.
ContactRows WithConfigured(const RegistryConfig& registry, ContactRows rows) {
  for (const auto& [role, name] : registry.contacts) {
    const bool asked = std::any_of(rows.begin(), rows.end(),
                                   [&, &wanted = role](const auto& row) { return row.role() == wanted; });
    if (asked) continue;
    stored::v1::DomainContactRow& row = *rows.Add();
    row.set_role(role);
    row.set_contact(name);
  }
  return rows;
}

// The zone that is asked for: one of the domain's name, and no system's.
absl::StatusOr<std::string> ReadZone(const store::Reader& reader, const std::string& domain,
                                     const std::string& zone) {
  const std::string name = zone.rfind("zones/", 0) == 0 ? zone : absl::StrCat("zones/", zone);
  absl::StatusOr<ZoneRow> row = FindActiveZone(reader, name);
  if (!row.ok()) return row.status();
  if (absl::Status status = CheckNoSystemZone(*row); !status.ok()) return status;
  absl::StatusOr<dns::Name> apex = ApexOf(*row);
  if (!apex.ok()) return apex.status();
  absl::StatusOr<dns::Name> wanted = dns::Name::Parse(domain);
  if (!wanted.ok()) return wanted.status();
  if (!(*apex == *wanted)) {
    return absl::InvalidArgumentError(absl::StrCat("zone ", row->id(), " is ", apex->ToString(), ", which ",
                                                   domain, " can't be delegated to"));
  }
  return row->id();
}

absl::Status CheckDelegationSet(const store::Reader& reader, const std::string& id) {
  if (id.empty()) return absl::OkStatus();
  absl::StatusOr<Roster> roster = ReadRoster(reader);
  if (!roster.ok()) return roster.status();
  return FourOfDelegationSet(reader, *roster, id).status();
}

// For a new zone.
absl::Status ReadZoneToBe(const store::Reader& reader, const v1::RegisterDomainRequest& request,
                          const std::string& domain, stored::v1::DomainWish& wish) {
  absl::StatusOr<ZoneToBe> zone = ReadNewZone(domain, "", request.comment(), request.delegation_set());
  if (!zone.ok()) return zone.status();
  if (absl::Status status = CheckDelegationSet(reader, zone->delegation_set); !status.ok()) return status;
  wish.set_delegation_set(zone->delegation_set);
  wish.set_comment(request.comment());
  return absl::OkStatus();
}

absl::StatusOr<const RegistryConfig*> ConfigOf(const Registries& registries, const DomainRow& domain) {
  const RegistryClient* const registry = registries.Named(domain.registry());
  if (registry != nullptr) return &registry->config();
  return absl::FailedPreconditionError(absl::StrCat("registry ", domain.registry(), ", where ", domain.name(),
                                                    " is, is not configured any more"));
}

}  // namespace

absl::StatusOr<NamedDomain> ReadDomainName(const Registries& registries, absl::string_view text) {
  absl::StatusOr<std::string> name = NormalDomainName(text);
  if (!name.ok()) return name.status();
  if (registries.all().empty()) {
    return absl::InvalidArgumentError(
        "this controller knows no registries: describe them in a file, and start it with --registries FILE");
  }
  RegistryClient* const registry = registries.Of(*name);
  if (registry == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("no registry is configured that ", *name,
                                                   " could be registered at (`quartet registry list`)"));
  }
  return NamedDomain{*std::move(name), registry};
}

absl::StatusOr<DomainRow> FindDomain(const store::Reader& reader, absl::string_view name) {
  absl::StatusOr<std::string> id = IdIn("domains/", name);
  if (!id.ok()) return id.status();
  absl::StatusOr<std::string> normal = NormalDomainName(*id);
  if (!normal.ok()) return normal.status();
  absl::StatusOr<std::optional<DomainRow>> row = ReadDomain(reader, *normal);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return absl::NotFoundError(absl::StrCat(*normal, " is not registered with us"));
  return **std::move(row);
}

absl::StatusOr<NewOperation> ReadRegistration(const store::Reader& reader, const Registries& registries,
                                              const v1::RegisterDomainRequest& request) {
  absl::StatusOr<NamedDomain> named = ReadDomainName(registries, request.domain_name());
  if (!named.ok()) return named.status();
  const RegistryConfig& registry = named->registry->config();
  if (absl::Status status = CheckYears(registry, request.years(), registry.least_years); !status.ok())
    return status;
  absl::StatusOr<ContactRows> contacts = ReadContacts(registries, registry, request.contacts());
  if (!contacts.ok()) return contacts.status();
  NewOperation operation{stored::v1::DOMAIN_OPERATION_KIND_REGISTER, named->name, registry.name, "", {}};
  operation.wish.set_years(request.years());
  operation.wish.set_auto_renew(request.auto_renew());
  *operation.wish.mutable_contacts() = WithConfigured(registry, *std::move(contacts));
  if (request.zone().empty()) {
    if (absl::Status status = ReadZoneToBe(reader, request, named->name, operation.wish); !status.ok())
      return status;
    return operation;
  }
  if (!request.delegation_set().empty() || !request.comment().empty())
    return absl::InvalidArgumentError(
        "a delegation set and a comment are for a new zone, and a zone is named");
  absl::StatusOr<std::string> zone = ReadZone(reader, named->name, request.zone());
  if (!zone.ok()) return zone.status();
  operation.wish.set_zone_id(*std::move(zone));
  return operation;
}

absl::StatusOr<NewOperation> ReadRenewal(const store::Reader& reader, const Registries& registries,
                                         const v1::RenewDomainRequest& request) {
  absl::StatusOr<DomainRow> domain = FindDomain(reader, request.name());
  if (!domain.ok()) return domain.status();
  absl::StatusOr<const RegistryConfig*> registry = ConfigOf(registries, *domain);
  if (!registry.ok()) return registry.status();
  if (absl::Status status = CheckYears(**registry, request.years(), 1); !status.ok()) return status;
  NewOperation operation = OperationOn(*domain, stored::v1::DOMAIN_OPERATION_KIND_RENEW);
  operation.wish.set_years(std::max<uint32_t>(1, request.years()));
  return operation;
}

absl::StatusOr<NewOperation> ReadNameservers(const store::Reader& reader,
                                             const v1::SetDomainNameserversRequest& request) {
  absl::StatusOr<DomainRow> domain = FindDomain(reader, request.name());
  if (!domain.ok()) return domain.status();
  NewOperation operation = OperationOn(*domain, stored::v1::DOMAIN_OPERATION_KIND_SET_NAMESERVERS);
  if (absl::Status status = CheckNoStripe(*domain); !status.ok()) return status;
  if (!request.zone().empty() && !request.nameservers().empty())
    return absl::InvalidArgumentError("a zone and nameservers are named; name one of both");
  if (request.nameservers().size() > static_cast<int>(kMostNameservers))
    return absl::InvalidArgumentError(absl::StrCat("more than ", kMostNameservers, " nameservers"));
  std::set<std::string> names;
  for (const std::string& nameserver : request.nameservers()) {
    absl::StatusOr<std::string> name = NormalDomainName(nameserver);
    if (!name.ok()) return name.status();
    names.insert(*std::move(name));
  }
  *operation.wish.mutable_nameservers() = {names.begin(), names.end()};
  if (!names.empty()) return operation;
  if (request.zone().empty() && domain->zone_id().empty())
    return absl::FailedPreconditionError(
        absl::StrCat(domain->name(), " has no zone: name one, or nameservers"));
  if (request.zone().empty()) return operation;
  absl::StatusOr<std::string> zone = ReadZone(reader, domain->name(), request.zone());
  if (!zone.ok()) return zone.status();
  operation.wish.set_zone_id(*std::move(zone));
  return operation;
}

absl::StatusOr<NewOperation> ReadLock(const store::Reader& reader, const v1::SetDomainLockRequest& request) {
  absl::StatusOr<DomainRow> domain = FindDomain(reader, request.name());
  if (!domain.ok()) return domain.status();
  NewOperation operation = OperationOn(*domain, stored::v1::DOMAIN_OPERATION_KIND_SET_STATUSES);
  for (const absl::string_view status : kLockStatuses) {
    if (request.locked()) {
      operation.wish.add_add_statuses(std::string(status));
    } else {
      operation.wish.add_remove_statuses(std::string(status));
    }
  }
  return operation;
}

absl::StatusOr<NewOperation> ReadAuthCodeRenewal(const store::Reader& reader,
                                                 const v1::GetAuthCodeRequest& request) {
  absl::StatusOr<DomainRow> domain = FindDomain(reader, request.name());
  if (!domain.ok()) return domain.status();
  return OperationOn(*domain, stored::v1::DOMAIN_OPERATION_KIND_SET_AUTH_INFO);
}

absl::StatusOr<NewOperation> ReadTransfer(const Registries& registries,
                                          const v1::TransferDomainRequest& request) {
  absl::StatusOr<NamedDomain> named = ReadDomainName(registries, request.domain_name());
  if (!named.ok()) return named.status();
  const RegistryConfig& registry = named->registry->config();
  if (request.auth_code().empty())
    return absl::InvalidArgumentError("the code that its present registrar has given its holder is missing");
  if (request.auth_code().size() > kMostAuthInfo)
    return absl::InvalidArgumentError(absl::StrCat("the code is over ", kMostAuthInfo, " bytes"));
  if (absl::Status status = CheckYears(registry, request.years(), registry.least_years); !status.ok())
    return status;
  absl::StatusOr<ContactRows> contacts = ReadContacts(registries, registry, request.contacts());
  if (!contacts.ok()) return contacts.status();
  NewOperation operation{stored::v1::DOMAIN_OPERATION_KIND_TRANSFER, named->name, registry.name, "", {}};
  operation.wish.set_years(request.years());
  operation.wish.set_auto_renew(request.auto_renew());
  operation.wish.set_auth_info(request.auth_code());
  *operation.wish.mutable_contacts() = WithConfigured(registry, *std::move(contacts));
  return operation;
}

absl::StatusOr<NewOperation> ReadDs(const store::Reader& reader, const Registries& registries,
                                    const v1::SetDomainDsRequest& request) {
  absl::StatusOr<DomainRow> domain = FindDomain(reader, request.name());
  if (!domain.ok()) return domain.status();
  absl::StatusOr<const RegistryConfig*> registry = ConfigOf(registries, *domain);
  if (!registry.ok()) return registry.status();
  if (request.add().empty() && request.remove().empty())
    return absl::InvalidArgumentError("no DS record is to be added, and none removed");
  NewOperation operation = OperationOn(*domain, stored::v1::DOMAIN_OPERATION_KIND_SET_DS);
  if (absl::Status status = ReadDsRecords(request.add(), **registry, *operation.wish.mutable_add_ds());
      !status.ok())
    return status;
  if (absl::Status status = ReadDsRecords(request.remove(), **registry, *operation.wish.mutable_remove_ds());
      !status.ok()) {
    return status;
  }
  return operation;
}

absl::StatusOr<NewOperation> ReadDeletion(const store::Reader& reader,
                                          const v1::DeleteDomainRequest& request) {
  absl::StatusOr<DomainRow> domain = FindDomain(reader, request.name());
  if (!domain.ok()) return domain.status();
  if (absl::Status status = CheckNoStripe(*domain); !status.ok()) return status;
  if (request.delete_zone() && domain->zone_id().empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(domain->name(), " has no hosted zone that could be deleted with it"));
  }
  NewOperation operation = OperationOn(*domain, stored::v1::DOMAIN_OPERATION_KIND_DELETE);
  operation.wish.set_delete_zone(request.delete_zone());
  return operation;
}

}  // namespace quartet::controller
