// Domains that are given up.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "replication/replica/full_view.h"
#include "tests/registrar/at_each_command.h"
#include "tests/registrar/registrar_world.h"

namespace quartet::controller {
namespace {

constexpr auto kDelete = stored::v1::DOMAIN_OPERATION_KIND_DELETE;
constexpr auto kSetStatuses = stored::v1::DOMAIN_OPERATION_KIND_SET_STATUSES;
constexpr auto kFailed = stored::v1::DOMAIN_OPERATION_STATE_FAILED;

class DeletionTest : public testing::Test {
 protected:
  bool IsThere(const std::string& zone_id) {
    const auto zone = replication::FullView(world_.replica()).Zone(zone_id);
    return zone.ok() && zone->has_value() && (*zone)->state() == stored::v1::ZONE_STATE_ACTIVE;
  }
  std::string RegisterWithRecord(const std::string& domain) {
    world_.Register(domain);
    const std::string zone = world_.Domain(domain)->zone_id();
    world_.AddRecord(zone);
    return zone;
  }
  static stored::v1::DomainWish WithZone() {
    stored::v1::DomainWish wish;
    wish.set_delete_zone(true);
    return wish;
  }

  RegistrarWorld world_;
};

TEST_F(DeletionTest, ADomainGoesWithItsZoneIfThatIsAskedFor) {
  std::map<std::string, std::string> zones;
  OperationUnderTest test{kDelete, "d"};
  test.prepare = [&](const std::string& domain) { zones[domain] = RegisterWithRecord(domain); };
  test.wish = [](const std::string&) { return WithZone(); };
  test.check = [&](const std::string& domain) {
    EXPECT_FALSE(world_.registry().FindDomain(domain).has_value());
    EXPECT_FALSE(world_.Domain(domain).has_value());
    EXPECT_FALSE(IsThere(zones[domain]));
  };
  // info, delete.
  EXPECT_EQ(AtEachCommand(world_, test), 8u);
}

TEST_F(DeletionTest, ItsZoneStaysUnlessThatIsAskedFor) {
  const std::string zone = RegisterWithRecord("a.test");
  world_.Do(kDelete, "a.test");
  EXPECT_FALSE(world_.Domain("a.test").has_value());
  EXPECT_TRUE(IsThere(zone));
}

TEST_F(DeletionTest, WhatIsDeletedLaterIsDeletedForUs) {
  // Whose creation is pending for an hour.
  const std::string id = world_.Submit(stored::v1::DOMAIN_OPERATION_KIND_REGISTER, "a.slow");
  world_.AwaitOperation(id, "a create that is pending", [](const stored::v1::DomainOperationRow& row) {
    return row.step() == stored::v1::DOMAIN_OPERATION_STEP_PENDING;
  });
  world_.clock().Advance(int64_t{3600} * 1'000'000);
  EXPECT_EQ(world_.AwaitEnd(id).state(), stored::v1::DOMAIN_OPERATION_STATE_SUCCESSFUL);
  world_.Do(kDelete, "a.slow");
  EXPECT_FALSE(world_.Domain("a.slow").has_value());
  EXPECT_NE(world_.registry().FindDomain("a.slow")->purge_us(), 0);
}

TEST_F(DeletionTest, ALockedDomainStaysWithItsZone) {
  const std::string zone = RegisterWithRecord("a.test");
  stored::v1::DomainWish lock;
  lock.add_add_statuses("clientDeleteProhibited");
  world_.Do(kSetStatuses, "a.test", lock);
  const stored::v1::DomainOperationRow row = world_.AwaitEnd(world_.Submit(kDelete, "a.test", WithZone()));
  EXPECT_EQ(row.state(), kFailed);
  EXPECT_EQ(row.code(), 2304);
  EXPECT_EQ(world_.Domain("a.test")->operation(), "");
  EXPECT_TRUE(IsThere(zone));
}

TEST_F(DeletionTest, ADomainThatOthersNeedStays) {
  world_.Register("a.test");
  // Somebody's nameserver lies in it.
  ASSERT_TRUE(world_.fragile().EnsureHost({"ns1.a.test", {"192.0.2.1"}}).done());
  stored::v1::DomainWish needs;
  needs.add_nameservers("ns1.a.test");
  world_.Register("b.test");
  world_.Do(stored::v1::DOMAIN_OPERATION_KIND_SET_NAMESERVERS, "b.test", needs);
  const stored::v1::DomainOperationRow row = world_.AwaitEnd(world_.Submit(kDelete, "a.test"));
  EXPECT_EQ(row.state(), kFailed);
  EXPECT_EQ(row.code(), 2305);
  EXPECT_TRUE(world_.registry().FindDomain("a.test").has_value());
}

}  // namespace
}  // namespace quartet::controller
