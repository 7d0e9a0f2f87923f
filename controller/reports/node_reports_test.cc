#include "controller/reports/node_reports.h"

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "controller/reports/test_nodes.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

using replication::v1::ReportPart;
using std::chrono::milliseconds;

class Heard : public NodeReports::Listener {
 public:
  absl::Status OnPart(const std::string& node, const ReportPart& part) override {
    for (const auto& zone : part.zones()) zones[node].push_back(zone.zone_id());
    for (const auto& record : part.records()) records[node].push_back(record.key());
    return refuse == node ? absl::ResourceExhaustedError("enough") : absl::OkStatus();
  }
  void OnEnd(const std::string& node, const absl::Status& status) override {
    EXPECT_TRUE(ended.emplace(node, status).second) << node << " ended twice";
  }

  std::string refuse;
  std::map<std::string, std::vector<std::string>> zones;
  std::map<std::string, std::vector<std::string>> records;
  std::map<std::string, absl::Status> ended;
};

class NodeReportsTest : public testing::Test {
 protected:
  NodeReportsTest() { nodes_.reports = &reports_; }

  static NodeReports::Patience Long() {
    return {.deadline = NodeReports::Steady::now() + milliseconds(60'000)};
  }

  void AddZones(const std::string& node, int count) {
    for (int i = 0; i < count; ++i) nodes_.nodes[node].zones[TestZoneId(i)] = TestZone(i, 1);
  }

  Heard Ask(const std::vector<std::string>& nodes, const NodeReports::Patience& patience = Long(),
            const NodeReports::Question& question = {}) {
    Heard heard;
    reports_.Collect(question, nodes, patience, heard);
    EXPECT_EQ(heard.ended.size(), nodes.size());
    return heard;
  }

  TestNodes nodes_;
  NodeReports reports_{nodes_, {.nodes_at_once = 2, .page_parts = 3}};
};

TEST_F(NodeReportsTest, AsksPageByPageUntilAllIsTold) {
  AddZones("a", 14);
  const Heard heard = Ask({"a"});
  EXPECT_TRUE(heard.ended.at("a").ok());
  ASSERT_EQ(heard.zones.at("a").size(), 14u);
  EXPECT_EQ(heard.zones.at("a").back(), TestZoneId(13));
  // Two in a part, three parts in a page.
  const auto asked = nodes_.asked("a");
  ASSERT_EQ(asked.size(), 3u);
  EXPECT_EQ(asked[1].after(), TestZoneId(5));
  EXPECT_NE(asked[1].id(), asked[0].id());
}

TEST_F(NodeReportsTest, RecordSetsOfOneZoneArePagedToo) {
  AddZones("a", 3);
  for (int i = 0; i < 9; ++i)
    nodes_.nodes["a"].records[TestZoneId(1)]["k" + std::to_string(i)] = std::string(16, 'd');
  const Heard heard = Ask({"a"}, Long(), {.zone_id = TestZoneId(1), .depth = replication::v1::DEPTH_RECORDS});
  EXPECT_TRUE(heard.ended.at("a").ok()) << heard.ended.at("a");
  EXPECT_EQ(heard.records.at("a").size(), 9u);
  EXPECT_EQ(heard.zones.at("a"), std::vector<std::string>(2, TestZoneId(1)));
}

TEST_F(NodeReportsTest, MoreNodesThanAreAskedAtOnceAllTell) {
  std::vector<std::string> names;
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    names.push_back(name);
    AddZones(name, 7);
  }
  const Heard heard = Ask(names);
  for (const std::string& name : names) {
    EXPECT_TRUE(heard.ended.at(name).ok());
    EXPECT_EQ(heard.zones.at(name).size(), 7u);
  }
}

TEST_F(NodeReportsTest, WhoIsNotConnectedIsNoHindrance) {
  AddZones("b", 1);
  const Heard heard = Ask({"a", "b"});
  EXPECT_EQ(heard.ended.at("a").code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(heard.ended.at("b").ok());
}

TEST_F(NodeReportsTest, ASilentNodeIsGivenUpAndHoldsNobodyElseUp) {
  for (const char* name : {"a", "b", "c"}) AddZones(name, 1);
  nodes_.nodes["a"].silent = true;
  nodes_.nodes["b"].silent = true;
  NodeReports::Patience patience = Long();
  patience.silence = milliseconds(20);
  const Heard heard = Ask({"a", "b", "c"}, patience);
  EXPECT_EQ(heard.ended.at("a"), absl::DeadlineExceededError("it has said nothing for 20 ms"));
  EXPECT_TRUE(heard.ended.at("c").ok());
  // What comes too late is for nobody.
  ReportPart late;
  late.set_inquiry(nodes_.asked("a")[0].id());
  late.set_last(true);
  reports_.OnReport("a", late);
}

TEST_F(NodeReportsTest, TheDeadlineIsForThoseWhoWereNotAskedToo) {
  for (const char* name : {"a", "b", "c"}) nodes_.nodes[name].silent = true;
  const Heard heard = Ask({"a", "b", "c"}, {.deadline = NodeReports::Steady::now() + milliseconds(20)});
  for (const char* name : {"a", "b", "c"})
    EXPECT_EQ(heard.ended.at(name).code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(nodes_.asked("c").empty());
}

TEST_F(NodeReportsTest, ALyingNodeEndsWithoutTheOthers) {
  AddZones("b", 5);
  ReportPart backwards;
  *backwards.add_zones() = TestZone(2, 1);
  *backwards.add_zones() = TestZone(1, 1);
  backwards.set_last(true);
  nodes_.nodes["a"].lies = {backwards};
  const Heard heard = Ask({"a", "b"});
  EXPECT_EQ(heard.ended.at("a").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(heard.zones.count("a"), 0u);
  EXPECT_TRUE(heard.ended.at("b").ok());
}

TEST_F(NodeReportsTest, MorePartsThanAskedForAreNotKept) {
  std::vector<ReportPart> parts(100);
  for (int i = 0; i < 100; ++i) {
    parts[i].set_part(i);
    *parts[i].add_zones() = TestZone(i, 1);
  }
  nodes_.nodes["a"].lies = parts;
  const Heard heard = Ask({"a"});
  EXPECT_EQ(heard.ended.at("a").message(), "its report is none: a page is longer than was asked for");
  EXPECT_EQ(heard.zones.at("a").size(), 2u);
}

TEST_F(NodeReportsTest, AnotherNodesAnswerIsNotTaken) {
  nodes_.nodes["a"].silent = true;
  std::thread liar([&] {
    while (nodes_.asked("a").empty()) std::this_thread::yield();
    ReportPart part;
    part.set_inquiry(nodes_.asked("a")[0].id());
    part.set_last(true);
    reports_.OnReport("b", part);
  });
  NodeReports::Patience patience = Long();
  patience.silence = milliseconds(50);
  const Heard heard = Ask({"a"}, patience);
  liar.join();
  EXPECT_EQ(heard.ended.at("a").code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(NodeReportsTest, ListenersRefuseWhatIsTooMuch) {
  AddZones("a", 9);
  AddZones("b", 9);
  Heard heard;
  heard.refuse = "a";
  reports_.Collect({}, {"a", "b"}, Long(), heard);
  EXPECT_EQ(heard.ended.at("a"), absl::ResourceExhaustedError("enough"));
  EXPECT_EQ(heard.zones.at("a").size(), 2u);
  EXPECT_TRUE(heard.ended.at("b").ok());
}

TEST_F(NodeReportsTest, TwoWhoAskAtOnceAreBothTold) {
  AddZones("a", 14);
  Heard other;
  std::thread second([&] { reports_.Collect({}, {"a"}, Long(), other); });
  const Heard heard = Ask({"a"});
  second.join();
  EXPECT_EQ(heard.zones.at("a").size(), 14u);
  EXPECT_EQ(other.zones.at("a").size(), 14u);
}

TEST_F(NodeReportsTest, StopEndsThoseWhoWait) {
  nodes_.nodes["a"].silent = true;
  std::thread stopper([&] {
    while (nodes_.asked("a").empty()) std::this_thread::yield();
    reports_.Stop();
  });
  const Heard heard = Ask({"a"});
  stopper.join();
  EXPECT_EQ(heard.ended.at("a").code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Ask({"a"}).ended.at("a").code(), absl::StatusCode::kUnavailable);
}

TEST_F(NodeReportsTest, WhoGivesUpIsAskedWhether) {
  AddZones("a", 14);
  NodeReports::Patience patience = Long();
  patience.given_up = [] { return true; };
  EXPECT_EQ(Ask({"a"}, patience).ended.at("a").code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace quartet::controller
