#include "controller/registrar/upkeep/renewals.h"

#include <gtest/gtest.h>

namespace quartet::controller {
namespace {

constexpr uint32_t kRenewDays = 30;
constexpr int64_t kExpiryUs = 100 * kDayUs;

stored::v1::DomainRow Row() {
  stored::v1::DomainRow row;
  row.set_name("a.test");
  row.set_state(stored::v1::DOMAIN_STATE_REGISTERED);
  row.set_auto_renew(true);
  row.set_expiry_time_us(kExpiryUs);
  row.set_expiry_date("1970-04-11");
  return row;
}

TEST(RenewalsTest, ADomainIsDueSomeDaysBeforeItsExpiry) {
  Renewals renewals;
  EXPECT_EQ(renewals.next_us(), INT64_MAX);
  renewals.Note(Row(), kRenewDays);
  EXPECT_EQ(renewals.next_us(), 70 * kDayUs);
  EXPECT_EQ(renewals.Take(70 * kDayUs - 1), std::nullopt);
  EXPECT_EQ(renewals.Take(70 * kDayUs), "a.test");
  EXPECT_EQ(renewals.Take(INT64_MAX), std::nullopt);
}

TEST(RenewalsTest, WhatIsNotToBeRenewedNeverIs) {
  for (const int what : {0, 1, 2, 3}) {
    stored::v1::DomainRow row = Row();
    Renewals renewals;
    renewals.Note(row, kRenewDays);
    if (what == 0) row.set_auto_renew(false);
    if (what == 1) row.set_state(stored::v1::DOMAIN_STATE_PENDING);
    if (what == 2) row.set_expiry_time_us(0);
    if (what == 3) row.set_operation("O0123456789ABC");
    renewals.Note(row, kRenewDays);
    EXPECT_EQ(renewals.next_us(), INT64_MAX) << what;
  }
  Renewals renewals;
  renewals.Note(Row(), kRenewDays);
  renewals.Forget("a.test");
  EXPECT_EQ(renewals.next_us(), INT64_MAX);
}

TEST(RenewalsTest, WhatHasFailedIsTriedAgainADayLaterAndWhatHasSucceededAYear) {
  Renewals renewals;
  stored::v1::DomainRow row = Row();
  const int64_t now_us = 80 * kDayUs;
  renewals.Note(row, kRenewDays);
  ASSERT_EQ(renewals.Take(now_us), "a.test");
  renewals.Tried(row, now_us);
  row.set_operation("O0123456789ABC");
  renewals.Note(row, kRenewDays);
  row.clear_operation();
  renewals.Note(row, kRenewDays);
  EXPECT_EQ(renewals.next_us(), now_us + kDayUs);
  row.set_expiry_time_us(kExpiryUs + 365 * kDayUs);
  row.set_expiry_date("1971-04-11");
  renewals.Note(row, kRenewDays);
  EXPECT_EQ(renewals.next_us(), (70 + 365) * kDayUs);
}

}  // namespace
}  // namespace quartet::controller
