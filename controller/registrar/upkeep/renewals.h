// When domains are to be renewed by themselves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "controller/registrar/operations/due_queue.h"
#include "controller/registrar/upkeep/attempts.h"
#include "quartet/stored/v1/domain.pb.h"

namespace quartet::controller {

inline constexpr int64_t kDayUs = int64_t{24} * 3600 * 1'000'000;

// Fed with every domain's row, and its changes. A renewal that has failed is due again a day later. Not thread-safe; times
// are those of the wall clock.
class Renewals {
 public:
  // The row as it is; `renew_days`: of its registry. One that is not to be renewed, or has an operation, is not scheduled.
  void Note(const stored::v1::DomainRow& row, uint32_t renew_days);
  // There is none of that name any more.
  void Forget(const std::string& domain);

  // The first domain whose renewal is due. It is to be begun, and is taken for tried: its row's next change schedules it again.
  std::optional<std::string> Take(int64_t now_us) { return due_.Take(now_us); }
  // It was tried, at that expiry.
  void Tried(const stored::v1::DomainRow& row, int64_t now_us) {
    attempts_.Note(row.name(), row.expiry_date(), now_us);
  }
  // It could not be.
  void Later(const std::string& domain, int64_t due_us) { due_.Put(domain, due_us); }

  // INT64_MAX: none is scheduled.
  int64_t next_us() const { return due_.next_us(); }

 private:
  DueQueue due_;
  Attempts attempts_{kDayUs};
};

// Whether it is renewed by itself: REGISTERED, wanted to be, and its expiry is known.
bool IsRenewedByItself(const stored::v1::DomainRow& row);

}  // namespace quartet::controller
