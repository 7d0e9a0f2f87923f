// A command of an object, found well formed, and what it may look at.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "controller/registrar/epp/xml_reader.h"
#include "tests/sandbox_registry/reply.h"
#include "tests/sandbox_registry/rows.h"
#include "tests/sandbox_registry/tld.h"

namespace quartet::sandbox {

struct Request {
  const RegistryConfig& config;
  Rows& rows;
  // Who asks.
  const std::string& client;
  // <domain:create> and so on.
  controller::epp::XmlElement object;
  // <secDNS:create>, <secDNS:update>: that one extension there is.
  std::optional<controller::epp::XmlElement> extension;
  std::string cltrid;
  std::string svtrid;
  int64_t now_us;
};

// Names are compared in lower case, without a final dot.
std::string NameIn(absl::string_view text);
// Letters, digits and inner hyphens, labels of 63 at most, 253 in all, two labels at least.
bool IsHostName(absl::string_view name);
// The TLD it lies in, if we run it; nullptr if we don't.
const Tld* TldOf(const RegistryConfig& config, absl::string_view name);

Origin NewOrigin(const Request& request, char kind);
void Touch(Origin& origin, const Request& request);

// <x:clID> to <x:trDate>, as info answers have them; `expiry_us` stands before the last, if it is not 0.
void WriteOrigin(controller::epp::XmlWriter& writer, absl::string_view prefix, const Origin& origin,
                 int64_t expiry_us = 0);
// One <x:cd>; `reason` empty: it may be made.
void WriteCheck(controller::epp::XmlWriter& writer, absl::string_view prefix, absl::string_view named_by,
                const std::string& name, const std::string& reason);

// Whether text is one of what a repeated field holds.
template <typename Repeated>
bool Holds(const Repeated& all, absl::string_view text) {
  for (const std::string& one : all) {
    if (one == text) return true;
  }
  return false;
}
template <typename Repeated>
void RemoveFrom(Repeated& all, absl::string_view text) {
  Repeated kept;
  for (const std::string& one : all) {
    if (one != text) *kept.Add() = one;
  }
  all = kept;
}

Reply CheckDomains(Request& request);
Reply InfoDomain(Request& request);
Reply CreateDomain(Request& request);
Reply DeleteDomain(Request& request);
Reply RenewDomain(Request& request);
Reply UpdateDomain(Request& request);
// "request", "query", …
Reply TransferDomain(Request& request, const std::string& op);
// The registrar that has it has said nothing in its time.
void ApproveDueTransfer(Rows& rows, const Domain& domain, int64_t now_us);
// Ends what is due of a domain: a transfer, a pending create, a deletion.
void SettleDue(Rows& rows, const Domain& domain, int64_t now_us);
// Takes a domain away, with what only it held.
void PurgeDomain(Rows& rows, const Domain& domain);

Reply CheckHosts(Request& request);
Reply InfoHost(Request& request);
Reply CreateHost(Request& request);
Reply DeleteHost(Request& request);
Reply UpdateHost(Request& request);

Reply CheckContacts(Request& request);
Reply InfoContact(Request& request);
Reply CreateContact(Request& request);
Reply DeleteContact(Request& request);
Reply UpdateContact(Request& request);

}  // namespace quartet::sandbox
