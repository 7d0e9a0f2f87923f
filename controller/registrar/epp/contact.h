// Contacts: who registers, for thick registries (RFC 5733).
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/registrar/epp/command.h"
#include "controller/registrar/epp/read.h"
#include "controller/registrar/epp/xml_reader.h"

namespace quartet::controller::epp {

struct Contact {
  // 3 to 16 characters.
  std::string id;
  std::string name;
  std::string organisation;
  // Three lines at most.
  std::vector<std::string> street;
  std::string city;
  std::string state;
  std::string postal_code;
  // ISO 3166-1, two letters.
  std::string country;
  // "+49.301234567".
  std::string voice;
  std::string email;
  // Written, not read.
  std::string auth_info;
};

Command MakeContactCheck(const std::vector<std::string>& ids);
Command MakeContactInfo(const std::string& id);
Command MakeContactCreate(const Contact& contact);
// All but its id, in the place of what it is.
Command MakeContactUpdate(const Contact& contact);
Command MakeContactDelete(const std::string& id);

// INVALID_ARGUMENT: `data` is none of it.
absl::StatusOr<std::vector<Availability>> ReadContactCheck(const XmlElement& data);
absl::StatusOr<Contact> ReadContactInfo(const XmlElement& data);

}  // namespace quartet::controller::epp
