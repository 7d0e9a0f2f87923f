#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/registrar/epp/domain.h"
#include "controller/registrar/epp/host.h"
#include "controller/registrar/epp/namespaces.h"

namespace quartet::controller::epp {
namespace {

void StartDomain(XmlWriter& writer, absl::string_view verb) {
  writer.Start(verb).Start(absl::StrCat("domain:", verb), kDomainNamespace);
}

void WriteAuthInfo(XmlWriter& writer, const std::string& auth_info) {
  writer.Start("domain:authInfo").Element("domain:pw", auth_info).End();
}

void WritePeriod(XmlWriter& writer, uint32_t years) {
  if (years == 0) return;
  writer.Start("domain:period").Attribute("unit", "y").Text(absl::StrCat(years)).End();
}

void WriteHosts(XmlWriter& writer, HostModel model, const std::vector<DomainHost>& hosts) {
  if (hosts.empty()) return;
  writer.Start("domain:ns");
  for (const DomainHost& host : hosts) {
    if (model == HostModel::kObjects) {
      writer.Element("domain:hostObj", host.name);
      continue;
    }
    writer.Start("domain:hostAttr").Element("domain:hostName", host.name);
    for (const std::string& address : host.addresses) {
      writer.Start("domain:hostAddr").Attribute("ip", IpVersion(address)).Text(address).End();
    }
    writer.End();
  }
  writer.End();
}

void WriteContacts(XmlWriter& writer, const std::vector<DomainContact>& contacts) {
  for (const DomainContact& contact : contacts) {
    writer.Start("domain:contact").Attribute("type", contact.type).Text(contact.id).End();
  }
}

void WriteSecDns(XmlWriter& writer, const SecDns& sec_dns) {
  for (const DsData& ds : sec_dns.ds) {
    writer.Start("secDNS:dsData")
        .Element("secDNS:keyTag", absl::StrCat(ds.key_tag))
        .Element("secDNS:alg", absl::StrCat(ds.algorithm))
        .Element("secDNS:digestType", absl::StrCat(ds.digest_type))
        .Element("secDNS:digest", ds.digest)
        .End();
  }
  for (const KeyData& key : sec_dns.keys) {
    writer.Start("secDNS:keyData")
        .Element("secDNS:flags", absl::StrCat(key.flags))
        .Element("secDNS:protocol", absl::StrCat(key.protocol))
        .Element("secDNS:alg", absl::StrCat(key.algorithm))
        .Element("secDNS:pubKey", key.public_key)
        .End();
  }
}

// RFC 5731 §3.2.5: an element of the three is there only if there is something in it.
void WriteAddOrRemove(XmlWriter& writer, absl::string_view element, HostModel model,
                      const std::vector<DomainHost>& hosts, const std::vector<DomainContact>& contacts,
                      const std::vector<std::string>& statuses) {
  if (hosts.empty() && contacts.empty() && statuses.empty()) return;
  writer.Start(element);
  WriteHosts(writer, model, hosts);
  WriteContacts(writer, contacts);
  for (const std::string& status : statuses) writer.Start("domain:status").Attribute("s", status).End();
  writer.End();
}

void WriteUpdateExtension(XmlWriter& writer, const DomainUpdate& update) {
  if (update.add_sec_dns.empty() && update.remove_sec_dns.empty()) return;
  writer.Start("extension").Start("secDNS:update", kSecDnsNamespace);
  if (!update.remove_sec_dns.empty()) {
    writer.Start("secDNS:rem");
    WriteSecDns(writer, update.remove_sec_dns);
    writer.End();
  }
  if (!update.add_sec_dns.empty()) {
    writer.Start("secDNS:add");
    WriteSecDns(writer, update.add_sec_dns);
    writer.End();
  }
  writer.End().End();
}

const char* NameOf(TransferOp op) {
  switch (op) {
    case TransferOp::kRequest:
      return "request";
    case TransferOp::kQuery:
      return "query";
    case TransferOp::kCancel:
      return "cancel";
    case TransferOp::kApprove:
      return "approve";
    case TransferOp::kReject:
      return "reject";
  }
  return "query";
}

}  // namespace

Command MakeDomainCheck(const std::vector<std::string>& names) {
  return Command([names](XmlWriter& writer) {
    StartDomain(writer, "check");
    for (const std::string& name : names) writer.Element("domain:name", name);
    writer.End().End();
  });
}

Command MakeDomainInfo(const std::string& name, const std::string& auth_info) {
  return Command([name, auth_info](XmlWriter& writer) {
    StartDomain(writer, "info");
    writer.Start("domain:name").Attribute("hosts", "all").Text(name).End();
    if (!auth_info.empty()) WriteAuthInfo(writer, auth_info);
    writer.End().End();
  });
}

Command MakeDomainCreate(const DomainCreate& create) {
  return Command([create](XmlWriter& writer) {
    StartDomain(writer, "create");
    writer.Element("domain:name", create.name);
    WritePeriod(writer, create.years);
    WriteHosts(writer, create.host_model, create.hosts);
    if (!create.registrant.empty()) writer.Element("domain:registrant", create.registrant);
    WriteContacts(writer, create.contacts);
    WriteAuthInfo(writer, create.auth_info);
    writer.End().End();
    if (create.sec_dns.empty()) return;
    writer.Start("extension").Start("secDNS:create", kSecDnsNamespace);
    WriteSecDns(writer, create.sec_dns);
    writer.End().End();
  });
}

Command MakeDomainDelete(const std::string& name) {
  return Command([name](XmlWriter& writer) {
    StartDomain(writer, "delete");
    writer.Element("domain:name", name).End().End();
  });
}

Command MakeDomainRenew(const std::string& name, const std::string& current_expiry, uint32_t years) {
  return Command([name, current_expiry, years](XmlWriter& writer) {
    StartDomain(writer, "renew");
    writer.Element("domain:name", name).Element("domain:curExpDate", current_expiry);
    WritePeriod(writer, years);
    writer.End().End();
  });
}

Command MakeDomainUpdate(const DomainUpdate& update) {
  return Command([update](XmlWriter& writer) {
    StartDomain(writer, "update");
    writer.Element("domain:name", update.name);
    WriteAddOrRemove(writer, "domain:add", update.host_model, update.add_hosts, update.add_contacts,
                     update.add_statuses);
    WriteAddOrRemove(writer, "domain:rem", update.host_model, update.remove_hosts, update.remove_contacts,
                     update.remove_statuses);
    if (update.registrant.has_value() || update.auth_info.has_value()) {
      writer.Start("domain:chg");
      if (update.registrant.has_value()) writer.Element("domain:registrant", *update.registrant);
      if (update.auth_info.has_value()) WriteAuthInfo(writer, *update.auth_info);
      writer.End();
    }
    writer.End().End();
    WriteUpdateExtension(writer, update);
  });
}

Command MakeDomainTransfer(TransferOp op, const std::string& name, const std::string& auth_info,
                           uint32_t years) {
  return Command([op, name, auth_info, years](XmlWriter& writer) {
    writer.Start("transfer").Attribute("op", NameOf(op));
    writer.Start("domain:transfer", kDomainNamespace).Element("domain:name", name);
    WritePeriod(writer, years);
    if (!auth_info.empty()) WriteAuthInfo(writer, auth_info);
    writer.End().End();
  });
}

}  // namespace quartet::controller::epp
