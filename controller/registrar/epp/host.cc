#include "controller/registrar/epp/host.h"

#include "absl/strings/str_cat.h"
#include "controller/registrar/epp/namespaces.h"

namespace quartet::controller::epp {
namespace {

void StartHost(XmlWriter& writer, absl::string_view verb) {
  writer.Start(verb).Start(absl::StrCat("host:", verb), kHostNamespace);
}

void WriteAddresses(XmlWriter& writer, const std::vector<std::string>& addresses) {
  for (const std::string& address : addresses) {
    writer.Start("host:addr").Attribute("ip", IpVersion(address)).Text(address).End();
  }
}

Command OfOneHost(absl::string_view verb, const std::string& name) {
  return Command([verb, name](XmlWriter& writer) {
    StartHost(writer, verb);
    writer.Element("host:name", name).End().End();
  });
}

}  // namespace

absl::string_view IpVersion(absl::string_view address) {
  return address.find(':') == absl::string_view::npos ? "v4" : "v6";
}

Command MakeHostCheck(const std::vector<std::string>& names) {
  return Command([names](XmlWriter& writer) {
    StartHost(writer, "check");
    for (const std::string& name : names) writer.Element("host:name", name);
    writer.End().End();
  });
}

Command MakeHostInfo(const std::string& name) { return OfOneHost("info", name); }

Command MakeHostCreate(const std::string& name, const std::vector<std::string>& addresses) {
  return Command([name, addresses](XmlWriter& writer) {
    StartHost(writer, "create");
    writer.Element("host:name", name);
    WriteAddresses(writer, addresses);
    writer.End().End();
  });
}

Command MakeHostUpdate(const std::string& name, const std::vector<std::string>& add_addresses,
                       const std::vector<std::string>& remove_addresses) {
  return Command([name, add_addresses, remove_addresses](XmlWriter& writer) {
    StartHost(writer, "update");
    writer.Element("host:name", name);
    if (!add_addresses.empty()) {
      writer.Start("host:add");
      WriteAddresses(writer, add_addresses);
      writer.End();
    }
    if (!remove_addresses.empty()) {
      writer.Start("host:rem");
      WriteAddresses(writer, remove_addresses);
      writer.End();
    }
    writer.End().End();
  });
}

Command MakeHostDelete(const std::string& name) { return OfOneHost("delete", name); }

absl::StatusOr<std::vector<Availability>> ReadHostCheck(const XmlElement& data) {
  const absl::StatusOr<XmlElement> check = OnlyChild(data, kHostNamespace, "chkData");
  if (!check.ok()) return check.status();
  return ReadAvailabilities(*check, kHostNamespace);
}

absl::StatusOr<HostInfo> ReadHostInfo(const XmlElement& data) {
  const absl::StatusOr<XmlElement> info = OnlyChild(data, kHostNamespace, "infData");
  if (!info.ok()) return info.status();
  HostInfo host;
  host.name = info->ChildText(kHostNamespace, "name");
  host.roid = info->ChildText(kHostNamespace, "roid");
  host.client = info->ChildText(kHostNamespace, "clID");
  host.statuses = ReadStatuses(*info, kHostNamespace);
  for (const XmlElement& address : info->Children(kHostNamespace, "addr"))
    host.addresses.push_back(address.Text());
  return host;
}

}  // namespace quartet::controller::epp
