// Options that several of the domain commands have.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "google/protobuf/repeated_field.h"
#include "quartet/admin/v1/domain.pb.h"

namespace quartet::admin {

inline void AddNoWait(CLI::App& command, bool& no_wait) {
  command.add_flag("--no-wait", no_wait,
                   "Don't wait for the operation's end: print what it is, and leave it to itself");
}

inline void AddYears(CLI::App& command, uint32_t& years, const std::string& otherwise) {
  command.add_option("--years", years, "Years, 1 to 10; if not given: " + otherwise)
      ->check(CLI::Range(1, 10));
}

// ROLE=NAME.
inline void AddContacts(CLI::App& command, google::protobuf::RepeatedPtrField<v1::DomainContact>& contacts) {
  command
      .add_option_function<std::vector<std::string>>(
          "--contact",
          [&contacts](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) {
              const size_t sign = text.find('=');
              if (sign == std::string::npos || sign == 0 || sign + 1 == text.size())
                throw CLI::ValidationError("--contact", text + " is no ROLE=NAME, as in registrant=us-1");
              v1::DomainContact* contact = contacts.Add();
              contact->set_role(text.substr(0, sign));
              contact->set_contact(text.substr(sign + 1));
            }
          },
          "ROLE=NAME: registrant, admin, tech or billing, and a contact of the file of registries, in the "
          "place of what that says; may "
          "be given again")
      ->allow_extra_args(false);
}

}  // namespace quartet::admin
