// Host objects: nameservers as registries know them (RFC 5732).
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/registrar/epp/command.h"
#include "controller/registrar/epp/read.h"
#include "controller/registrar/epp/xml_reader.h"

namespace quartet::controller::epp {

// "v4" or "v6", of an address in presentation format.
absl::string_view IpVersion(absl::string_view address);

Command MakeHostCheck(const std::vector<std::string>& names);
Command MakeHostInfo(const std::string& name);
// Addresses are glue: needed where the name lies in the registry's own domains, refused elsewhere (RFC 5732 §3.2.1).
Command MakeHostCreate(const std::string& name, const std::vector<std::string>& addresses);
// At least one of the two has something in it.
Command MakeHostUpdate(const std::string& name, const std::vector<std::string>& add_addresses,
                       const std::vector<std::string>& remove_addresses);
Command MakeHostDelete(const std::string& name);

// INVALID_ARGUMENT: `data` is none of it.
absl::StatusOr<std::vector<Availability>> ReadHostCheck(const XmlElement& data);

struct HostInfo {
  std::string name;
  std::string roid;
  // "linked", "ok", …
  std::vector<std::string> statuses;
  std::vector<std::string> addresses;
  // Who sponsors it.
  std::string client;
};
absl::StatusOr<HostInfo> ReadHostInfo(const XmlElement& data);

}  // namespace quartet::controller::epp
