#include "tests/sandbox_registry/domain_parts.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "controller/registrar/epp/namespaces.h"

namespace quartet::sandbox {
namespace {

using controller::epp::kDomainNamespace;
using controller::epp::kSecDnsNamespace;
using controller::epp::XmlElement;

constexpr int kMostHosts = 13;

std::optional<Refusal> ChangeHostObject(const Request& request, const std::string& name, bool add,
                                        Domain& domain) {
  if (Holds(domain.hosts(), name) == add) {
    return Refusal{2306,
                   absl::StrCat(name, add ? " is a nameserver of it already" : " is no nameserver of it")};
  }
  if (!add) {
    RemoveFrom(*domain.mutable_hosts(), name);
    return std::nullopt;
  }
  if (!request.rows.FindHost(name).has_value()) return Refusal{2303, absl::StrCat("there is no host ", name)};
  domain.add_hosts(name);
  return std::nullopt;
}

std::optional<Refusal> ChangeHostAttribute(const XmlElement& element, bool add, Domain& domain) {
  HostAttribute attribute;
  attribute.set_name(NameIn(element.ChildText(kDomainNamespace, "hostName")));
  if (!IsHostName(attribute.name())) return Refusal{2005, absl::StrCat(attribute.name(), " is no host name")};
  const auto found = std::find_if(domain.attributes().begin(), domain.attributes().end(),
                                  [&](const HostAttribute& held) { return held.name() == attribute.name(); });
  if ((found != domain.attributes().end()) == add) {
    return Refusal{2306,
                   absl::StrCat(attribute.name(), add ? " is there already" : " is no nameserver of it")};
  }
  if (!add) {
    domain.mutable_attributes()->erase(found);
    return std::nullopt;
  }
  for (const XmlElement& one : element.Children(kDomainNamespace, "hostAddr")) {
    Address& address = *attribute.add_addresses();
    address.set_v6(one.Attribute("ip").value_or("v4") == "v6");
    address.set_text(one.Text());
  }
  const bool below =
      absl::StrCat(".", attribute.name()).find(absl::StrCat(".", domain.name())) != std::string::npos;
  if (below && attribute.addresses().empty())
    return Refusal{2003, absl::StrCat(attribute.name(), " needs glue")};
  if (!below && !attribute.addresses().empty())
    return Refusal{2306, absl::StrCat(attribute.name(), " has no glue here")};
  *domain.add_attributes() = attribute;
  return std::nullopt;
}

DsData ReadDs(const XmlElement& element) {
  DsData ds;
  const auto number = [&](absl::string_view name) {
    uint32_t value = 0;
    return absl::SimpleAtoi(element.ChildText(kSecDnsNamespace, name), &value) ? value : 0;
  };
  ds.set_key_tag(number("keyTag"));
  ds.set_algorithm(number("alg"));
  ds.set_digest_type(number("digestType"));
  ds.set_digest(absl::AsciiStrToUpper(element.ChildText(kSecDnsNamespace, "digest")));
  return ds;
}

KeyData ReadKey(const XmlElement& element) {
  KeyData key;
  const auto number = [&](absl::string_view name) {
    uint32_t value = 0;
    return absl::SimpleAtoi(element.ChildText(kSecDnsNamespace, name), &value) ? value : 0;
  };
  key.set_flags(number("flags"));
  key.set_protocol(number("protocol"));
  key.set_algorithm(number("alg"));
  key.set_public_key(element.ChildText(kSecDnsNamespace, "pubKey"));
  return key;
}

// A set by its elements' bytes.
template <typename Repeated, typename Row>
std::optional<Refusal> ChangeSet(Repeated& all, const Row& row, bool add, absl::string_view what) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Row& held) {
    return held.SerializeAsString() == row.SerializeAsString();
  });
  if ((found != all.end()) == add)
    return Refusal{2306, absl::StrCat(what, add ? " is there already" : " is not there")};
  add ? void(*all.Add() = row) : void(all.erase(found));
  return std::nullopt;
}

}  // namespace

std::string DomainNameOf(const Request& request) {
  return NameIn(request.object.ChildText(kDomainNamespace, "name"));
}

std::optional<Refusal> FindOwnDomain(const Request& request, Domain& domain) {
  const std::optional<Domain> found = request.rows.FindDomain(DomainNameOf(request));
  if (!found.has_value()) return Refusal{2303, ""};
  domain = *found;
  if (domain.origin().sponsor() != request.client) return Refusal{2201, ""};
  return std::nullopt;
}

std::optional<Refusal> ChangeHosts(const Request& request, const Tld& tld, const XmlElement& ns, bool add,
                                   Domain& domain) {
  for (const XmlElement& one : ns.Children()) {
    const bool object = one.Is(kDomainNamespace, "hostObj");
    if (object != (tld.hosts == Tld::Hosts::kObjects)) {
      return Refusal{2306,
                     absl::StrCat(".", tld.name, object ? " takes host attributes" : " takes host objects")};
    }
    std::optional<Refusal> refusal = object ? ChangeHostObject(request, NameIn(one.Text()), add, domain)
                                            : ChangeHostAttribute(one, add, domain);
    if (refusal.has_value()) return refusal;
  }
  if (domain.hosts_size() + domain.attributes_size() > kMostHosts)
    return Refusal{2306, "13 nameservers at most"};
  return std::nullopt;
}

std::optional<Refusal> ChangeContacts(const Request& request, const Tld& tld, const XmlElement& parent,
                                      bool add, Domain& domain) {
  for (const XmlElement& one : parent.Children(kDomainNamespace, "contact")) {
    if (!tld.thick) return Refusal{2306, absl::StrCat(".", tld.name, " takes no contacts")};
    DomainContact contact;
    contact.set_type(one.Attribute("type").value_or(""));
    contact.set_id(one.Text());
    if (!request.rows.FindContact(contact.id()).has_value()) {
      return Refusal{2303, absl::StrCat("there is no contact ", contact.id())};
    }
    if (auto refusal = ChangeSet(*domain.mutable_contacts(), contact, add, contact.id())) return refusal;
  }
  return std::nullopt;
}

std::optional<Refusal> ChangeSecDns(const Tld& tld, const XmlElement& parent, bool add, Domain& domain) {
  for (const XmlElement& one : parent.Children(kSecDnsNamespace, "dsData")) {
    if (tld.sec_dns != Tld::SecDns::kDsData)
      return Refusal{2306, absl::StrCat(".", tld.name, " takes no dsData")};
    if (auto refusal = ChangeSet(*domain.mutable_ds(), ReadDs(one), add, "the DS record")) return refusal;
  }
  for (const XmlElement& one : parent.Children(kSecDnsNamespace, "keyData")) {
    if (tld.sec_dns != Tld::SecDns::kKeyData)
      return Refusal{2306, absl::StrCat(".", tld.name, " takes no keyData")};
    if (auto refusal = ChangeSet(*domain.mutable_keys(), ReadKey(one), add, "the key")) return refusal;
  }
  if (add || !parent.Child(kSecDnsNamespace, "all").has_value()) return std::nullopt;
  const std::string all = parent.ChildText(kSecDnsNamespace, "all");
  if (all == "1" || all == "true") {
    domain.clear_ds();
    domain.clear_keys();
  }
  return std::nullopt;
}

std::optional<Refusal> CheckWhole(const Request& request, const Tld& tld, const Domain& domain) {
  if (!tld.thick) {
    if (!domain.registrant().empty())
      return Refusal{2306, absl::StrCat(".", tld.name, " takes no registrant")};
    return std::nullopt;
  }
  if (domain.registrant().empty()) return Refusal{2003, "a registrant is needed"};
  if (!request.rows.FindContact(domain.registrant()).has_value()) {
    return Refusal{2303, absl::StrCat("there is no contact ", domain.registrant())};
  }
  for (const absl::string_view type : {"admin", "tech", "billing"}) {
    const bool there = std::any_of(domain.contacts().begin(), domain.contacts().end(),
                                   [&](const DomainContact& contact) { return contact.type() == type; });
    if (!there) return Refusal{2003, absl::StrCat("the ", type, " contact is needed")};
  }
  return std::nullopt;
}

std::vector<std::string> StatusesOf(const Domain& domain) {
  std::vector<std::string> statuses(domain.client_statuses().begin(), domain.client_statuses().end());
  if (domain.pending_create_us() != 0) statuses.push_back("pendingCreate");
  if (domain.purge_us() != 0) statuses.push_back("pendingDelete");
  if (domain.transfer().status() == "pending") statuses.push_back("pendingTransfer");
  if (domain.hosts().empty() && domain.attributes().empty()) statuses.push_back("inactive");
  if (statuses.empty()) statuses.push_back("ok");
  return statuses;
}

std::optional<Refusal> CheckStatus(const Domain& domain, absl::string_view prohibited) {
  for (const std::string& status : StatusesOf(domain)) {
    if (status == prohibited || status == "pendingDelete" || status == "pendingCreate")
      return Refusal{2304, status};
  }
  return std::nullopt;
}

uint32_t YearsOf(const Request& request, const Tld& tld) {
  const std::optional<XmlElement> period = request.object.Child(kDomainNamespace, "period");
  uint32_t years = 1;
  if (period.has_value()) {
    if (!absl::SimpleAtoi(period->Text(), &years)) return 0;
    if (period->Attribute("unit") == "m") years = years % 12 == 0 ? years / 12 : 0;
  }
  return years >= tld.least_years && years <= tld.most_years ? years : 0;
}

int64_t AddYears(int64_t time_us, uint32_t years) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  const absl::Time time = absl::FromUnixMicros(time_us);
  absl::CivilSecond civil = absl::ToCivilSecond(time, utc);
  civil = absl::CivilSecond(civil.year() + years, civil.month(), civil.day(), civil.hour(), civil.minute(),
                            civil.second());
  return absl::ToUnixMicros(absl::FromCivil(civil, utc));
}

}  // namespace quartet::sandbox
