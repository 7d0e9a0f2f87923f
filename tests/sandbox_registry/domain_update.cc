// The update of a domain (RFC 5731 §3.2.5, RFC 5910 §5.2.5).
#include "absl/strings/str_cat.h"
#include "controller/registrar/epp/namespaces.h"
#include "tests/sandbox_registry/domain_parts.h"
#include "tests/sandbox_registry/request.h"

namespace quartet::sandbox {
namespace {

using controller::epp::kDomainNamespace;
using controller::epp::kSecDnsNamespace;
using controller::epp::XmlElement;

std::optional<Refusal> ChangeStatuses(const XmlElement& element, bool add, Domain& domain) {
  for (const XmlElement& one : element.Children(kDomainNamespace, "status")) {
    const std::string status = one.Attribute("s").value_or("");
    if (status.rfind("client", 0) != 0)
      return Refusal{2306, absl::StrCat(status, " is not a client's to set")};
    if (Holds(domain.client_statuses(), status) == add) {
      return Refusal{2306, absl::StrCat(status, add ? " is set already" : " is not set")};
    }
    add ? domain.add_client_statuses(status) : RemoveFrom(*domain.mutable_client_statuses(), status);
  }
  return std::nullopt;
}

std::optional<Refusal> AddOrRemove(const Request& request, const Tld& tld, bool add, Domain& domain) {
  const std::optional<XmlElement> element = request.object.Child(kDomainNamespace, add ? "add" : "rem");
  if (element.has_value()) {
    if (const std::optional<XmlElement> ns = element->Child(kDomainNamespace, "ns")) {
      if (auto refusal = ChangeHosts(request, tld, *ns, add, domain)) return refusal;
    }
    if (auto refusal = ChangeContacts(request, tld, *element, add, domain)) return refusal;
    if (auto refusal = ChangeStatuses(*element, add, domain)) return refusal;
  }
  if (!request.extension.has_value()) return std::nullopt;
  const std::optional<XmlElement> keys = request.extension->Child(kSecDnsNamespace, add ? "add" : "rem");
  if (!keys.has_value()) return std::nullopt;
  return ChangeSecDns(tld, *keys, add, domain);
}

std::optional<Refusal> SetFields(const Request& request, Domain& domain) {
  const std::optional<XmlElement> change = request.object.Child(kDomainNamespace, "chg");
  if (!change.has_value()) return std::nullopt;
  if (const auto registrant = change->Child(kDomainNamespace, "registrant"))
    domain.set_registrant(registrant->Text());
  const std::optional<XmlElement> auth_info = change->Child(kDomainNamespace, "authInfo");
  if (!auth_info.has_value()) return std::nullopt;
  domain.set_auth_info(auth_info->ChildText(kDomainNamespace, "pw"));
  return std::nullopt;
}

bool ChangesNothing(const Request& request) {
  return !request.extension.has_value() && !request.object.Child(kDomainNamespace, "add").has_value() &&
         !request.object.Child(kDomainNamespace, "rem").has_value() &&
         !request.object.Child(kDomainNamespace, "chg").has_value();
}

}  // namespace

Reply UpdateDomain(Request& request) {
  Domain domain;
  if (auto refusal = FindOwnDomain(request, domain)) return Reply::Refuse(*refusal);
  if (ChangesNothing(request)) return Reply::Refuse({2003, "nothing is to be changed"});
  const Domain before = domain;
  const Tld& tld = *TldOf(request.config, domain.name());
  if (auto refusal = AddOrRemove(request, tld, false, domain)) return Reply::Refuse(*refusal);
  // A lock is lifted by an update that takes it away (RFC 5731 §2.3).
  if (auto refusal = CheckStatus(domain, "clientUpdateProhibited")) return Reply::Refuse(*refusal);
  if (auto refusal = AddOrRemove(request, tld, true, domain)) return Reply::Refuse(*refusal);
  if (auto refusal = SetFields(request, domain)) return Reply::Refuse(*refusal);
  if (auto refusal = CheckWhole(request, tld, domain)) return Reply::Refuse(*refusal);
  Touch(*domain.mutable_origin(), request);
  request.rows.Put(domain, &before);
  return {};
}

}  // namespace quartet::sandbox
