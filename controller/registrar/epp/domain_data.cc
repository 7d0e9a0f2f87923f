#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "controller/registrar/epp/domain.h"
#include "controller/registrar/epp/namespaces.h"

namespace quartet::controller::epp {
namespace {

constexpr absl::string_view kSpace = kDomainNamespace;

std::vector<DomainHost> ReadHosts(const XmlElement& info) {
  std::vector<DomainHost> hosts;
  const std::optional<XmlElement> ns = info.Child(kSpace, "ns");
  if (!ns.has_value()) return hosts;
  for (const XmlElement& host : ns->Children()) {
    if (host.Is(kSpace, "hostObj")) hosts.push_back({host.Text(), {}});
    if (!host.Is(kSpace, "hostAttr")) continue;
    DomainHost& with_addresses = hosts.emplace_back();
    with_addresses.name = host.ChildText(kSpace, "hostName");
    for (const XmlElement& address : host.Children(kSpace, "hostAddr")) {
      with_addresses.addresses.push_back(address.Text());
    }
  }
  return hosts;
}

// A number of a DS record: one that is none, or too large, is the registry's fault and reads as an error.
template <typename Number>
bool ReadNumber(const XmlElement& parent, absl::string_view name, Number& number) {
  uint32_t value = 0;
  if (!absl::SimpleAtoi(parent.ChildText(kSecDnsNamespace, name), &value)) return false;
  number = static_cast<Number>(value);
  return number == value;
}

absl::StatusOr<SecDns> ReadSecDns(const XmlElement& info) {
  SecDns sec_dns;
  for (const XmlElement& one : info.Children(kSecDnsNamespace, "dsData")) {
    DsData& ds = sec_dns.ds.emplace_back();
    if (!ReadNumber(one, "keyTag", ds.key_tag) || !ReadNumber(one, "alg", ds.algorithm) ||
        !ReadNumber(one, "digestType", ds.digest_type)) {
      return absl::InvalidArgumentError("the registry's answer has a DS record that can't be read");
    }
    ds.digest = absl::AsciiStrToUpper(one.ChildText(kSecDnsNamespace, "digest"));
  }
  for (const XmlElement& one : info.Children(kSecDnsNamespace, "keyData")) {
    KeyData& key = sec_dns.keys.emplace_back();
    if (!ReadNumber(one, "flags", key.flags) || !ReadNumber(one, "protocol", key.protocol) ||
        !ReadNumber(one, "alg", key.algorithm)) {
      return absl::InvalidArgumentError("the registry's answer has a key that can't be read");
    }
    key.public_key = one.ChildText(kSecDnsNamespace, "pubKey");
  }
  return sec_dns;
}

absl::Status ReadExtension(const XmlElement& extension, DomainInfo& domain) {
  if (const std::optional<XmlElement> rgp = extension.Child(kRgpNamespace, "infData")) {
    for (const XmlElement& status : rgp->Children(kRgpNamespace, "rgpStatus")) {
      if (std::optional<std::string> value = status.Attribute("s"))
        domain.grace_periods.push_back(*std::move(value));
    }
  }
  if (const std::optional<XmlElement> info = extension.Child(kSecDnsNamespace, "infData")) {
    absl::StatusOr<SecDns> sec_dns = ReadSecDns(*info);
    if (!sec_dns.ok()) return sec_dns.status();
    domain.sec_dns = *std::move(sec_dns);
  }
  return absl::OkStatus();
}

}  // namespace

bool DomainInfo::HasStatus(absl::string_view status) const {
  return std::find(statuses.begin(), statuses.end(), status) != statuses.end();
}

absl::StatusOr<std::vector<Availability>> ReadDomainCheck(const XmlElement& data) {
  const absl::StatusOr<XmlElement> check = OnlyChild(data, kSpace, "chkData");
  if (!check.ok()) return check.status();
  return ReadAvailabilities(*check, kSpace);
}

absl::StatusOr<DomainInfo> ReadDomainInfo(const XmlElement& data,
                                          const std::optional<XmlElement>& extension) {
  const absl::StatusOr<XmlElement> info = OnlyChild(data, kSpace, "infData");
  if (!info.ok()) return info.status();
  DomainInfo domain;
  domain.name = info->ChildText(kSpace, "name");
  domain.roid = info->ChildText(kSpace, "roid");
  domain.statuses = ReadStatuses(*info, kSpace);
  domain.registrant = info->ChildText(kSpace, "registrant");
  for (const XmlElement& contact : info->Children(kSpace, "contact")) {
    domain.contacts.push_back({contact.Attribute("type").value_or(""), contact.Text()});
  }
  domain.hosts = ReadHosts(*info);
  for (const XmlElement& host : info->Children(kSpace, "host"))
    domain.subordinate_hosts.push_back(host.Text());
  domain.client = info->ChildText(kSpace, "clID");
  domain.create_date = info->ChildText(kSpace, "crDate");
  domain.update_date = info->ChildText(kSpace, "upDate");
  domain.expiry_date = info->ChildText(kSpace, "exDate");
  domain.transfer_date = info->ChildText(kSpace, "trDate");
  if (const std::optional<XmlElement> auth_info = info->Child(kSpace, "authInfo")) {
    domain.auth_info = auth_info->ChildText(kSpace, "pw");
  }
  if (!extension.has_value()) return domain;
  if (absl::Status status = ReadExtension(*extension, domain); !status.ok()) return status;
  return domain;
}

absl::StatusOr<DomainDates> ReadDomainDates(const XmlElement& data) {
  std::optional<XmlElement> dates = data.Child(kSpace, "creData");
  if (!dates.has_value()) dates = data.Child(kSpace, "renData");
  if (!dates.has_value()) return OnlyChild(data, kSpace, "creData").status();
  return DomainDates{dates->ChildText(kSpace, "name"), dates->ChildText(kSpace, "crDate"),
                     dates->ChildText(kSpace, "exDate")};
}

absl::StatusOr<DomainTransfer> ReadDomainTransfer(const XmlElement& data) {
  const absl::StatusOr<XmlElement> transfer = OnlyChild(data, kSpace, "trnData");
  if (!transfer.ok()) return transfer.status();
  DomainTransfer read;
  read.name = transfer->ChildText(kSpace, "name");
  read.status = transfer->ChildText(kSpace, "trStatus");
  read.requester = transfer->ChildText(kSpace, "reID");
  read.request_date = transfer->ChildText(kSpace, "reDate");
  read.acting = transfer->ChildText(kSpace, "acID");
  read.act_date = transfer->ChildText(kSpace, "acDate");
  read.expiry_date = transfer->ChildText(kSpace, "exDate");
  return read;
}

absl::StatusOr<DomainPendingResult> ReadDomainPendingResult(const XmlElement& data) {
  const absl::StatusOr<XmlElement> pending = OnlyChild(data, kSpace, "panData");
  if (!pending.ok()) return pending.status();
  const absl::StatusOr<XmlElement> name = OnlyChild(*pending, kSpace, "name");
  if (!name.ok()) return name.status();
  DomainPendingResult result;
  result.name = name->Text();
  result.done = IsTrue(name->Attribute("paResult").value_or(""));
  if (const std::optional<XmlElement> id = pending->Child(kSpace, "paTRID")) {
    result.cltrid = id->ChildText(kEppNamespace, "clTRID");
  }
  result.date = pending->ChildText(kSpace, "paDate");
  return result;
}

}  // namespace quartet::controller::epp
