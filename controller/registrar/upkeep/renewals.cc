#include "controller/registrar/upkeep/renewals.h"

#include <algorithm>

namespace quartet::controller {

bool IsRenewedByItself(const stored::v1::DomainRow& row) {
  return row.state() == stored::v1::DOMAIN_STATE_REGISTERED && row.auto_renew() && row.expiry_time_us() != 0;
}

void Renewals::Note(const stored::v1::DomainRow& row, uint32_t renew_days) {
  due_.Remove(row.name());
  // Its end changes the row again.
  if (!row.operation().empty()) return;
  if (!IsRenewedByItself(row)) return Forget(row.name());
  const int64_t due_us = row.expiry_time_us() - renew_days * kDayUs;
  const int64_t not_before_us = attempts_.NotBefore(row.name(), row.expiry_date());
  if (not_before_us == INT64_MIN) attempts_.Forget(row.name());
  due_.Put(row.name(), std::max(due_us, not_before_us));
}

void Renewals::Forget(const std::string& domain) {
  due_.Remove(domain);
  attempts_.Forget(domain);
}

}  // namespace quartet::controller
