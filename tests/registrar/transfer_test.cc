// Transfers of domains between us and another client of the registry.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "controller/registrar/polling/registry_poller.h"
#include "controller/registrar/upkeep/renewals.h"
#include "tests/registrar/at_each_command.h"
#include "tests/registrar/registrar_world.h"

namespace quartet::controller {
namespace {

constexpr auto kTransfer = stored::v1::DOMAIN_OPERATION_KIND_TRANSFER;
constexpr auto kSuccessful = stored::v1::DOMAIN_OPERATION_STATE_SUCCESSFUL;
constexpr auto kFailed = stored::v1::DOMAIN_OPERATION_STATE_FAILED;
constexpr char kCode[] = "their-code-1";

class TransferTest : public testing::Test {
 protected:
  void RegisterTheirs(const std::string& domain) {
    epp::DomainCreate create;
    create.name = domain;
    create.auth_info = kCode;
    ASSERT_TRUE(world_.theirs().CreateDomain(create).verdict.done());
  }
  static stored::v1::DomainWish Wish(const std::string& code = kCode) {
    stored::v1::DomainWish wish;
    wish.set_auth_info(code);
    wish.set_auto_renew(true);
    wish.set_years(2);
    return wish;
  }
  // A transfer that the other registrar has to decide on.
  std::string BeginTransfer(const std::string& domain) {
    RegisterTheirs(domain);
    const std::string id = world_.Submit(kTransfer, domain, Wish());
    AwaitPending(id);
    return id;
  }
  void AwaitPending(const std::string& id) {
    world_.AwaitOperation(id, "a transfer that is pending", [](const stored::v1::DomainOperationRow& row) {
      return row.step() == stored::v1::DOMAIN_OPERATION_STEP_PENDING;
    });
  }
  void Decide(epp::TransferOp op, const std::string& domain) {
    ASSERT_TRUE(world_.theirs().Transfer(op, domain, "").verdict.done());
  }
  void PollAll() {
    while (PollOnce(world_.host(), world_.fragile()).kind == PollResult::Kind::kTaken) continue;
  }

  RegistrarWorld world_;
};

TEST_F(TransferTest, ADomainComesToUsOnceItIsLetGo) {
  const std::string id = BeginTransfer("a.test");
  EXPECT_EQ(world_.Domain("a.test")->state(), stored::v1::DOMAIN_STATE_PENDING);
  const int64_t expiry_us = world_.registry().FindDomain("a.test")->expiry_us();
  Decide(epp::TransferOp::kApprove, "a.test");
  PollAll();
  const stored::v1::DomainOperationRow row = world_.AwaitEnd(id);
  EXPECT_EQ(row.state(), kSuccessful) << row.ShortDebugString();
  const sandbox::Domain at_registry = *world_.registry().FindDomain("a.test");
  EXPECT_EQ(at_registry.origin().sponsor(), "ours");
  // For two years more, as was asked for.
  EXPECT_GE(at_registry.expiry_us() - expiry_us, 730 * kDayUs);
  EXPECT_LE(at_registry.expiry_us() - expiry_us, 731 * kDayUs);
  // What the other registrar knew opens nothing any more.
  EXPECT_NE(at_registry.auth_info(), kCode);
  const stored::v1::DomainRow domain = *world_.Domain("a.test");
  EXPECT_EQ(domain.state(), stored::v1::DOMAIN_STATE_REGISTERED);
  EXPECT_EQ(domain.auth_info(), at_registry.auth_info());
  EXPECT_TRUE(domain.auto_renew());
  EXPECT_EQ(domain.operation(), "");
}

TEST_F(TransferTest, ATransferThatIsRejectedFailsAndLeavesNothing) {
  const std::string id = BeginTransfer("a.test");
  Decide(epp::TransferOp::kReject, "a.test");
  const stored::v1::DomainOperationRow row = world_.AwaitEnd(id);
  EXPECT_EQ(row.state(), kFailed);
  EXPECT_NE(row.message().find("clientRejected"), std::string::npos) << row.message();
  EXPECT_FALSE(world_.Domain("a.test").has_value());
  EXPECT_EQ(world_.registry().FindDomain("a.test")->origin().sponsor(), "theirs");
}

TEST_F(TransferTest, AWrongCodeFailsWithTheRegistrysWord) {
  RegisterTheirs("a.test");
  const stored::v1::DomainOperationRow row =
      world_.AwaitEnd(world_.Submit(kTransfer, "a.test", Wish("wrong")));
  EXPECT_EQ(row.state(), kFailed);
  EXPECT_EQ(row.code(), 2202);
  EXPECT_FALSE(world_.Domain("a.test").has_value());
  const stored::v1::DomainOperationRow none =
      world_.AwaitEnd(world_.Submit(kTransfer, "nobody.test", Wish()));
  EXPECT_EQ(none.code(), 2303);
}

TEST_F(TransferTest, ALockedDomainIsNotLetGo) {
  RegisterTheirs("a.test");
  epp::DomainUpdate lock;
  lock.name = "a.test";
  lock.add_statuses = {"clientTransferProhibited"};
  ASSERT_TRUE(world_.theirs().UpdateDomain(lock).done());
  const stored::v1::DomainOperationRow row = world_.AwaitEnd(world_.Submit(kTransfer, "a.test", Wish()));
  EXPECT_EQ(row.state(), kFailed);
  EXPECT_EQ(row.code(), 2304);
}

// The registrar that has it lets everything go at once.
TEST_F(TransferTest, WhateverIsLostOnTheWayTheDomainComesOnce) {
  OperationUnderTest test{kTransfer, "t"};
  test.prepare = [&](const std::string& domain) { RegisterTheirs(domain); };
  test.wish = [](const std::string&) { return Wish(); };
  test.meanwhile = [&](const std::string& id, const std::string& domain) {
    world_.AwaitOperation(id, "a transfer that is asked for", [&](const stored::v1::DomainOperationRow&) {
      return world_.registry().FindDomain(domain)->transfer().status() == "pending";
    });
    Decide(epp::TransferOp::kApprove, domain);
    PollAll();
  };
  test.most = 5;
  test.check = [&](const std::string& domain) {
    const sandbox::Domain found = *world_.registry().FindDomain(domain);
    EXPECT_EQ(found.origin().sponsor(), "ours");
    EXPECT_NE(found.auth_info(), kCode);
    EXPECT_EQ(world_.Domain(domain)->auth_info(), found.auth_info());
  };
  EXPECT_EQ(AtEachCommand(world_, test), 20u);
}

TEST_F(TransferTest, ADomainThatIsTransferredAwayIsOursNoMore) {
  world_.Register("a.test");
  const std::string code = world_.Domain("a.test")->auth_info();
  ASSERT_EQ(world_.theirs().Transfer(epp::TransferOp::kRequest, "a.test", code).verdict.kind,
            Verdict::Kind::kPending);
  PollAll();
  EXPECT_TRUE(world_.Domain("a.test").has_value());
  // Nobody answers for five days.
  world_.clock().Advance(5 * kDayUs);
  PollAll();
  EXPECT_EQ(world_.registry().FindDomain("a.test")->origin().sponsor(), "theirs");
  EXPECT_FALSE(world_.Domain("a.test").has_value());
}

}  // namespace
}  // namespace quartet::controller
