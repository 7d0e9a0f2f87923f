// What a registry tells of a domain, as its row keeps it.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "controller/registrar/epp/domain.h"
#include "google/protobuf/repeated_field.h"
#include "quartet/stored/v1/domain.pb.h"

namespace quartet::controller {

// Nameservers, dates, statuses, DS, roid and, where it tells it, authInfo are the registry's from now on. Contacts stay, as
// their names are ours.
void TakeInfo(const epp::DomainInfo& info, int64_t now_us, stored::v1::DomainRow& row);

// Microseconds since the Unix epoch of RFC 3339, as EPP writes it: "2027-11-26T12:00:00.0Z"; 0: it is no time.
int64_t ReadRegistryTime(absl::string_view text);

// A row's DS records and keys as EPP wants them, and back.
epp::SecDns SecDnsOf(const google::protobuf::RepeatedPtrField<stored::v1::DomainDsRow>& rows);
google::protobuf::RepeatedPtrField<stored::v1::DomainDsRow> DsRowsOf(const epp::SecDns& sec_dns);

// What a locked domain has: all of them.
inline constexpr std::array<absl::string_view, 3> kLockStatuses = {
    "clientDeleteProhibited", "clientTransferProhibited", "clientUpdateProhibited"};
bool IsLocked(const stored::v1::DomainRow& row);

}  // namespace quartet::controller
