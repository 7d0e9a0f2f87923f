// Parts of a domain that several commands read: nameservers, contacts, DS records, each held against the TLD's policy.
#pragma once

#include <optional>
#include <string>

#include "controller/registrar/epp/xml_reader.h"
#include "tests/sandbox_registry/request.h"

namespace quartet::sandbox {

std::string DomainNameOf(const Request& request);

// The domain, if it is there and its sponsor asks.
std::optional<Refusal> FindOwnDomain(const Request& request, Domain& domain);

// Adds what <domain:ns> has to the domain's, or takes it away.
std::optional<Refusal> ChangeHosts(const Request& request, const Tld& tld,
                                   const controller::epp::XmlElement& ns, bool add, Domain& domain);
std::optional<Refusal> ChangeContacts(const Request& request, const Tld& tld,
                                      const controller::epp::XmlElement& parent, bool add, Domain& domain);
// From <secDNS:create>, <add>, <rem>.
std::optional<Refusal> ChangeSecDns(const Tld& tld, const controller::epp::XmlElement& parent, bool add,
                                    Domain& domain);
// What a TLD asks of a domain as a whole.
std::optional<Refusal> CheckWhole(const Request& request, const Tld& tld, const Domain& domain);

// All that hold at present: "inactive" and "ok" come from what it is.
std::vector<std::string> StatusesOf(const Domain& domain);
// "clientXProhibited", or none if the domain may be.
std::optional<Refusal> CheckStatus(const Domain& domain, absl::string_view prohibited);

// Years of <domain:period>, 1 if there is none; 0: none that the TLD sells.
uint32_t YearsOf(const Request& request, const Tld& tld);
int64_t AddYears(int64_t time_us, uint32_t years);

}  // namespace quartet::sandbox
