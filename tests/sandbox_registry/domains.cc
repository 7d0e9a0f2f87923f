// Commands on domains (RFC 5731): check, info, create, delete, renew.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/registrar/epp/namespaces.h"
#include "tests/sandbox_registry/domain_parts.h"
#include "tests/sandbox_registry/request.h"

namespace quartet::sandbox {
namespace {

using controller::epp::kDomainNamespace;
using controller::epp::kRgpNamespace;
using controller::epp::kSecDnsNamespace;
using controller::epp::XmlElement;
using controller::epp::XmlWriter;

constexpr size_t kMostAuthInfo = 64;

// Why nobody can register it; empty: somebody can. 32 characters at most.
std::string WhyUnavailable(const Request& request, const std::string& name) {
  const Tld* const tld = TldOf(request.config, name);
  if (!IsHostName(name)) return "Invalid name";
  if (tld == nullptr || std::count(name.begin(), name.end(), '.') != 1) return "Not in this registry";
  if (tld->reserved.contains(name.substr(0, name.find('.')))) return "Reserved";
  return request.rows.FindDomain(name).has_value() ? "In use" : "";
}

std::optional<Refusal> CheckNewName(const Request& request, const std::string& name) {
  const std::string why = WhyUnavailable(request, name);
  if (why.empty()) return std::nullopt;
  if (why == "In use") return Refusal{2302, ""};
  return Refusal{why == "Invalid name" ? 2005 : 2306, absl::StrCat(name, ": ", why)};
}

void WriteNameservers(XmlWriter& writer, const Domain& domain) {
  if (domain.hosts().empty() && domain.attributes().empty()) return;
  writer.Start("domain:ns");
  for (const std::string& host : domain.hosts()) writer.Element("domain:hostObj", host);
  for (const HostAttribute& attribute : domain.attributes()) {
    writer.Start("domain:hostAttr").Element("domain:hostName", attribute.name());
    for (const Address& address : attribute.addresses()) {
      writer.Start("domain:hostAddr").Attribute("ip", address.v6() ? "v6" : "v4").Text(address.text()).End();
    }
    writer.End();
  }
  writer.End();
}

void WriteSecDns(XmlWriter& writer, const Domain& domain) {
  if (domain.ds().empty() && domain.keys().empty()) return;
  writer.Start("secDNS:infData", kSecDnsNamespace);
  for (const DsData& ds : domain.ds()) {
    writer.Start("secDNS:dsData")
        .Element("secDNS:keyTag", absl::StrCat(ds.key_tag()))
        .Element("secDNS:alg", absl::StrCat(ds.algorithm()))
        .Element("secDNS:digestType", absl::StrCat(ds.digest_type()))
        .Element("secDNS:digest", ds.digest())
        .End();
  }
  for (const KeyData& key : domain.keys()) {
    writer.Start("secDNS:keyData")
        .Element("secDNS:flags", absl::StrCat(key.flags()))
        .Element("secDNS:protocol", absl::StrCat(key.protocol()))
        .Element("secDNS:alg", absl::StrCat(key.algorithm()))
        .Element("secDNS:pubKey", key.public_key())
        .End();
  }
  writer.End();
}

// What everybody sees of a domain, and with `own` what its sponsor sees.
void WriteInfo(XmlWriter& writer, const Domain& domain, const std::vector<std::string>& below, bool own) {
  writer.Start("domain:infData", kDomainNamespace).Element("domain:name", domain.name());
  writer.Element("domain:roid", domain.origin().roid());
  for (const std::string& status : StatusesOf(domain))
    writer.Start("domain:status").Attribute("s", status).End();
  if (!domain.registrant().empty()) writer.Element("domain:registrant", domain.registrant());
  for (const DomainContact& contact : domain.contacts()) {
    writer.Start("domain:contact").Attribute("type", contact.type()).Text(contact.id()).End();
  }
  WriteNameservers(writer, domain);
  for (const std::string& host : below) writer.Element("domain:host", host);
  WriteOrigin(writer, "domain", domain.origin(), domain.expiry_us());
  if (own) writer.Start("domain:authInfo").Element("domain:pw", domain.auth_info()).End();
  writer.End();
}

void WriteInfoExtension(XmlWriter& writer, const Domain& domain) {
  if (domain.purge_us() != 0) {
    writer.Start("rgp:infData", kRgpNamespace)
        .Start("rgp:rgpStatus")
        .Attribute("s", "pendingDelete")
        .End()
        .End();
  }
  WriteSecDns(writer, domain);
}

Reply DatesReply(const Domain& domain, absl::string_view element) {
  return Reply::Data([domain, element](XmlWriter& writer) {
    writer.Start(absl::StrCat("domain:", element), kDomainNamespace).Element("domain:name", domain.name());
    if (element == "creData") writer.Element("domain:crDate", FormatTime(domain.origin().create_us()));
    writer.Element("domain:exDate", FormatTime(domain.expiry_us())).End();
  });
}

std::optional<Refusal> ReadNewDomain(const Request& request, const Tld& tld, Domain& domain) {
  domain.set_registrant(request.object.ChildText(kDomainNamespace, "registrant"));
  const std::optional<XmlElement> auth_info = request.object.Child(kDomainNamespace, "authInfo");
  if (auth_info.has_value()) domain.set_auth_info(auth_info->ChildText(kDomainNamespace, "pw"));
  if (domain.auth_info().empty() || domain.auth_info().size() > kMostAuthInfo) {
    return Refusal{2306, absl::StrCat("authInfo has 1 to ", kMostAuthInfo, " bytes")};
  }
  if (const std::optional<XmlElement> ns = request.object.Child(kDomainNamespace, "ns")) {
    if (auto refusal = ChangeHosts(request, tld, *ns, true, domain)) return refusal;
  }
  if (auto refusal = ChangeContacts(request, tld, request.object, true, domain)) return refusal;
  if (request.extension.has_value()) {
    if (auto refusal = ChangeSecDns(tld, *request.extension, true, domain)) return refusal;
  }
  return CheckWhole(request, tld, domain);
}

}  // namespace

Reply CheckDomains(Request& request) {
  std::vector<std::pair<std::string, std::string>> names;
  for (const XmlElement& name : request.object.Children(kDomainNamespace, "name")) {
    names.emplace_back(name.Text(), WhyUnavailable(request, NameIn(name.Text())));
  }
  return Reply::Data([names](XmlWriter& writer) {
    writer.Start("domain:chkData", kDomainNamespace);
    for (const auto& [name, reason] : names) WriteCheck(writer, "domain", "name", name, reason);
    writer.End();
  });
}

Reply InfoDomain(Request& request) {
  const std::optional<Domain> found = request.rows.FindDomain(DomainNameOf(request));
  if (!found.has_value()) return Reply::Refuse({2303, ""});
  bool own = found->origin().sponsor() == request.client;
  if (const std::optional<XmlElement> auth_info = request.object.Child(kDomainNamespace, "authInfo")) {
    if (auth_info->ChildText(kDomainNamespace, "pw") != found->auth_info()) return Reply::Refuse({2202, ""});
    own = true;
  }
  const std::vector<std::string> below = request.rows.HostsBelow(found->name());
  Reply reply = Reply::Data(
      [domain = *found, below, own](XmlWriter& writer) { WriteInfo(writer, domain, below, own); });
  if (found->purge_us() != 0 || !found->ds().empty() || !found->keys().empty()) {
    reply.extension = [domain = *found](XmlWriter& writer) { WriteInfoExtension(writer, domain); };
  }
  return reply;
}

Reply CreateDomain(Request& request) {
  Domain domain;
  domain.set_name(DomainNameOf(request));
  if (auto refusal = CheckNewName(request, domain.name())) return Reply::Refuse(*refusal);
  const Tld& tld = *TldOf(request.config, domain.name());
  const uint32_t years = YearsOf(request, tld);
  if (years == 0) {
    return Reply::Refuse({2004, absl::StrCat(tld.least_years, " to ", tld.most_years, " years")});
  }
  if (auto refusal = ReadNewDomain(request, tld, domain)) return Reply::Refuse(*refusal);
  *domain.mutable_origin() = NewOrigin(request, 'D');
  domain.set_expiry_us(AddYears(request.now_us, years));
  if (tld.pending_create_us != 0) {
    domain.set_pending_create_us(request.now_us + tld.pending_create_us);
    domain.set_pending_cltrid(request.cltrid);
    domain.set_pending_svtrid(request.svtrid);
  }
  request.rows.Put(domain, nullptr);
  Reply reply = DatesReply(domain, "creData");
  if (tld.pending_create_us != 0) reply.code = 1001;
  return reply;
}

Reply DeleteDomain(Request& request) {
  Domain domain;
  if (auto refusal = FindOwnDomain(request, domain)) return Reply::Refuse(*refusal);
  if (auto refusal = CheckStatus(domain, "clientDeleteProhibited")) return Reply::Refuse(*refusal);
  if (domain.transfer().status() == "pending") return Reply::Refuse({2304, "pendingTransfer"});
  for (const std::string& host : request.rows.HostsBelow(domain.name())) {
    if (request.rows.IsLinked(host, domain.name())) {
      return Reply::Refuse({2305, absl::StrCat("other domains are delegated to ", host)});
    }
  }
  const Tld* const tld = TldOf(request.config, domain.name());
  if (tld == nullptr || tld->pending_delete_us == 0) {
    PurgeDomain(request.rows, domain);
    return {};
  }
  const Domain before = domain;
  domain.set_purge_us(request.now_us + tld->pending_delete_us);
  domain.set_pending_cltrid(request.cltrid);
  domain.set_pending_svtrid(request.svtrid);
  request.rows.Put(domain, &before);
  Reply reply;
  reply.code = 1001;
  return reply;
}

Reply RenewDomain(Request& request) {
  Domain domain;
  if (auto refusal = FindOwnDomain(request, domain)) return Reply::Refuse(*refusal);
  if (auto refusal = CheckStatus(domain, "clientRenewProhibited")) return Reply::Refuse(*refusal);
  const std::string expiry = FormatTime(domain.expiry_us()).substr(0, 10);
  if (request.object.ChildText(kDomainNamespace, "curExpDate") != expiry) {
    return Reply::Refuse({2306, absl::StrCat("it expires on ", expiry)});
  }
  const Tld& tld = *TldOf(request.config, domain.name());
  const uint32_t years = YearsOf(request, tld);
  if (years == 0 || AddYears(domain.expiry_us(), years) > AddYears(request.now_us, tld.most_years)) {
    return Reply::Refuse({2004, absl::StrCat("at most ", tld.most_years, " years from now")});
  }
  const Domain before = domain;
  domain.set_expiry_us(AddYears(domain.expiry_us(), years));
  Touch(*domain.mutable_origin(), request);
  request.rows.Put(domain, &before);
  return DatesReply(domain, "renData");
}

void PurgeDomain(Rows& rows, const Domain& domain) {
  for (const std::string& host : rows.HostsBelow(domain.name())) {
    if (const std::optional<Host> row = rows.FindHost(host)) rows.Remove(*row);
  }
  rows.Remove(domain);
}

void SettleDue(Rows& rows, const Domain& domain, int64_t now_us) {
  if (domain.transfer().status() == "pending") return ApproveDueTransfer(rows, domain, now_us);
  Message message;
  message.set_time_us(now_us);
  PendingEnd& end = *message.mutable_pending();
  end.set_domain(domain.name());
  end.set_done(true);
  end.set_cltrid(domain.pending_cltrid());
  end.set_svtrid(domain.pending_svtrid());
  end.set_time_us(now_us);
  if (domain.purge_us() != 0) {
    message.set_text("Pending deletion completed.");
    PurgeDomain(rows, domain);
  } else {
    message.set_text("Pending creation completed.");
    Domain done = domain;
    done.clear_pending_create_us();
    rows.Put(done, &domain);
  }
  rows.Add(domain.origin().sponsor(), message);
}

}  // namespace quartet::sandbox
