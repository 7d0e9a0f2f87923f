#include "controller/restore/restores.h"

#include <gmock/gmock.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/reports/test_nodes.h"
#include "replication/base/clock.h"
#include "replication/digest/digest.h"
#include "replication/feed/secrets.h"
#include "replication/feed/test_controller.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"
#include "replication/restore/new_epoch.h"
#include "replication/store/memory_store.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;
using replication::TestZoneId;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr uint64_t kOldEpoch = uint64_t{1'700'000'000} << 24 | 5;
const Caller kAdmin{"quartet://admin/a"};

// A restored controller with zones Za and Zb on ns1 and Zc on ns2, and a counted node of each. The nodes have what is
// restored until a test has them have something else.
class RestoresTest : public ::testing::Test {
 protected:
  RestoresTest() {
    auto store = std::make_unique<store::MemoryStore>();
    replication::TestController entries(*store, kOldEpoch);
    entries.Enroll("n1", "ns1", stored::v1::NODE_STATE_COUNTED);
    entries.Enroll("n2", "ns2", stored::v1::NODE_STATE_COUNTED);
    entries.Enroll("old", "ns2", stored::v1::NODE_STATE_DRAINED);
    entries.CreateZone(TestZoneId("Za"), "example.org.", {"ns1"});
    entries.ChangeZone(TestZoneId("Za"), {{kWww, "1"}, {kMail, "1"}});
    entries.CreateZone(TestZoneId("Zb"), "example.net.", {"ns1"});
    entries.CreateZone(TestZoneId("Zc"), "example.com.", {"ns2"});
    head_ = entries.head();
    for (const auto& [node, zones] : {std::pair("n1", std::vector<std::string>{"Za", "Zb"}),
                                      std::pair("n2", std::vector<std::string>{"Zc"})}) {
      SetCursor(node, head_.epoch, head_.index);
      for (const std::string& zone : zones) GiveZone(*store, node, TestZoneId(zone));
    }
    stored::v1::RestoreRow row;
    row.set_backup("/backups/1");
    EXPECT_TRUE(
        replication::BeginEpoch(*store, replication::EpochAfter(kOldEpoch, 1'800'000'000, 7), row).ok());
    controller_ = std::move(Controller::Open(std::move(store), clock_, replication::SystemRandom(),
                                             {.name = "c-1", .version = "0.1"}))
                      .value();
    nodes_.reports = &reports_;
    Begin();
  }

  // A process begins.
  void Begin() {
    restores_ = std::make_unique<Restores>(
        *controller_, reports_,
        Restores::Feed{[this] { return Progress(); }, [this](bool unsettled) { unsettled_ = unsettled; }});
  }

  std::vector<replication::NodeProgress> Progress() const {
    std::vector<replication::NodeProgress> progress;
    for (const auto& [name, node] : nodes_.nodes) {
      replication::NodeProgress& one = progress.emplace_back();
      one.node = name;
      one.connected = true;
      one.sockets_closed = drained_ == name;
    }
    return progress;
  }

  void SetCursor(const std::string& node, uint64_t epoch, uint64_t index, char chain = '\0') {
    replication::v1::Position& cursor = *nodes_.nodes[node].cursor.mutable_cursor();
    cursor.set_epoch(epoch);
    cursor.set_index(index);
    cursor.set_chain(chain == '\0' ? std::string(head_.chain.begin(), head_.chain.end())
                                   : std::string(16, chain));
  }

  // The zone and its record sets as they are in `store`.
  void GiveZone(const store::Store& store, const std::string& node, const std::string& id) {
    const replication::FullView view(store);
    const stored::v1::ZoneRow row = **view.Zone(id);
    replication::v1::ZoneReport& report = nodes_.nodes[node].zones[id];
    report.set_zone_id(id);
    report.set_name(row.name());
    report.set_revision(row.revision());
    report.set_epoch(kOldEpoch);
    report.set_digest(row.served_digest());
    report.set_digest_key_id(row.digest_key_id());
    replication::Hasher hasher(replication::ReadDigestKeys(store)->at(1));
    const auto visit = [&](const replication::FullView::Record& record) {
      nodes_.nodes[node].records[id][record.key] = hasher.Hash(record.key, record.served).ToBytes();
      return true;
    };
    EXPECT_TRUE(view.VisitRecords(id, *view.ZoneGeneration(id), "", "", visit).ok());
  }

  replication::v1::ZoneReport& Zone(const std::string& node, const std::string& zone) {
    replication::v1::ZoneReport& report = nodes_.nodes[node].zones[TestZoneId(zone)];
    report.set_zone_id(TestZoneId(zone));
    return report;
  }

  static NodeReports::Patience Patience(int ms = 60'000) {
    return {.deadline = NodeReports::Steady::now() + milliseconds(ms)};
  }

  v1::Restore Report(const std::string& zone = "") {
    v1::GetRestoreRequest request;
    if (!zone.empty()) request.set_zone("zones/" + TestZoneId(zone));
    absl::StatusOr<v1::Restore> restore = restores_->Get(request, Patience());
    EXPECT_TRUE(restore.ok()) << restore.status();
    return restore.ok() ? *restore : v1::Restore();
  }

  // Zones that differ, each in a line.
  std::vector<std::string> Zones() {
    std::vector<std::string> lines;
    const v1::Restore restore = Report();
    for (const v1::RestoredZone& zone : restore.zones()) {
      lines.push_back(absl::StrCat(zone.name(), " ", v1::RestoredZone::Kind_Name(zone.kind()).substr(5), " ",
                                   zone.revision(), " ", zone.node_revision(), " ", zone.nodes_total()));
    }
    return lines;
  }

  std::vector<std::string> Records(const v1::Restore& restore) {
    std::vector<std::string> lines;
    for (const v1::RestoredRecordSet& record : restore.records()) {
      lines.push_back(absl::StrCat(record.owner(), " ", record.type(), " ",
                                   v1::RestoredRecordSet::Kind_Name(record.kind()).substr(5)));
    }
    return lines;
  }

  absl::Status Confirm(bool force = false) {
    v1::ConfirmRestoreRequest request;
    request.set_force(force);
    return restores_->Confirm(kAdmin, request).status();
  }

  // Record keys of "mail A" and "www A".
  inline static const std::string kMail = std::string("mail\0\0\0\1", 8);
  inline static const std::string kWww = std::string("www\0\0\0\1", 7);

  replication::TestClock clock_;
  replication::Position head_;
  TestNodes nodes_;
  NodeReports reports_{nodes_};
  std::unique_ptr<Controller> controller_;
  bool unsettled_ = false;
  std::string drained_;
  std::unique_ptr<Restores> restores_;
};

TEST_F(RestoresTest, NothingIsMissingWhereNodesHaveWhatIsRestored) {
  EXPECT_TRUE(unsettled_);
  const v1::Restore restore = Report();
  EXPECT_EQ(restore.old_index(), head_.index);
  EXPECT_EQ(restore.backup(), "/backups/1");
  EXPECT_EQ(restore.zones_total(), 0u);
  EXPECT_EQ(restore.lost_entries(), 0u);
  ASSERT_THAT(restore.nodes(), SizeIs(2));
  EXPECT_EQ(restore.nodes(0).name(), "nodes/n1");
  EXPECT_TRUE(restore.nodes(0).reported() && restore.nodes(0).counted() && restore.nodes(0).connected());
  EXPECT_FALSE(restore.nodes(0).ahead());
  EXPECT_EQ(restore.nodes(0).index(), head_.index);
}

TEST_F(RestoresTest, NamesNodesThatAreAheadAndByHowMuch) {
  SetCursor("n1", kOldEpoch, head_.index + 7, 'x');
  SetCursor("n2", kOldEpoch + 1, 3, 'x');
  const v1::Restore restore = Report();
  EXPECT_EQ(restore.lost_entries(), 7u);
  EXPECT_TRUE(restore.nodes(0).ahead());
  EXPECT_EQ(restore.nodes(0).entries_ahead(), 7u);
  EXPECT_TRUE(restore.nodes(1).ahead());
  EXPECT_EQ(restore.nodes(1).entries_ahead(), 0u);
}

TEST_F(RestoresTest, NamesZonesByWhatBecomesOfThem) {
  SetCursor("n1", kOldEpoch, head_.index + 7, 'x');
  SetCursor("n2", kOldEpoch, head_.index + 7, 'x');
  // Changed since; deleted since; made since; of another history.
  Zone("n1", "Za").set_revision(5);
  nodes_.nodes["n1"].zones.erase(TestZoneId("Zb"));
  Zone("n1", "Zd").set_revision(1);
  Zone("n1", "Zd").set_name(std::string("\3new\0", 5));
  Zone("n2", "Zc").set_digest(std::string(16, 'x'));
  EXPECT_THAT(Zones(), ElementsAre("example.org. AHEAD 2 5 1", "example.net. RETURNS 1 0 1",
                                   "example.com. DIFFERS 1 1 1", "new. LOST 0 1 1"));
}

TEST_F(RestoresTest, AZoneThatMovedToAnotherNameserverIsLostThere) {
  GiveZone(controller_->replica(), "n2", TestZoneId("Za"));
  EXPECT_THAT(Zones(), ElementsAre("example.org. LOST 2 2 1"));
}

TEST_F(RestoresTest, WhatANodeHasNotGotYetIsNoLoss) {
  SetCursor("n1", kOldEpoch, head_.index - 2, 'x');
  Zone("n1", "Za").set_revision(1);
  nodes_.nodes["n1"].zones.erase(TestZoneId("Zb"));
  // Known by its id only.
  Zone("n1", "Zd").set_revision(0);
  EXPECT_THAT(Zones(), ElementsAre());
  // But one that was settled in a later epoch is of another history.
  Zone("n1", "Za").set_epoch(kOldEpoch + 1);
  EXPECT_THAT(Zones(), ElementsAre("example.org. DIFFERS 2 1 1"));
}

TEST_F(RestoresTest, SaysWhatOneZonesRecordSetsBecome) {
  auto& records = nodes_.nodes["n1"].records[TestZoneId("Za")];
  records[kWww] = std::string(16, 'x');
  records.erase(kMail);
  records[std::string("a\0\0\0\1", 5)] = std::string(16, 'y');
  const v1::Restore restore = Report("Za");
  EXPECT_EQ(restore.records_total(), 3u);
  EXPECT_THAT(Records(restore), ElementsAre("a.example.org. A LOST", "mail.example.org. A RETURNS",
                                            "www.example.org. A CHANGES"));
  EXPECT_THAT(restore.records(0).nodes(), ElementsAre("nodes/n1"));
}

TEST_F(RestoresTest, AZoneThatOnlyNodesHaveIsLostWhole) {
  Zone("n1", "Zd").set_revision(1);
  Zone("n1", "Zd").set_digest_key_id(1);
  Zone("n1", "Zd").set_name(std::string("\3new\0", 5));
  nodes_.nodes["n1"].records[TestZoneId("Zd")][kWww] = std::string(16, 'x');
  EXPECT_THAT(Records(Report("Zd")), ElementsAre("www.new. A LOST"));
  v1::GetRestoreRequest request;
  request.set_zone("zones/" + TestZoneId("Zx"));
  EXPECT_EQ(restores_->Get(request, Patience()).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(RestoresTest, TakesNoChangesUntilItIsConfirmed) {
  v1::SetStripeDomainRequest domain;
  domain.set_name("stripes/a");
  domain.set_domain("quartet-a.test");
  const absl::Status refused = controller_->SetStripeDomain(kAdmin, domain).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("quartet restore confirm"));
  Report();
  ASSERT_TRUE(Confirm().ok());
  EXPECT_FALSE(unsettled_);
  EXPECT_TRUE(controller_->SetStripeDomain(kAdmin, domain).ok());
  const v1::Restore restore = Report();
  EXPECT_EQ(restore.confirmed_by(), "quartet://admin/a");
  EXPECT_THAT(restore.nodes(), SizeIs(0));
  EXPECT_EQ(Confirm().code(), absl::StatusCode::kFailedPrecondition);
  // The next process begins settled.
  Begin();
  EXPECT_FALSE(unsettled_);
}

TEST_F(RestoresTest, IsNotConfirmedBeforeEveryCountedNodeHasTold) {
  EXPECT_THAT(std::string(Confirm().message()), HasSubstr("2 nodes have not told yet"));
  nodes_.nodes["n2"].silent = true;
  v1::GetRestoreRequest request;
  const absl::StatusOr<v1::Restore> restore = restores_->Get(request, Patience(50));
  ASSERT_TRUE(restore.ok());
  EXPECT_FALSE(restore->nodes(1).reported());
  EXPECT_THAT(restore->nodes(1).problem(), HasSubstr("within the time"));
  const absl::Status refused = Confirm();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()),
              HasSubstr("1 node has not told yet what the restored state lacks: n2"));
  EXPECT_TRUE(unsettled_);
  EXPECT_TRUE(Confirm(true).ok());
  EXPECT_FALSE(unsettled_);
}

TEST_F(RestoresTest, ANodeThatIsAwayOrLiesIsSaidToBe) {
  nodes_.nodes.erase("n2");
  replication::v1::ReportPart lie;
  lie.add_zones()->set_zone_id("nonsense");
  lie.set_last(true);
  nodes_.nodes["n1"].lies = {lie};
  const v1::Restore restore = Report();
  EXPECT_THAT(restore.nodes(0).problem(), HasSubstr("its report is none"));
  EXPECT_FALSE(restore.nodes(0).reported());
  EXPECT_EQ(restore.nodes(1).problem(), "it is not connected");
  EXPECT_FALSE(restore.nodes(1).connected());
  EXPECT_EQ(Confirm().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(RestoresTest, ANodeThatWasDrainedSinceIsNamed) {
  drained_ = "n1";
  const v1::Restore restore = Report();
  EXPECT_TRUE(restore.nodes(0).reported());
  EXPECT_THAT(restore.nodes(0).problem(), HasSubstr("drained since"));
}

TEST_F(RestoresTest, TwoWhoAskAtOnceAreToldOneAfterTheOther) {
  Zone("n1", "Za").set_revision(5);
  v1::Restore other;
  std::thread second([&] { other = Report(); });
  const v1::Restore restore = Report();
  second.join();
  EXPECT_EQ(restore.zones_total(), 1u);
  EXPECT_EQ(other.zones_total(), 1u);
  // While one waits for a silent node, another waits no longer than it is ready to.
  nodes_.nodes["n2"].silent = true;
  std::thread waiting([&] { EXPECT_TRUE(restores_->Get({}, Patience(400)).ok()); });
  while (nodes_.asked("n2").size() < 3) std::this_thread::yield();
  EXPECT_EQ(restores_->Get({}, Patience(20)).status().code(), absl::StatusCode::kDeadlineExceeded);
  waiting.join();
}

TEST_F(RestoresTest, WhatWasNotRestoredHasNoReport) {
  auto store = std::make_unique<store::MemoryStore>();
  replication::TestController entries(*store, kOldEpoch);
  auto controller = std::move(Controller::Open(std::move(store), clock_, replication::SystemRandom(),
                                               {.name = "c-1", .version = "0.1"}))
                        .value();
  Restores restores(*controller, reports_,
                    {[] { return std::vector<replication::NodeProgress>(); },
                     [](bool) { ADD_FAILURE() << "it was settled all the time"; }});
  EXPECT_EQ(restores.Get({}, Patience()).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(restores.Confirm(kAdmin, {}).status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace quartet::controller
