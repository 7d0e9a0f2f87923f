// Renewals and updates of domains, against the sandbox registry: once each, whatever is lost on the way and wherever the controller
// dies.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "tests/registrar/at_each_command.h"
#include "tests/registrar/registrar_world.h"

namespace quartet::controller {
namespace {

using stored::v1::DomainWish;
using Names = std::vector<std::string>;

constexpr auto kRenew = stored::v1::DOMAIN_OPERATION_KIND_RENEW;
constexpr auto kSetNameservers = stored::v1::DOMAIN_OPERATION_KIND_SET_NAMESERVERS;
constexpr auto kSetStatuses = stored::v1::DOMAIN_OPERATION_KIND_SET_STATUSES;
constexpr auto kSetDs = stored::v1::DOMAIN_OPERATION_KIND_SET_DS;
constexpr auto kSetAuthInfo = stored::v1::DOMAIN_OPERATION_KIND_SET_AUTH_INFO;
constexpr auto kFailed = stored::v1::DOMAIN_OPERATION_STATE_FAILED;

const Names kLock = {"clientDeleteProhibited", "clientTransferProhibited", "clientUpdateProhibited"};

DomainWish NoWish(const std::string&) { return {}; }

DomainWish Lock(bool locked) {
  DomainWish wish;
  for (const std::string& status : kLock)
    locked ? wish.add_add_statuses(status) : wish.add_remove_statuses(status);
  return wish;
}

DomainWish Ds() {
  DomainWish wish;
  stored::v1::DomainDsRow& ds = *wish.add_add_ds();
  ds.set_key_tag(4711);
  ds.set_algorithm(13);
  ds.set_digest_type(2);
  ds.set_digest(std::string(32, '\x5a'));
  return wish;
}

class UpdatesTest : public testing::Test {
 protected:
  sandbox::Domain AtRegistry(const std::string& domain) {
    const std::optional<sandbox::Domain> found = world_.registry().FindDomain(domain);
    EXPECT_TRUE(found.has_value()) << domain;
    return found.value_or(sandbox::Domain());
  }
  Names StatusesAtRegistry(const std::string& domain) {
    const sandbox::Domain found = AtRegistry(domain);
    Names statuses(found.client_statuses().begin(), found.client_statuses().end());
    std::sort(statuses.begin(), statuses.end());
    return statuses;
  }
  void RegisterLocked(const std::string& domain) {
    world_.Register(domain);
    world_.Do(kSetStatuses, domain, Lock(true));
  }
  Names NameserversOfRow(const std::string& domain) {
    const stored::v1::DomainRow row = world_.Domain(domain).value_or(stored::v1::DomainRow());
    return {row.nameservers().begin(), row.nameservers().end()};
  }

  RegistrarWorld world_;
};

TEST_F(UpdatesTest, ARenewalAddsItsYearsOnce) {
  std::map<std::string, int64_t> expiry_us;
  OperationUnderTest test{kRenew, "r"};
  test.prepare = [&](const std::string& domain) {
    world_.Register(domain);
    expiry_us[domain] = AtRegistry(domain).expiry_us();
  };
  test.wish = [](const std::string&) {
    DomainWish wish;
    wish.set_years(2);
    return wish;
  };
  test.check = [&](const std::string& domain) {
    constexpr int64_t kDay = int64_t{86400} * 1'000'000;
    const int64_t added_us = AtRegistry(domain).expiry_us() - expiry_us[domain];
    EXPECT_GE(added_us, 730 * kDay);
    EXPECT_LE(added_us, 731 * kDay);
    EXPECT_EQ(world_.Domain(domain)->expiry_time_us() / 1'000'000,
              AtRegistry(domain).expiry_us() / 1'000'000);
  };
  // At least: info, info, renew, info.
  EXPECT_GE(AtEachCommand(world_, test), 16u);
}

TEST_F(UpdatesTest, ADomainIsDelegatedElsewhereAndBack) {
  OperationUnderTest away{kSetNameservers, "n"};
  away.prepare = [&](const std::string& domain) { world_.Register(domain); };
  away.wish = [](const std::string&) {
    DomainWish wish;
    wish.add_nameservers("ns1.example.net");
    wish.add_nameservers("ns2.example.net");
    return wish;
  };
  away.check = [&](const std::string& domain) {
    const Names expected = {"ns1.example.net", "ns2.example.net"};
    EXPECT_EQ(world_.NameserversAtRegistry(domain), expected);
    EXPECT_EQ(NameserversOfRow(domain), expected);
    EXPECT_EQ(world_.Domain(domain)->zone_id(), "");
  };
  EXPECT_GE(AtEachCommand(world_, away), 20u);

  std::map<std::string, std::string> zones;
  OperationUnderTest back{kSetNameservers, "b"};
  back.prepare = [&](const std::string& domain) {
    world_.Register(domain);
    zones[domain] = world_.Domain(domain)->zone_id();
    world_.Do(kSetNameservers, domain, away.wish(domain));
  };
  back.wish = [&](const std::string& domain) {
    DomainWish wish;
    wish.set_zone_id(zones[domain]);
    return wish;
  };
  back.check = [&](const std::string& domain) {
    const Names expected = {"ns-a0.quartet-a.example", "ns-b0.quartet-b.example", "ns-c0.quartet-c.example",
                            "ns-d0.quartet-d.example"};
    EXPECT_EQ(world_.NameserversAtRegistry(domain), expected);
    EXPECT_EQ(NameserversOfRow(domain), expected);
    EXPECT_EQ(world_.Domain(domain)->zone_id(), zones[domain]);
  };
  EXPECT_GE(AtEachCommand(world_, back), 20u);
}

TEST_F(UpdatesTest, NothingToSendIsSuccess) {
  world_.Register("a.test");
  const Names before = world_.NameserversAtRegistry("a.test");
  world_.fragile().TakeSent();
  world_.Do(kSetNameservers, "a.test");
  const Names sent = world_.fragile().TakeSent();
  EXPECT_EQ(std::count(sent.begin(), sent.end(), "update a.test"), 0);
  EXPECT_EQ(world_.NameserversAtRegistry("a.test"), before);
}

TEST_F(UpdatesTest, ALockIsSetAndLifted) {
  OperationUnderTest lock{kSetStatuses, "l"};
  lock.prepare = [&](const std::string& domain) { world_.Register(domain); };
  lock.wish = [](const std::string&) { return Lock(true); };
  lock.check = [&](const std::string& domain) { EXPECT_EQ(StatusesAtRegistry(domain), kLock); };
  EXPECT_GE(AtEachCommand(world_, lock), 12u);
  OperationUnderTest unlock{kSetStatuses, "u"};
  unlock.prepare = [&](const std::string& domain) { RegisterLocked(domain); };
  unlock.wish = [](const std::string&) { return Lock(false); };
  unlock.check = [&](const std::string& domain) { EXPECT_EQ(StatusesAtRegistry(domain), Names()); };
  EXPECT_GE(AtEachCommand(world_, unlock), 16u);
}

TEST_F(UpdatesTest, DsRecordsAreAddedAndRemoved) {
  OperationUnderTest test{kSetDs, "k"};
  test.prepare = [&](const std::string& domain) { world_.Register(domain); };
  test.wish = [](const std::string&) { return Ds(); };
  test.check = [&](const std::string& domain) {
    const sandbox::Domain found = AtRegistry(domain);
    ASSERT_EQ(found.ds_size(), 1);
    EXPECT_EQ(found.ds(0).key_tag(), 4711u);
    EXPECT_EQ(world_.Domain(domain)->ds(0).digest(), std::string(32, '\x5a'));
  };
  EXPECT_GE(AtEachCommand(world_, test), 12u);
  DomainWish remove;
  *remove.mutable_remove_ds() = Ds().add_ds();
  world_.Do(kSetDs, "k1.test", remove);
  EXPECT_EQ(AtRegistry("k1.test").ds_size(), 0);
  EXPECT_EQ(world_.Domain("k1.test")->ds_size(), 0);
}

TEST_F(UpdatesTest, AThickRegistryOfAttributesAndKeysIsUpdatedToo) {
  world_.Register("a.thick");
  EXPECT_EQ(AtRegistry("a.thick").registrant(), "ada-1");
  DomainWish key;
  stored::v1::DomainDsRow& row = *key.add_add_ds();
  row.set_flags(257);
  row.set_algorithm(13);
  row.set_public_key("key");
  world_.Do(kSetDs, "a.thick", key);
  EXPECT_EQ(AtRegistry("a.thick").keys_size(), 1);
  EXPECT_EQ(world_.Domain("a.thick")->ds(0).public_key(), "key");
  DomainWish away;
  away.add_nameservers("ns1.example.net");
  world_.Do(kSetNameservers, "a.thick", away);
  EXPECT_EQ(world_.NameserversAtRegistry("a.thick"), Names{"ns1.example.net"});
  // It makes DS records by itself.
  const stored::v1::DomainOperationRow refused = world_.AwaitEnd(world_.Submit(kSetDs, "a.thick", Ds()));
  EXPECT_EQ(refused.state(), kFailed);
  EXPECT_NE(refused.message().find("takes keys"), std::string::npos) << refused.message();
}

TEST_F(UpdatesTest, ALockedDomainIsChangedAndIsLockedAgainWhereverTheControllerDies) {
  std::map<std::string, std::string> auth_info;
  OperationUnderTest test{kSetAuthInfo, "x"};
  test.prepare = [&](const std::string& domain) {
    RegisterLocked(domain);
    auth_info[domain] = AtRegistry(domain).auth_info();
  };
  test.wish = NoWish;
  test.check = [&](const std::string& domain) {
    EXPECT_EQ(StatusesAtRegistry(domain), kLock);
    EXPECT_NE(AtRegistry(domain).auth_info(), auth_info[domain]);
    EXPECT_EQ(world_.Domain(domain)->auth_info(), AtRegistry(domain).auth_info());
  };
  // At least: info, info, update, update, info.
  EXPECT_GE(AtEachCommand(world_, test), 20u);
}

TEST_F(UpdatesTest, WhereTheChangeIsRefusedTheLockComesBack) {
  RegisterLocked("a.test");
  // More than 13 nameservers are refused (2306), after the domain was unlocked for them.
  DomainWish many;
  for (int i = 0; i < 14; ++i) many.add_nameservers("ns" + std::to_string(i) + ".example.net");
  const stored::v1::DomainOperationRow row = world_.AwaitEnd(world_.Submit(kSetNameservers, "a.test", many));
  EXPECT_EQ(row.state(), kFailed) << row.ShortDebugString();
  EXPECT_EQ(row.code(), 2306);
  EXPECT_EQ(StatusesAtRegistry("a.test"), kLock);
  EXPECT_EQ(world_.Domain("a.test")->operation(), "");
  EXPECT_EQ(NameserversOfRow("a.test"), world_.NameserversAtRegistry("a.test"));
}

TEST_F(UpdatesTest, WhatIsNotOursAnyMoreIsRefused) {
  world_.Register("a.test");
  const std::string auth_info = AtRegistry("a.test").auth_info();
  ASSERT_EQ(world_.theirs().Transfer(epp::TransferOp::kRequest, "a.test", auth_info).verdict.kind,
            Verdict::Kind::kPending);
  ASSERT_TRUE(world_.fragile().Transfer(epp::TransferOp::kApprove, "a.test", "", 0).verdict.done());
  for (const auto kind : {kRenew, kSetNameservers, kSetAuthInfo}) {
    const stored::v1::DomainOperationRow row = world_.AwaitEnd(world_.Submit(kind, "a.test"));
    EXPECT_EQ(row.state(), kFailed) << row.ShortDebugString();
    EXPECT_NE(row.message().find("theirs's"), std::string::npos) << row.message();
  }
}

TEST_F(UpdatesTest, NothingIsDelegatedToAZoneThatTooFewServe) {
  world_.Register("a.test");
  const std::string zone = world_.Domain("a.test")->zone_id();
  DomainWish away;
  away.add_nameservers("ns1.example.net");
  world_.Do(kSetNameservers, "a.test", away);
  world_.SetAway("ns-a0", true);
  world_.SetAway("ns-b0", true);
  world_.AddRecord(zone);
  DomainWish back;
  back.set_zone_id(zone);
  const std::string id = world_.Submit(kSetNameservers, "a.test", back);
  world_.AwaitOperation(id, "the wait for nameservers", [](const stored::v1::DomainOperationRow& row) {
    return row.trouble() == "until three of the zone's nameservers serve it";
  });
  EXPECT_EQ(world_.NameserversAtRegistry("a.test"), Names{"ns1.example.net"});
  // Three are enough.
  world_.SetAway("ns-b0", false);
  EXPECT_EQ(world_.AwaitEnd(id).state(), stored::v1::DOMAIN_OPERATION_STATE_SUCCESSFUL);
  EXPECT_EQ(world_.NameserversAtRegistry("a.test").size(), 4u);
}

}  // namespace
}  // namespace quartet::controller
