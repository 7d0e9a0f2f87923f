// Domains (RFC 5731), with their DS records (RFC 5910) and grace periods (RFC 3915).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/registrar/epp/command.h"
#include "controller/registrar/epp/read.h"
#include "controller/registrar/epp/xml_reader.h"

namespace quartet::controller::epp {

// A nameserver of a domain: a host object's name or, at registries without those, a name with its addresses.
struct DomainHost {
  std::string name;
  // Presentation format, glue. Empty where hosts are objects.
  std::vector<std::string> addresses;

  bool operator==(const DomainHost&) const = default;
};

// How a registry wants a domain's nameservers (RFC 5731 §1.1): one of the two, never mixed.
enum class HostModel { kObjects, kAttributes };

struct DomainContact {
  // "admin", "billing", "tech".
  std::string type;
  std::string id;

  bool operator==(const DomainContact&) const = default;
};

// RFC 5910 §4.1; the digest in hexadecimal, upper case.
struct DsData {
  uint16_t key_tag = 0;
  uint8_t algorithm = 0;
  uint8_t digest_type = 0;
  std::string digest;

  bool operator==(const DsData&) const = default;
};

// The same by the key itself, for registries that make the digest (RFC 5910 §4.2).
struct KeyData {
  uint16_t flags = 0;
  uint8_t protocol = 3;
  uint8_t algorithm = 0;
  // Base64.
  std::string public_key;

  bool operator==(const KeyData&) const = default;
};

// What a domain's delegation is signed with: one of the two, never mixed.
struct SecDns {
  std::vector<DsData> ds;
  std::vector<KeyData> keys;

  bool empty() const { return ds.empty() && keys.empty(); }
  bool operator==(const SecDns&) const = default;
};

Command MakeDomainCheck(const std::vector<std::string>& names);

// With `auth_info`, what only its sponsor sees is told to who knows it (RFC 5731 §3.1.2).
Command MakeDomainInfo(const std::string& name, const std::string& auth_info = {});

struct DomainCreate {
  std::string name;
  // Years; 0: the registry's usual one.
  uint32_t years = 0;
  HostModel host_model = HostModel::kObjects;
  std::vector<DomainHost> hosts;
  // Empty at thin registries.
  std::string registrant;
  std::vector<DomainContact> contacts;
  std::string auth_info;
  SecDns sec_dns;
};
Command MakeDomainCreate(const DomainCreate& create);

Command MakeDomainDelete(const std::string& name);

// `current_expiry`: the date it expires now, "2026-11-26": a renewal that was done already is refused by it.
Command MakeDomainRenew(const std::string& name, const std::string& current_expiry, uint32_t years);

// What to add, take away and set; at least one of it.
struct DomainUpdate {
  std::string name;
  HostModel host_model = HostModel::kObjects;
  std::vector<DomainHost> add_hosts;
  std::vector<DomainHost> remove_hosts;
  std::vector<std::string> add_statuses;
  std::vector<std::string> remove_statuses;
  std::vector<DomainContact> add_contacts;
  std::vector<DomainContact> remove_contacts;
  std::optional<std::string> registrant;
  std::optional<std::string> auth_info;
  SecDns add_sec_dns;
  SecDns remove_sec_dns;
};
Command MakeDomainUpdate(const DomainUpdate& update);

enum class TransferOp { kRequest, kQuery, kCancel, kApprove, kReject };
// With kRequest: `auth_info`, and the years that the transfer adds (0: as the registry does usually).
Command MakeDomainTransfer(TransferOp op, const std::string& name, const std::string& auth_info = {},
                           uint32_t years = 0);

// What the registry answers, from its resData. INVALID_ARGUMENT: it is none of it.

absl::StatusOr<std::vector<Availability>> ReadDomainCheck(const XmlElement& data);

struct DomainInfo {
  std::string name;
  std::string roid;
  // "ok", "clientTransferProhibited", …
  std::vector<std::string> statuses;
  std::string registrant;
  std::vector<DomainContact> contacts;
  std::vector<DomainHost> hosts;
  // Host objects below it.
  std::vector<std::string> subordinate_hosts;
  // Who sponsors it.
  std::string client;
  // As the registry writes them (RFC 3339), empty where it tells none.
  std::string create_date;
  std::string update_date;
  std::string expiry_date;
  std::string transfer_date;
  // Only if it is ours, or was asked for with it.
  std::optional<std::string> auth_info;
  // From the extensions: "addPeriod", "redemptionPeriod", …
  std::vector<std::string> grace_periods;
  SecDns sec_dns;

  bool HasStatus(absl::string_view status) const;
};
// `extension` is the response's, if it has one.
absl::StatusOr<DomainInfo> ReadDomainInfo(const XmlElement& data, const std::optional<XmlElement>& extension);

struct DomainDates {
  std::string name;
  std::string create_date;
  std::string expiry_date;
};
// Of create (creData) and renew (renData).
absl::StatusOr<DomainDates> ReadDomainDates(const XmlElement& data);

struct DomainTransfer {
  std::string name;
  // "pending", "clientApproved", …
  std::string status;
  std::string requester;
  std::string request_date;
  std::string acting;
  std::string act_date;
  std::string expiry_date;
};
absl::StatusOr<DomainTransfer> ReadDomainTransfer(const XmlElement& data);

// The end of an action that was pending (code 1001): comes by poll (RFC 5731 §3.3).
struct DomainPendingResult {
  std::string name;
  bool done = false;
  // Of the command that it is the end of.
  std::string cltrid;
  std::string date;
};
absl::StatusOr<DomainPendingResult> ReadDomainPendingResult(const XmlElement& data);

}  // namespace quartet::controller::epp
