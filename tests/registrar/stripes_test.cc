// The stripes' domains are registered by the system, with host objects for their nameservers.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/assignment/move_driver.h"
#include "controller/host.h"
#include "controller/roster/roster.h"
#include "controller/roster/roster_plans.h"
#include "tests/registrar/registrar_world.h"

namespace quartet::controller {
namespace {

using Names = std::vector<std::string>;

RegistrarWorld::Options StripesAtRegistry() {
  RegistrarWorld::Options options;
  options.stripe_tld = "test";
  return options;
}

// A world whose stripes' zones are made.
struct Stripes {
  Stripes() : world(StripesAtRegistry()), moves(world.host(), world.clock(), {}) {}
  ~Stripes() { moves.Stop(); }

  Names AddressesOf(const std::string& host) {
    Names addresses;
    const std::optional<sandbox::Host> row = world.registry().FindHost(host);
    if (!row.has_value()) return addresses;
    for (const sandbox::Address& address : row->addresses()) addresses.push_back(address.text());
    return addresses;
  }
  static Names NamesIn(const std::string& stripe) {
    Names names;
    for (const char* nameserver : {"ns-a0", "ns-b0", "ns-c0", "ns-d0"})
      names.push_back(absl::StrCat(nameserver, ".quartet-", stripe, ".test"));
    return names;
  }
  bool IsRegistered(const std::string& stripe) {
    const auto row = world.Domain(absl::StrCat("quartet-", stripe, ".test"));
    return row.has_value() && row->operation().empty() &&
           Names(row->nameservers().begin(), row->nameservers().end()) == NamesIn(stripe);
  }
  void AwaitAllRegistered() {
    world.AwaitCommitted("four stripes that are registered", [&] {
      return IsRegistered("a") && IsRegistered("b") && IsRegistered("c") && IsRegistered("d");
    });
  }
  void ExpectAllAtRegistry() {
    for (const char* stripe : {"a", "b", "c", "d"}) {
      const std::string domain = absl::StrCat("quartet-", stripe, ".test");
      EXPECT_EQ(world.NameserversAtRegistry(domain), NamesIn(stripe));
      for (const std::string& name : NamesIn(stripe))
        EXPECT_EQ(AddressesOf(name), Names{absl::StrCat("192.0.2.", 16 * (name[3] - 'a') + 1)}) << name;
      const auto row = world.Domain(domain);
      ASSERT_TRUE(row.has_value());
      EXPECT_EQ(row->stripe(), stripe);
      EXPECT_TRUE(row->auto_renew());
      EXPECT_FALSE(row->zone_id().empty());
    }
  }

  RegistrarWorld world;
  MoveDriver moves;
};

TEST(StripesTest, AreRegisteredWithGlueForAllTheirNames) {
  Stripes stripes;
  stripes.world.StartUpkeep();
  stripes.AwaitAllRegistered();
  stripes.ExpectAllAtRegistry();
}

TEST(StripesTest, ADomainThatIsRegisteredBeforeThemWaitsForThem) {
  Stripes stripes;
  const std::string id = stripes.world.Submit(stored::v1::DOMAIN_OPERATION_KIND_REGISTER, "a.test");
  stripes.world.AwaitOperation(id, "a wait for the stripe", [](const stored::v1::DomainOperationRow& row) {
    return row.trouble().find("has to be registered first") != std::string::npos;
  });
  stripes.world.StartUpkeep();
  EXPECT_EQ(stripes.world.AwaitEnd(id).state(), stored::v1::DOMAIN_OPERATION_STATE_SUCCESSFUL);
  EXPECT_EQ(stripes.world.NameserversAtRegistry("a.test"),
            (Names{"ns-a0.quartet-a.test", "ns-b0.quartet-b.test", "ns-c0.quartet-c.test",
                   "ns-d0.quartet-d.test"}));
}

TEST(StripesTest, ANewNameserverAndANewAddressAreMadeKnown) {
  Stripes stripes;
  stripes.world.StartUpkeep();
  stripes.AwaitAllRegistered();
  stripes.world.AddNameserver("a", 1, {"192.0.2.200", "2001:db8::200"});
  stripes.world.AwaitCommitted("a host object for the new one", [&] {
    return stripes.AddressesOf("ns-a1.quartet-a.test") == Names{"192.0.2.200", "2001:db8::200"};
  });
  Proposal proposal;
  proposal.plan = [](const PlanContext& context) -> absl::StatusOr<Plan> {
    const absl::StatusOr<Roster> roster = ReadRoster(context.view);
    if (!roster.ok()) return roster.status();
    Versioned<stored::v1::NameserverRow> nameserver = roster->nameservers.at("ns-b0");
    nameserver.row.clear_addresses();
    nameserver.row.add_addresses(*ParseAddress("192.0.2.222"));
    Plan plan;
    AddNameserverEffect(plan, nameserver.revision + 1, nameserver.row);
    return plan;
  };
  ASSERT_TRUE(ProposeAndWait(stripes.world.host(), std::move(proposal)).ok());
  // It is called so in the zones of all four stripes.
  stripes.world.AwaitCommitted("another address in all stripes", [&] {
    for (const char* stripe : {"a", "b", "c", "d"}) {
      if (stripes.AddressesOf(absl::StrCat("ns-b0.quartet-", stripe, ".test")) != Names{"192.0.2.222"})
        return false;
    }
    return true;
  });
}

TEST(StripesTest, AreRegisteredWhereverTheControllerDies) {
  size_t died = 0;
  bool struck = true;
  // Every third command: each kind of them is met.
  for (size_t command = 0; struck; command += 3) {
    SCOPED_TRACE(command);
    Stripes stripes;
    stripes.world.fragile().Strike(command, command % 2 == 0 ? Blow::kDeadAfter : Blow::kDeadBefore);
    stripes.world.StartUpkeep();
    stripes.world.AwaitCommitted("a dead controller, or four stripes", [&] {
      return stripes.world.fragile().struck() || (stripes.IsRegistered("a") && stripes.IsRegistered("b") &&
                                                  stripes.IsRegistered("c") && stripes.IsRegistered("d"));
    });
    struck = stripes.world.fragile().struck();
    died += struck ? 1 : 0;
    if (struck) stripes.world.Restart();
    stripes.AwaitAllRegistered();
    stripes.ExpectAllAtRegistry();
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GE(died, 8u);
}

}  // namespace
}  // namespace quartet::controller
