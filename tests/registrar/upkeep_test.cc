// What the registrar does by itself: renewals over the years, and the delegation of zones that move.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "controller/assignment/move_driver.h"
#include "controller/host.h"
#include "controller/registrar/domains/domain_rows.h"
#include "controller/registrar/upkeep/renewals.h"
#include "replication/replica/full_view.h"
#include "tests/registrar/registrar_world.h"

namespace quartet::controller {
namespace {

using Names = std::vector<std::string>;
using stored::v1::DomainOperationRow;
using stored::v1::ZoneRow;

class UpkeepTest : public testing::Test {
 protected:
  UpkeepTest() : world_(TwoSlots()) {}
  static RegistrarWorld::Options TwoSlots() {
    RegistrarWorld::Options options;
    options.slots = 2;
    return options;
  }
  void Register(const std::string& domain, bool auto_renew) {
    stored::v1::DomainWish wish;
    wish.set_auto_renew(auto_renew);
    world_.Do(stored::v1::DOMAIN_OPERATION_KIND_REGISTER, domain, wish);
  }
  std::vector<DomainOperationRow> Operations(const std::string& domain,
                                             stored::v1::DomainOperationKind kind) {
    std::vector<DomainOperationRow> all;
    EXPECT_TRUE(VisitOperations(world_.replica(), "", [&](DomainOperationRow row) {
                  if (row.domain() == domain && row.kind() == kind) all.push_back(std::move(row));
                  return true;
                }).ok());
    return all;
  }
  std::vector<DomainOperationRow> Renewals(const std::string& domain) {
    return Operations(domain, stored::v1::DOMAIN_OPERATION_KIND_RENEW);
  }
  void Advance(int64_t by_us) {
    world_.clock().Advance(by_us);
    world_.upkeep().Hasten();
  }
  void AwaitRenewals(const std::string& domain, size_t count) {
    world_.AwaitCommitted("a renewal of " + domain, [&] {
      const std::vector<DomainOperationRow> all = Renewals(domain);
      return all.size() == count && IsOver(all.front());
    });
  }
  ZoneRow Zone(const std::string& id) {
    const auto zone = replication::FullView(world_.replica()).Zone(id);
    EXPECT_TRUE(zone.ok() && zone->has_value());
    return **zone;
  }
  std::set<std::string> InState(const std::string& zone, stored::v1::AssignmentState state) {
    std::set<std::string> targets;
    const ZoneRow row = Zone(zone);
    for (const auto& assignment : row.assignments()) {
      if (assignment.state() == state) targets.insert(assignment.target());
    }
    return targets;
  }
  // To the other nameserver of each stripe.
  Names Move(const std::string& zone) {
    MoveTarget target;
    Names hosts;
    for (const std::string& id : InState(zone, stored::v1::ASSIGNMENT_STATE_SERVING)) {
      target.nameservers.push_back(id.substr(0, 4) + (id.back() == '0' ? "1" : "0"));
      hosts.push_back(target.nameservers.back() + ".quartet-" + id[3] + ".example");
    }
    Proposal proposal;
    proposal.zone_id = zone;
    proposal.plan = [zone, target](const PlanContext& context) {
      return PlanMove(context, zone, target, [](const std::string&) { return 0; });
    };
    const auto moved = ProposeAndWait(world_.host(), std::move(proposal));
    EXPECT_TRUE(moved.ok()) << moved.status();
    std::sort(hosts.begin(), hosts.end());
    return hosts;
  }
  std::unique_ptr<MoveDriver> StartMoves() {
    MoveDriver::Options options;
    options.retire.retire_us = 1;
    options.retire.registry_confirmed = [this](const ZoneRow& zone) {
      return world_.upkeep().RegistryConfirmed(zone);
    };
    options.stripe_zones = false;
    return std::make_unique<MoveDriver>(world_.host(), world_.clock(), options);
  }

  RegistrarWorld world_;
};

TEST_F(UpkeepTest, ADomainIsRenewedOnceAYearAMonthBeforeItExpires) {
  world_.StartUpkeep();
  Register("kept.test", true);
  Register("left.test", false);
  const int64_t first_expiry_us = world_.Domain("kept.test")->expiry_time_us();
  constexpr int kStepDays = 5;
  constexpr int kDays = 800;
  size_t renewals = 0;
  for (int day = 0; day < kDays; day += kStepDays) {
    const int64_t expiry_us = world_.Domain("kept.test")->expiry_time_us();
    Advance(kStepDays * kDayUs);
    const int64_t left_us = expiry_us - world_.clock().WallMicros();
    if (left_us > 30 * kDayUs) continue;
    EXPECT_GT(left_us, (30 - kStepDays - 1) * kDayUs);
    AwaitRenewals("kept.test", ++renewals);
  }
  EXPECT_EQ(renewals, 2u);
  EXPECT_EQ(Renewals("kept.test").size(), 2u);
  for (const DomainOperationRow& row : Renewals("kept.test")) {
    EXPECT_EQ(row.principal(), "quartet");
    EXPECT_EQ(row.state(), stored::v1::DOMAIN_OPERATION_STATE_SUCCESSFUL) << row.ShortDebugString();
  }
  const int64_t added_us = world_.registry().FindDomain("kept.test")->expiry_us() - first_expiry_us;
  EXPECT_GE(added_us, 729 * kDayUs);
  EXPECT_LE(added_us, 732 * kDayUs);
  EXPECT_TRUE(Renewals("left.test").empty());
}

TEST_F(UpkeepTest, ADomainThatIsDueWhileTheControllerIsAwayIsRenewedWhenItIsBack) {
  Register("a.test", true);
  world_.clock().Advance(350 * kDayUs);
  world_.StartUpkeep();
  AwaitRenewals("a.test", 1);
  // It is not due any more.
  world_.Restart();
  Advance(kDayUs);
  Register("b.test", false);
  EXPECT_EQ(Renewals("a.test").size(), 1u);
}

TEST_F(UpkeepTest, ARenewalThatIsRefusedIsTriedAgainADayLater) {
  Register("a.test", true);
  epp::DomainUpdate prohibit;
  prohibit.name = "a.test";
  prohibit.add_statuses = {"clientRenewProhibited"};
  ASSERT_TRUE(world_.fragile().UpdateDomain(prohibit).done());
  world_.StartUpkeep();
  Advance(340 * kDayUs);
  AwaitRenewals("a.test", 1);
  EXPECT_EQ(Renewals("a.test")[0].code(), 2304);
  Advance(kDayUs / 2);
  // Proof that it has looked: what is due at that time is done.
  Register("b.test", true);
  EXPECT_EQ(Renewals("a.test").size(), 1u);
  epp::DomainUpdate allow;
  allow.name = "a.test";
  allow.remove_statuses = {"clientRenewProhibited"};
  ASSERT_TRUE(world_.fragile().UpdateDomain(allow).done());
  Advance(kDayUs);
  AwaitRenewals("a.test", 2);
  EXPECT_EQ(Renewals("a.test")[0].state(), stored::v1::DOMAIN_OPERATION_STATE_SUCCESSFUL);
}

TEST_F(UpkeepTest, AZoneThatMovesTakesItsDelegationWithItBeforeTheOldNameserversRetire) {
  world_.StartUpkeep();
  Register("a.test", false);
  const std::string zone = world_.Domain("a.test")->zone_id();
  const std::unique_ptr<MoveDriver> moves = StartMoves();
  // The registry is away: the new four serve and are named, the old ones stay.
  world_.running().Stop();
  const Names old = world_.NameserversAtRegistry("a.test");
  const Names wanted = Move(zone);
  ASSERT_NE(wanted, old);
  world_.AwaitCommitted("an operation that delegates the domain", [&] {
    return Operations("a.test", stored::v1::DOMAIN_OPERATION_KIND_SET_NAMESERVERS).size() == 1;
  });
  EXPECT_FALSE(world_.upkeep().RegistryConfirmed(Zone(zone)));
  EXPECT_EQ(InState(zone, stored::v1::ASSIGNMENT_STATE_RETIRING).size(), 4u);
  // However long: their time does not begin.
  world_.clock().Advance(kDayUs);
  world_.SetAway("ns-a0", false);
  const ZoneRow leaving = Zone(zone);
  for (const auto& assignment : leaving.assignments()) EXPECT_LE(assignment.until_us(), 0);
  world_.running().Start();
  world_.AwaitCommitted("a domain that is delegated to the new four", [&] {
    const auto row = world_.Domain("a.test");
    return Names(row->nameservers().begin(), row->nameservers().end()) == wanted;
  });
  EXPECT_EQ(world_.NameserversAtRegistry("a.test"), wanted);
  world_.AwaitCommitted("the end of the move", [&] {
    // It looks again now and then.
    world_.clock().Advance(1'000'000);
    world_.SetAway("ns-a0", false);
    return InState(zone, stored::v1::ASSIGNMENT_STATE_RETIRING).empty();
  });
  EXPECT_TRUE(world_.upkeep().RegistryConfirmed(Zone(zone)));
  EXPECT_EQ(Zone(zone).assignments_size(), 4);
  EXPECT_EQ(Operations("a.test", stored::v1::DOMAIN_OPERATION_KIND_SET_NAMESERVERS).size(), 1u);
}

TEST_F(UpkeepTest, WhatMovedWhileNobodyWatchedIsFoundAtTheStart) {
  Register("a.test", false);
  const std::string zone = world_.Domain("a.test")->zone_id();
  Names wanted;
  {
    MoveDriver::Options options;
    options.stripe_zones = false;
    // It has to wait for the registry.
    options.retire.registry_confirmed = [](const ZoneRow&) { return false; };
    MoveDriver moves(world_.host(), world_.clock(), options);
    wanted = Move(zone);
    world_.AwaitCommitted("new nameservers that serve",
                          [&] { return InState(zone, stored::v1::ASSIGNMENT_STATE_RETIRING).size() == 4; });
    moves.Stop();
  }
  EXPECT_NE(world_.NameserversAtRegistry("a.test"), wanted);
  world_.StartUpkeep();
  world_.AwaitCommitted("a domain that is delegated to the new four",
                        [&] { return world_.NameserversAtRegistry("a.test") == wanted; });
}

TEST_F(UpkeepTest, ADelegationThatTheRegistryRefusesIsNotTriedAllTheTime) {
  world_.StartUpkeep();
  Register("a.test", false);
  epp::DomainUpdate lock;
  lock.name = "a.test";
  lock.add_statuses = {"clientHold"};
  ASSERT_TRUE(world_.fragile().UpdateDomain(lock).done());
  const std::string zone = world_.Domain("a.test")->zone_id();
  // It leaves to another registrar in the middle of its move.
  const std::string code = world_.Domain("a.test")->auth_info();
  ASSERT_EQ(world_.theirs().Transfer(epp::TransferOp::kRequest, "a.test", code).verdict.kind,
            Verdict::Kind::kPending);
  ASSERT_TRUE(world_.fragile().Transfer(epp::TransferOp::kApprove, "a.test", "", 0).verdict.done());
  const std::unique_ptr<MoveDriver> moves = StartMoves();
  Move(zone);
  const auto attempts = [&] {
    return Operations("a.test", stored::v1::DOMAIN_OPERATION_KIND_SET_NAMESERVERS);
  };
  world_.AwaitCommitted("an operation that fails",
                        [&] { return attempts().size() == 1 && IsOver(attempts().front()); });
  EXPECT_EQ(attempts()[0].state(), stored::v1::DOMAIN_OPERATION_STATE_FAILED);
  EXPECT_FALSE(world_.upkeep().RegistryConfirmed(Zone(zone)));
  Register("b.test", false);
  EXPECT_EQ(attempts().size(), 1u);
  Advance(int64_t{3600} * 1'000'000);
  world_.AwaitCommitted("a second one", [&] { return attempts().size() == 2; });
}

}  // namespace
}  // namespace quartet::controller
