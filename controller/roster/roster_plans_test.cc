#include "controller/roster/roster_plans.h"

#include <string>

#include "controller/roster/roster.h"
#include "controller/sequencer/plan_fixture.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

class RosterPlansTest : public PlanTest {
 protected:
  absl::Status SetDomain(const std::string& stripe, absl::string_view domain) {
    const dns::Name name = *dns::Name::Parse(domain);
    return Commit([&](const PlanContext& context) { return PlanStripeDomain(context, stripe, name); })
        .status();
  }
  absl::Status Add(const NewNameserver& nameserver) {
    return Commit([&](const PlanContext& context) { return PlanNameserver(context, nameserver); }).status();
  }
  absl::Status AddNode(const std::string& id, const std::string& nameserver) {
    return Commit([&](const PlanContext& context) { return PlanNode(context, id, nameserver); }).status();
  }
  stored::v1::NodeState StateOf(const std::string& node) {
    return ReadRoster(store_)->nodes.at(node).row.state();
  }

  static NewNameserver Wanted(const std::string& id, const std::string& stripe, uint32_t slot,
                              const std::string& region = "eu-west") {
    return {id,
            stripe,
            slot,
            region,
            {*ParseAddress("192.0.2." + std::to_string(1 + slot % 10 + 10 * (stripe[0] - 'a')))}};
  }
};

TEST_F(RosterPlansTest, AStripeGetsItsDomainOnce) {
  ASSERT_TRUE(SetDomain("a", "ns.test.").ok());
  ASSERT_TRUE(SetDomain("a", "other.test.").ok()) << "it has no nameservers yet";
  ASSERT_TRUE(Add(Wanted("ns-1", "a", 0)).ok());
  EXPECT_EQ(SetDomain("a", "ns.test.").code(), absl::StatusCode::kFailedPrecondition);
  const auto head = sequencer_->head();
  EXPECT_TRUE(SetDomain("a", "other.test.").ok()) << "it is so already";
  EXPECT_EQ(sequencer_->head(), head);
}

TEST_F(RosterPlansTest, StripeDomainsDoNotContainOneAnother) {
  ASSERT_TRUE(SetDomain("a", "ns.test.").ok());
  EXPECT_FALSE(SetDomain("b", "NS.test.").ok());
  EXPECT_FALSE(SetDomain("b", "b.ns.test.").ok());
  EXPECT_FALSE(SetDomain("b", "test.").ok());
  EXPECT_FALSE(SetDomain("b", ".").ok());
  EXPECT_TRUE(SetDomain("b", "ns.example.").ok());
  EXPECT_TRUE(absl::IsNotFound(SetDomain("e", "e.example.")));
}

TEST_F(RosterPlansTest, ANameserverIsNamedUnderItsStripesDomain) {
  EXPECT_EQ(Add(Wanted("ns-1", "a", 0)).code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(SetDomain("a", "ns.test.").ok());
  ASSERT_TRUE(Add(Wanted("ns-1", "a", 0)).ok());
  const auto roster = *ReadRoster(store_);
  const auto& row = roster.nameservers.at("ns-1").row;
  EXPECT_EQ(row.host_name(), std::string("\x04ns-1\x02ns\x04test\0", 14));
  EXPECT_EQ(row.state(), stored::v1::NAMESERVER_STATE_ACTIVE);
}

TEST_F(RosterPlansTest, NameSlotAndAddressAreTakenOnce) {
  ASSERT_TRUE(SetDomain("a", "ns.test.").ok());
  ASSERT_TRUE(Add(Wanted("ns-1", "a", 0)).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(Add(Wanted("ns-1", "a", 1))));
  EXPECT_TRUE(absl::IsAlreadyExists(Add(Wanted("ns-2", "a", 0))));
  NewNameserver same_address = Wanted("ns-2", "a", 1);
  same_address.addresses = Wanted("ns-1", "a", 0).addresses;
  EXPECT_TRUE(absl::IsInvalidArgument(Add(same_address)));
}

TEST_F(RosterPlansTest, ARegionOfAnotherStripeIsRefusedOnceThereAreFour) {
  const char* regions[] = {"eu-west", "us-east", "ap-south", "sa-east"};
  for (int i = 0; i < 4; ++i) {
    const std::string stripe(1, static_cast<char>('a' + i));
    ASSERT_TRUE(SetDomain(stripe, stripe + "-ns.test.").ok());
    ASSERT_TRUE(Add(Wanted("ns-" + stripe, stripe, 0, regions[i])).ok());
  }
  EXPECT_EQ(Add(Wanted("ns-x", "b", 1, "eu-west")).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(Add(Wanted("ns-x", "b", 1, "us-east")).ok());
}

TEST_F(RosterPlansTest, BadNamesAndAddressesAreRefused) {
  for (const char* id : {"", "Ns-1", "-a", "a-", "a.b", "a_b", "a b"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(CheckNewNameserver(Wanted(id, "a", 0)))) << id;
    EXPECT_TRUE(absl::IsInvalidArgument(CheckNodeId(id))) << id;
  }
  EXPECT_TRUE(absl::IsInvalidArgument(CheckNodeId(std::string(64, 'a'))));
  EXPECT_TRUE(CheckNodeId(std::string(63, 'a')).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(CheckNewNameserver(Wanted("ns-1", "e", 0))));
  EXPECT_TRUE(absl::IsInvalidArgument(CheckNewNameserver(Wanted("ns-1", "a", 4096))));
  EXPECT_TRUE(absl::IsInvalidArgument(CheckNewNameserver(Wanted("ns-1", "a", 0, "Eu West"))));
  NewNameserver none = Wanted("ns-1", "a", 0);
  none.addresses.clear();
  EXPECT_TRUE(absl::IsInvalidArgument(CheckNewNameserver(none)));
  for (const char* text : {"", "192.0.2", "192.0.2.256", "2001:db8::g", "host", "192.0.2.1 "}) {
    EXPECT_FALSE(ParseAddress(text).ok()) << text;
  }
  EXPECT_FALSE(ParseAddress(absl::string_view("192.0.2.1\0x", 11)).ok());
  EXPECT_EQ(AddressToString(*ParseAddress("2001:DB8::1")), "2001:db8::1");
  EXPECT_EQ(AddressToString(*ParseAddress("192.0.2.1")), "192.0.2.1");
}

TEST_F(RosterPlansTest, ANodeGoesThroughItsStates) {
  MakeNameservers(1);
  EXPECT_TRUE(absl::IsNotFound(AddNode("n", "nope")));
  ASSERT_TRUE(AddNode("n", "ns-a0").ok());
  EXPECT_TRUE(absl::IsAlreadyExists(AddNode("n", "ns-b0")));
  EXPECT_EQ(StateOf("n"), stored::v1::NODE_STATE_JOINING);
  EXPECT_TRUE(ReadRoster(store_)->counted.empty());

  const auto move = [&](auto plan) {
    return Commit([&](const PlanContext& context) { return plan(context, "n"); });
  };
  ASSERT_TRUE(move(PlanCounted)->appended);
  EXPECT_EQ(StateOf("n"), stored::v1::NODE_STATE_COUNTED);
  EXPECT_EQ(ReadRoster(store_)->counted.at("ns-a0").size(), 1u);
  EXPECT_FALSE(move(PlanCounted)->appended);
  ASSERT_TRUE(move(PlanDrain)->appended);
  EXPECT_EQ(ReadRoster(store_)->counted.at("ns-a0").size(), 1u) << "still counted";
  ASSERT_TRUE(move(PlanDrained)->appended);
  EXPECT_EQ(StateOf("n"), stored::v1::NODE_STATE_DRAINED);
  EXPECT_FALSE(move(PlanDrain)->appended);
  EXPECT_TRUE(ReadRoster(store_)->counted.empty());
  EXPECT_TRUE(ReadRoster(store_)->by_nameserver.empty());
  EXPECT_FALSE(move(PlanDrained)->appended);
}

TEST_F(RosterPlansTest, ANodeThatSaysItIsClosedIsDrainedFromWhateverState) {
  MakeNameservers(1);
  ASSERT_TRUE(AddNode("n", "ns-a0").ok());
  ASSERT_TRUE(Commit([&](const PlanContext& context) { return PlanCounted(context, "n"); }).ok());
  ASSERT_TRUE(Commit([&](const PlanContext& context) { return PlanDrained(context, "n"); })->appended);
  EXPECT_EQ(StateOf("n"), stored::v1::NODE_STATE_DRAINED);
}

TEST_F(RosterPlansTest, ANodeThatIsGoneIsDrainedByForceAndItsRowSaysSo) {
  MakeNameservers(1);
  ASSERT_TRUE(AddNode("n", "ns-a0").ok());
  const auto force = [&] {
    return Commit([](const PlanContext& context) { return PlanForcedDrain(context, "n"); });
  };
  ASSERT_TRUE(force()->appended);
  EXPECT_EQ(StateOf("n"), stored::v1::NODE_STATE_DRAINED);
  EXPECT_GT(ReadRoster(store_)->nodes.at("n").row.forced_time_us(), 0);
  EXPECT_FALSE(force()->appended) << "it is DRAINED";
}

}  // namespace
}  // namespace quartet::controller
