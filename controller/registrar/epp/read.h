// What the answers about objects of all kinds have in common.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/registrar/epp/xml_reader.h"

namespace quartet::controller::epp {

// The element of that name in a response's resData. INVALID_ARGUMENT: it has none.
absl::StatusOr<XmlElement> OnlyChild(const XmlElement& data, absl::string_view name_space,
                                     absl::string_view name);

// XML Schema's boolean.
bool IsTrue(absl::string_view text);

// Whether an object may be made (RFC 5731 §3.1.1).
struct Availability {
  std::string name;
  bool available = false;
  // Why not, as the registry says.
  std::string reason;
};
// Of a chkData; objects are named by "name", or "id" for contacts.
std::vector<Availability> ReadAvailabilities(const XmlElement& check, absl::string_view name_space,
                                             absl::string_view named_by = "name");

// The `s` of all its status elements.
std::vector<std::string> ReadStatuses(const XmlElement& info, absl::string_view name_space);

}  // namespace quartet::controller::epp
