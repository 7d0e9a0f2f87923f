// Commands on host objects (RFC 5732).
#include <arpa/inet.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/registrar/epp/namespaces.h"
#include "tests/sandbox_registry/request.h"

namespace quartet::sandbox {
namespace {

using controller::epp::kHostNamespace;
using controller::epp::XmlElement;
using controller::epp::XmlWriter;

std::string NameOf(const Request& request) {
  return NameIn(request.object.ChildText(kHostNamespace, "name"));
}

bool ReadAddress(const XmlElement& element, Address& address) {
  address.set_v6(element.Attribute("ip").value_or("v4") == "v6");
  address.set_text(element.Text());
  unsigned char bytes[16];
  return inet_pton(address.v6() ? AF_INET6 : AF_INET, address.text().c_str(), bytes) == 1;
}

// The domain it lies below, if that is in a TLD of ours.
std::optional<Refusal> CheckPlace(const Request& request, const std::string& name, bool has_addresses) {
  if (TldOf(request.config, name) == nullptr) {
    if (has_addresses)
      return Refusal{2306, absl::StrCat(name, " is in no TLD of this registry: it has no glue here")};
    return std::nullopt;
  }
  const size_t dot = name.rfind('.', name.rfind('.') - 1);
  const std::string above = dot == std::string::npos ? name : name.substr(dot + 1);
  const std::optional<Domain> domain = request.rows.FindDomain(above);
  if (!domain.has_value()) return Refusal{2303, absl::StrCat("the domain ", above, " does not exist")};
  if (domain->origin().sponsor() != request.client)
    return Refusal{2201, absl::StrCat(above, " is not yours")};
  if (!has_addresses)
    return Refusal{2003, absl::StrCat(name, " needs an address: it lies in the TLD it serves")};
  return std::nullopt;
}

// The host, if it may be changed by who asks.
std::optional<Refusal> FindOwn(const Request& request, Host& host) {
  const std::optional<Host> found = request.rows.FindHost(NameOf(request));
  if (!found.has_value()) return Refusal{2303, ""};
  host = *found;
  if (host.origin().sponsor() != request.client) return Refusal{2201, ""};
  return std::nullopt;
}

void RemoveAddress(Host& host, const Address& address) {
  Host without = host;
  without.clear_addresses();
  for (const Address& one : host.addresses()) {
    if (one.text() != address.text()) *without.add_addresses() = one;
  }
  host = without;
}

// <add> or <rem>.
std::optional<Refusal> Change(const XmlElement& element, bool add, Host& host) {
  for (const XmlElement& one : element.Children(kHostNamespace, "addr")) {
    Address address;
    if (!ReadAddress(one, address)) return Refusal{2005, absl::StrCat(one.Text(), " is no address")};
    const bool there = std::any_of(host.addresses().begin(), host.addresses().end(),
                                   [&](const Address& held) { return held.text() == address.text(); });
    if (there == add)
      return Refusal{2306, absl::StrCat(one.Text(), add ? " is there already" : " is not there")};
    add ? void(*host.add_addresses() = address) : RemoveAddress(host, address);
  }
  for (const XmlElement& one : element.Children(kHostNamespace, "status")) {
    const std::string status = one.Attribute("s").value_or("");
    if (status.rfind("client", 0) != 0)
      return Refusal{2306, absl::StrCat(status, " is not a client's to set")};
    if (Holds(host.client_statuses(), status) == add) return Refusal{2306, absl::StrCat("status ", status)};
    add ? host.add_client_statuses(status) : RemoveFrom(*host.mutable_client_statuses(), status);
  }
  return std::nullopt;
}

}  // namespace

Reply CheckHosts(Request& request) {
  std::vector<std::pair<std::string, std::string>> names;
  for (const XmlElement& name : request.object.Children(kHostNamespace, "name")) {
    const std::string text = NameIn(name.Text());
    names.emplace_back(name.Text(), !IsHostName(text)                         ? "Invalid name"
                                    : request.rows.FindHost(text).has_value() ? "In use"
                                                                              : "");
  }
  return Reply::Data([names](XmlWriter& writer) {
    writer.Start("host:chkData", kHostNamespace);
    for (const auto& [name, reason] : names) WriteCheck(writer, "host", "name", name, reason);
    writer.End();
  });
}

Reply InfoHost(Request& request) {
  const std::optional<Host> host = request.rows.FindHost(NameOf(request));
  if (!host.has_value()) return Reply::Refuse({2303, ""});
  const bool linked = request.rows.IsLinked(host->name());
  return Reply::Data([host = *host, linked](XmlWriter& writer) {
    writer.Start("host:infData", kHostNamespace).Element("host:name", host.name());
    writer.Element("host:roid", host.origin().roid());
    if (host.client_statuses().empty()) writer.Start("host:status").Attribute("s", "ok").End();
    for (const std::string& status : host.client_statuses()) {
      writer.Start("host:status").Attribute("s", status).End();
    }
    if (linked) writer.Start("host:status").Attribute("s", "linked").End();
    for (const Address& address : host.addresses()) {
      writer.Start("host:addr").Attribute("ip", address.v6() ? "v6" : "v4").Text(address.text()).End();
    }
    WriteOrigin(writer, "host", host.origin());
    writer.End();
  });
}

Reply CreateHost(Request& request) {
  Host host;
  host.set_name(NameOf(request));
  if (!IsHostName(host.name())) return Reply::Refuse({2005, absl::StrCat(host.name(), " is no host name")});
  if (request.rows.FindHost(host.name()).has_value()) return Reply::Refuse({2302, ""});
  for (const XmlElement& one : request.object.Children(kHostNamespace, "addr")) {
    if (!ReadAddress(one, *host.add_addresses())) {
      return Reply::Refuse({2005, absl::StrCat(one.Text(), " is no address")});
    }
  }
  if (std::optional<Refusal> refusal = CheckPlace(request, host.name(), host.addresses_size() > 0)) {
    return Reply::Refuse(*refusal);
  }
  *host.mutable_origin() = NewOrigin(request, 'H');
  request.rows.Put(host);
  return Reply::Data([host](XmlWriter& writer) {
    writer.Start("host:creData", kHostNamespace)
        .Element("host:name", host.name())
        .Element("host:crDate", FormatTime(host.origin().create_us()))
        .End();
  });
}

Reply DeleteHost(Request& request) {
  Host host;
  if (std::optional<Refusal> refusal = FindOwn(request, host)) return Reply::Refuse(*refusal);
  if (Holds(host.client_statuses(), "clientDeleteProhibited"))
    return Reply::Refuse({2304, "clientDeleteProhibited"});
  if (request.rows.IsLinked(host.name())) return Reply::Refuse({2305, "domains are delegated to it"});
  request.rows.Remove(host);
  return {};
}

Reply UpdateHost(Request& request) {
  Host host;
  if (std::optional<Refusal> refusal = FindOwn(request, host)) return Reply::Refuse(*refusal);
  const std::optional<XmlElement> add = request.object.Child(kHostNamespace, "add");
  const std::optional<XmlElement> remove = request.object.Child(kHostNamespace, "rem");
  if (request.object.Child(kHostNamespace, "chg").has_value())
    return Reply::Refuse({2102, "hosts keep their names"});
  if (!add.has_value() && !remove.has_value()) return Reply::Refuse({2003, "nothing is to be changed"});
  const bool locked = Holds(host.client_statuses(), "clientUpdateProhibited");
  if (remove.has_value()) {
    if (std::optional<Refusal> refusal = Change(*remove, false, host)) return Reply::Refuse(*refusal);
  }
  if (locked && Holds(host.client_statuses(), "clientUpdateProhibited")) {
    return Reply::Refuse({2304, "clientUpdateProhibited"});
  }
  if (add.has_value()) {
    if (std::optional<Refusal> refusal = Change(*add, true, host)) return Reply::Refuse(*refusal);
  }
  if (std::optional<Refusal> refusal = CheckPlace(request, host.name(), host.addresses_size() > 0)) {
    return Reply::Refuse(*refusal);
  }
  Touch(*host.mutable_origin(), request);
  request.rows.Put(host);
  return {};
}

}  // namespace quartet::sandbox
