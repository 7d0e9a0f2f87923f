#include "controller/registrar/domains/domain_facts.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"

namespace quartet::controller {
namespace {

using stored::v1::DomainDsRow;
using stored::v1::DomainRow;

// "2027-11-26".
constexpr size_t kDateCharacters = 10;

void TakeExpiry(const std::string& date, DomainRow& row) {
  const int64_t time_us = ReadRegistryTime(date);
  if (time_us == 0) return;
  row.set_expiry_time_us(time_us);
  row.set_expiry_date(date.substr(0, kDateCharacters));
}

// As rows have it.
std::string HostName(absl::string_view name) {
  if (name.size() > 1) absl::ConsumeSuffix(&name, ".");
  return absl::AsciiStrToLower(name);
}

bool IsHexadecimal(absl::string_view text) {
  return text.size() % 2 == 0 && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isxdigit(static_cast<unsigned char>(c));
         });
}

}  // namespace

void TakeInfo(const epp::DomainInfo& info, int64_t now_us, DomainRow& row) {
  std::vector<std::string> hosts;
  for (const epp::DomainHost& host : info.hosts) hosts.push_back(HostName(host.name));
  std::sort(hosts.begin(), hosts.end());
  *row.mutable_nameservers() = {hosts.begin(), hosts.end()};
  *row.mutable_statuses() = {info.statuses.begin(), info.statuses.end()};
  for (const std::string& period : info.grace_periods) row.add_statuses(period);
  *row.mutable_ds() = DsRowsOf(info.sec_dns);
  if (const int64_t time_us = ReadRegistryTime(info.create_date); time_us != 0)
    row.set_create_time_us(time_us);
  TakeExpiry(info.expiry_date, row);
  if (!info.roid.empty()) row.set_roid(info.roid);
  if (info.auth_info.has_value() && !info.auth_info->empty()) row.set_auth_info(*info.auth_info);
  row.set_refresh_time_us(now_us);
}

int64_t ReadRegistryTime(absl::string_view text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return 0;
  return absl::ToUnixMicros(time);
}

epp::SecDns SecDnsOf(const google::protobuf::RepeatedPtrField<DomainDsRow>& rows) {
  epp::SecDns sec_dns;
  for (const DomainDsRow& row : rows) {
    if (row.public_key().empty()) {
      sec_dns.ds.push_back({static_cast<uint16_t>(row.key_tag()), static_cast<uint8_t>(row.algorithm()),
                            static_cast<uint8_t>(row.digest_type()),
                            absl::AsciiStrToUpper(absl::BytesToHexString(row.digest()))});
    } else {
      epp::KeyData key;
      key.flags = static_cast<uint16_t>(row.flags());
      key.algorithm = static_cast<uint8_t>(row.algorithm());
      key.public_key = absl::Base64Escape(row.public_key());
      sec_dns.keys.push_back(std::move(key));
    }
  }
  return sec_dns;
}

google::protobuf::RepeatedPtrField<DomainDsRow> DsRowsOf(const epp::SecDns& sec_dns) {
  google::protobuf::RepeatedPtrField<DomainDsRow> rows;
  for (const epp::DsData& ds : sec_dns.ds) {
    // A registry's: what is no digest can't be one of ours.
    if (!IsHexadecimal(ds.digest)) continue;
    DomainDsRow& row = *rows.Add();
    row.set_key_tag(ds.key_tag);
    row.set_algorithm(ds.algorithm);
    row.set_digest_type(ds.digest_type);
    row.set_digest(absl::HexStringToBytes(ds.digest));
  }
  for (const epp::KeyData& key : sec_dns.keys) {
    std::string bytes;
    if (!absl::Base64Unescape(key.public_key, &bytes)) continue;
    DomainDsRow& row = *rows.Add();
    row.set_algorithm(key.algorithm);
    row.set_flags(key.flags);
    row.set_public_key(bytes);
  }
  return rows;
}

bool IsLocked(const DomainRow& row) {
  return std::all_of(kLockStatuses.begin(), kLockStatuses.end(), [&](absl::string_view status) {
    return std::any_of(row.statuses().begin(), row.statuses().end(),
                       [&](const std::string& one) { return one == status; });
  });
}

}  // namespace quartet::controller
