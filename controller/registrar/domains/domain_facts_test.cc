#include "controller/registrar/domains/domain_facts.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "controller/registrar/domains/auth_info.h"
#include "controller/registrar/domains/domain_messages.h"
#include "controller/sequencer/plan_fixture.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

TEST(DomainFactsTest, TimesOfRegistriesAreRead) {
  // 2027-11-26T12:00:00 UTC.
  constexpr int64_t kTime = int64_t{1'827'230'400} * 1'000'000;
  EXPECT_EQ(ReadRegistryTime("2027-11-26T12:00:00Z"), kTime);
  EXPECT_EQ(ReadRegistryTime("2027-11-26T12:00:00.0Z"), kTime);
  EXPECT_EQ(ReadRegistryTime("2027-11-26T12:00:00.250Z"), kTime + 250'000);
  EXPECT_EQ(ReadRegistryTime("2027-11-26T13:00:00+01:00"), kTime);
  for (const char* const no_time : {"", "2027-11-26", "tomorrow", "2027-13-26T12:00:00Z"})
    EXPECT_EQ(ReadRegistryTime(no_time), 0) << no_time;
}

TEST(DomainFactsTest, ARowIsWhatTheRegistryTells) {
  epp::DomainInfo info;
  info.roid = "D7-TEST";
  info.hosts = {{"NS2.example.net.", {}}, {"ns1.example.net", {}}};
  info.statuses = {"clientTransferProhibited"};
  info.grace_periods = {"addPeriod"};
  info.create_date = "2026-11-26T12:00:00Z";
  info.expiry_date = "2027-11-26T12:00:00.0Z";
  info.auth_info = "secret";
  info.sec_dns.ds = {{12345, 13, 2, "00FF"}, {1, 8, 2, "no digest"}};
  info.sec_dns.keys = {{257, 3, 13, "AQID"}};
  stored::v1::DomainRow row;
  row.set_name("example.test");
  row.add_statuses("ok");
  row.add_nameservers("gone.example");
  TakeInfo(info, 99, row);
  ASSERT_EQ(row.nameservers_size(), 2);
  EXPECT_EQ(row.nameservers(0), "ns1.example.net");
  EXPECT_EQ(row.nameservers(1), "ns2.example.net");
  ASSERT_EQ(row.statuses_size(), 2);
  EXPECT_EQ(row.statuses(1), "addPeriod");
  EXPECT_EQ(row.expiry_date(), "2027-11-26");
  EXPECT_GT(row.expiry_time_us(), row.create_time_us());
  EXPECT_EQ(row.roid(), "D7-TEST");
  EXPECT_EQ(row.auth_info(), "secret");
  EXPECT_EQ(row.refresh_time_us(), 99);
  ASSERT_EQ(row.ds_size(), 2);
  EXPECT_EQ(row.ds(0).digest(), std::string("\x00\xff", 2));
  EXPECT_EQ(row.ds(1).public_key(), "\x01\x02\x03");
  const epp::SecDns back = SecDnsOf(row.ds());
  ASSERT_EQ(back.ds.size(), 1U);
  EXPECT_EQ(back.ds[0], info.sec_dns.ds[0]);
  EXPECT_EQ(back.keys, info.sec_dns.keys);
  // What the registry does not tell stays.
  TakeInfo({}, 100, row);
  EXPECT_EQ(row.expiry_date(), "2027-11-26");
  EXPECT_EQ(row.auth_info(), "secret");
  EXPECT_EQ(row.nameservers_size(), 0);
}

TEST(DomainFactsTest, ADomainIsLockedByAllThree) {
  stored::v1::DomainRow row;
  for (const absl::string_view status : kLockStatuses) {
    EXPECT_FALSE(IsLocked(row));
    row.add_statuses(std::string(status));
  }
  EXPECT_TRUE(IsLocked(row));
  EXPECT_TRUE(DomainMessage(row).locked());
}

TEST(DomainFactsTest, AuthInfosAreRandomAndOfAllSorts) {
  SeededRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string text = NewAuthInfo(random);
    EXPECT_EQ(text.size(), 16U);
    const auto any = [&](int (*is)(int)) {
      return std::any_of(text.begin(), text.end(), [is](unsigned char c) { return is(c) != 0; });
    };
    EXPECT_TRUE(any(std::islower) && any(std::isupper) && any(std::isdigit) && any(std::ispunct)) << text;
    EXPECT_TRUE(seen.insert(text).second);
  }
}

TEST(DomainMessagesTest, AnOperationIsTold) {
  stored::v1::DomainOperationRow row;
  row.set_id("O0123456789ABC");
  row.set_kind(stored::v1::DOMAIN_OPERATION_KIND_SET_STATUSES);
  row.set_state(stored::v1::DOMAIN_OPERATION_STATE_FAILED);
  row.set_domain("example.test");
  row.set_code(2304);
  stored::v1::DomainStepRow& step = *row.add_steps();
  step.set_step(stored::v1::DOMAIN_OPERATION_STEP_ROLL_BACK);
  step.set_time_us(1'000'000);
  const admin::v1::DomainOperation told = OperationMessage(row);
  EXPECT_EQ(told.name(), "domainOperations/O0123456789ABC");
  EXPECT_EQ(told.kind(), admin::v1::DomainOperation::KIND_SET_LOCK);
  EXPECT_EQ(told.state(), admin::v1::DomainOperation::STATE_FAILED);
  EXPECT_EQ(told.domain(), "domains/example.test");
  EXPECT_EQ(told.zone(), "");
  EXPECT_EQ(told.code(), 2304U);
  ASSERT_EQ(told.steps_size(), 1);
  EXPECT_EQ(told.steps(0).step(), admin::v1::DomainOperation::STEP_ROLL_BACK);
  EXPECT_EQ(told.steps(0).time().seconds(), 1);
  EXPECT_FALSE(told.has_end_time());
}

}  // namespace
}  // namespace quartet::controller
