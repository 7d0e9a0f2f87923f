// What the core knows of nodes, and tells of them.
#include <string>

#include "absl/strings/str_cat.h"
#include "controller/core_fixture.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

TEST_F(CoreTest, ANodeIsDrainedOnceItHasClosedItsSockets) {
  MakeRoster();
  v1::DrainNodeRequest drain;
  drain.set_name("nodes/ns-a0-a");
  EXPECT_EQ(controller_->DrainNode(kAdmin, drain).status().code(), absl::StatusCode::kFailedPrecondition);
  AckAll(Head().index);
  ASSERT_TRUE(WaitUntil([&] { return AllCounted(); }));
  EXPECT_EQ(controller_->DrainNode(kAdmin, drain)->state(), v1::Node::STATE_DRAINING);
  NodeProgress closed = Progress("ns-a0-a", "ns-a0", Head().index);
  closed.sockets_closed = true;
  controller_->OnProgress({closed});
  EXPECT_TRUE(
      WaitUntil([&] { return controller_->ListNodes()->nodes(0).state() == v1::Node::STATE_DRAINED; }));
  drain.set_name("nodes/nope");
  EXPECT_TRUE(absl::IsNotFound(controller_->DrainNode(kAdmin, drain).status()));
}

TEST_F(CoreTest, AChangeNamesANodeThatWasDrainedByForceWhileItWaitedForIt) {
  MakeRoster();
  AckAll(Head().index);
  ASSERT_TRUE(WaitUntil([&] { return AllCounted(); }));
  const std::string change = MakeZone("example.com")->change().name();
  v1::DrainNodeRequest drain;
  drain.set_name("nodes/ns-a0-a");
  drain.set_force(true);
  const absl::StatusOr<v1::Node> drained = controller_->DrainNode(kAdmin, drain);
  ASSERT_TRUE(drained.ok()) << drained.status();
  EXPECT_EQ(drained->state(), v1::Node::STATE_DRAINED);
  EXPECT_TRUE(drained->has_forced_time());
  v1::GetChangeRequest get;
  get.set_name(change);
  const absl::StatusOr<v1::Change> told = controller_->GetChange(get);
  ASSERT_EQ(told->forced_nodes_size(), 1);
  EXPECT_EQ(told->forced_nodes(0), "nodes/ns-a0-a");
}

TEST_F(CoreTest, ANodesHealthIsShownAndItsAlarmsAreInTheStatus) {
  MakeRoster();
  v1::GetNodeRequest get;
  get.set_name("nodes/ns-a0-a");
  EXPECT_FALSE(controller_->GetNode(get)->has_health());
  EXPECT_EQ(controller_->GetStatus().alarms_total(), 0u);

  replication::v1::Health health;
  health.set_zones(12);
  health.set_zones_behind(2);
  health.set_scrub_end_us(clock_.now_us - 1'000'000);
  health.set_scrub_damaged(1);
  health.add_alarms("repairs of 2 zones stopped");
  controller_->OnHealth("ns-a0-a", health);
  const v1::Node node = *controller_->GetNode(get);
  EXPECT_EQ(node.nameserver(), "nameservers/ns-a0");
  EXPECT_EQ(node.health().zones(), 12u);
  EXPECT_EQ(node.health().zones_behind(), 2u);
  EXPECT_EQ(node.health().scrub_damaged(), 1u);
  EXPECT_EQ(node.health().report_time().seconds(), clock_.now_us / 1'000'000);
  const v1::Status status = controller_->GetStatus();
  ASSERT_EQ(status.alarms_total(), 1u);
  EXPECT_EQ(status.alarms(0).source(), "nodes/ns-a0-a");
  EXPECT_EQ(status.alarms(0).message(), "repairs of 2 zones stopped");
  const v1::ListNodesResponse nodes = *controller_->ListNodes();
  EXPECT_EQ(nodes.nodes(0).alarms(), 1u);
  EXPECT_FALSE(nodes.nodes(0).has_health());

  get.set_name("nodes/nobody");
  EXPECT_EQ(controller_->GetNode(get).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(CoreTest, AStatusListsAHundredAlarmsAndCountsAll) {
  MakeRoster();
  replication::v1::Health health;
  for (int i = 0; i < 150; ++i) health.add_alarms(absl::StrCat("alarm ", i));
  controller_->OnHealth("ns-a0-a", health);
  EXPECT_EQ(controller_->GetStatus().alarms_total(), 150u);
  EXPECT_EQ(controller_->GetStatus().alarms_size(), 100);
}

// Takes what it is told for all nodes but ns-b0-a, which is not connected.
class ToldNodes : public replication::NodeRequests {
 public:
  absl::Status Inquire(const std::string& node, const replication::v1::Inquiry&) override {
    return Connected(node);
  }
  absl::Status AllowRepair(const std::string& node, const std::string& zone_id) override {
    told.push_back(absl::StrCat(node, " ", zone_id));
    return Connected(node);
  }
  absl::Status CompareZones(const std::string& node, const replication::v1::CompareZones&) override {
    return Connected(node);
  }

  std::vector<std::string> told;

 private:
  static absl::Status Connected(const std::string& node) {
    return node == "ns-b0-a" ? absl::FailedPreconditionError("node ns-b0-a is not connected")
                             : absl::OkStatus();
  }
};

TEST_F(CoreTest, AllowedRepairsAreToldToTheNode) {
  MakeRoster();
  const std::string zone = MakeZone("example.com")->zone().name();
  ToldNodes nodes;
  controller_->set_nodes(nodes);
  v1::AllowRepairRequest allow;
  allow.set_node("nodes/ns-a0-a");
  EXPECT_TRUE(controller_->AllowRepair(kAdmin, allow).ok());
  allow.set_zone("zones/example.com");
  EXPECT_TRUE(controller_->AllowRepair(kAdmin, allow).ok());
  EXPECT_EQ(nodes.told, (std::vector<std::string>{"ns-a0-a ", absl::StrCat("ns-a0-a ", zone.substr(6))}));

  allow.set_node("nodes/ns-b0-a");
  EXPECT_EQ(controller_->AllowRepair(kAdmin, allow).status().code(), absl::StatusCode::kFailedPrecondition);
  allow.set_zone("zones/nowhere.test");
  EXPECT_EQ(controller_->AllowRepair(kAdmin, allow).status().code(), absl::StatusCode::kNotFound);
  allow.set_node("nodes/nobody");
  EXPECT_EQ(controller_->AllowRepair(kAdmin, allow).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace quartet::controller
