#include "controller/verify/verification.h"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/inspection/quarantine.h"
#include "controller/reports/test_nodes.h"
#include "controller/sequencer/plan_fixture.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_plans.h"
#include "gtest/gtest.h"
#include "replication/feed/entry_filter.h"
#include "replication/replica/layout.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;
namespace layout = replication::layout;
using v1::RecordSetDifference;
using v1::ZoneDifference;

// Nodes that note what they are told to compare.
class Nodes : public TestNodes {
 public:
  absl::Status CompareZones(const std::string& node, const replication::v1::CompareZones& zones) override {
    for (const auto& zone : zones.zones()) compared.push_back(absl::StrCat(node, " ", zone.id()));
    return absl::OkStatus();
  }
  std::vector<std::string> compared;
};

// A controller's replica with three zones, and four nodes that have them as they should, until a test changes that.
class VerificationTest : public PlanTest {
 protected:
  VerificationTest() {
    MakeNameservers(1);
    nodes_.reports = &reports_;
    quarantine_ = std::move(Quarantine::Open(store_, clock_)).value();
    for (const char* name : {"example.com.", "example.net.", "example.org."}) MakeZone(name);
    for (const char* stripe : {"a", "b", "c", "d"})
      Fill(absl::StrCat("n-", stripe), absl::StrCat("ns-", stripe, "0"));
  }

  void MakeZone(const std::string& name) {
    const NewZone zone{*dns::Name::Parse(name), "", "", {}, ""};
    zones_.push_back(Commit([&](const PlanContext& context) {
                       return PlanNewZone(context, zone, [](const std::string&) { return uint64_t{0}; });
                     })->zone_id);
  }

  replication::Hasher MakeHasher() {
    replication::ZoneOnDisk zone;
    zone.zone_id = zones_.front();
    EXPECT_TRUE(replication::ReadControllerZoneOnDisk(store_, zone).ok());
    return replication::Hasher(zone.digest_key);
  }

  void Fill(const std::string& name, const std::string& nameserver) {
    TestNodes::Node& node = nodes_.nodes[name];
    nameservers_[name] = nameserver;
    node.cursor.mutable_cursor()->set_epoch(sequencer_->head().epoch);
    for (const std::string& id : zones_) {
      const auto row = replication::NodeRowFor(**view_.Zone(id), nameserver);
      replication::v1::ZoneReport& report = node.zones[id];
      report.set_zone_id(id);
      report.set_name(row->name());
      report.set_revision(row->revision());
      report.set_epoch(sequencer_->head().epoch);
      report.set_digest(row->served_digest());
      report.set_digest_key_id(row->digest_key_id());
      report.set_record_sets(row->record_sets());
      const std::string prefix = layout::Generation(id, 1);
      replication::Hasher hasher = MakeHasher();
      for (auto it = store_.Scan(prefix, store::PrefixEnd(prefix)); it->Valid(); it->Next()) {
        const std::string key(it->key().substr(prefix.size()));
        node.served[id][key] = std::string(it->value());
        node.records[id][key] = hasher.Hash(key, it->value()).ToBytes();
      }
    }
  }

  // Changes what a node has; its row goes with it.
  void SetRecord(const std::string& node, const std::string& zone, const std::string& key,
                 const std::string& value) {
    replication::Hasher hasher = MakeHasher();
    nodes_.nodes[node].records[zone][key] = hasher.Hash(key, value).ToBytes();
    nodes_.nodes[node].served[zone][key] = value;
    MakeRowFit(node, zone);
  }
  void RemoveRecord(const std::string& node, const std::string& zone, const std::string& key) {
    nodes_.nodes[node].records[zone].erase(key);
    MakeRowFit(node, zone);
  }
  void MakeRowFit(const std::string& node, const std::string& zone) {
    replication::Digest sum;
    for (const auto& [key, digest] : nodes_.nodes[node].records[zone])
      sum += replication::Digest::FromBytes(digest);
    nodes_.nodes[node].zones[zone].set_digest(sum.ToBytes());
    nodes_.nodes[node].zones[zone].set_record_sets(nodes_.nodes[node].records[zone].size());
  }

  std::string SoaKey() const { return std::string("\0\0\6", 3); }
  std::string NsKey() const { return std::string("\0\0\2", 3); }
  // www, A.
  std::string WwwKey() const { return std::string("www\0\0\0\1", 7); }

  void Damage(const std::string& key) {
    store::Batch batch;
    batch.Put(key, "damaged");
    ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kYes).ok());
  }

  absl::Status Verify(const std::string& zone = "", bool deep = false, bool repair = false) {
    found_.clear();
    uncompared_.clear();
    VerifyContext context{store_,
                          reports_,
                          nodes_,
                          *quarantine_,
                          "controllers/c-1",
                          sequencer_->head().epoch,
                          zones_.size(),
                          nameservers_,
                          [this](const v1::VerifyResponse& response) {
                            if (response.has_difference()) found_.push_back(response.difference());
                            if (response.has_uncompared()) uncompared_.push_back(response.uncompared());
                            if (response.has_summary()) summary_ = response.summary();
                            return !deaf_;
                          },
                          [this] { return deaf_; },
                          std::chrono::milliseconds(1)};
    return Verification(context, zone, deep, repair).Run();
  }

  std::vector<std::string> zones_;
  Nodes nodes_;
  NodeReports reports_{nodes_};
  std::map<std::string, std::string> nameservers_;
  std::unique_ptr<Quarantine> quarantine_;
  bool deaf_ = false;
  std::vector<ZoneDifference> found_;
  std::vector<v1::UncomparedZone> uncompared_;
  v1::VerifySummary summary_;
};

TEST_F(VerificationTest, EqualReplicasAreAllComparedAndNoneDiffers) {
  ASSERT_TRUE(Verify().ok());
  EXPECT_EQ(summary_.zones(), 3u);
  EXPECT_EQ(summary_.replicas(), 5u);
  EXPECT_EQ(summary_.compared(), 15u);
  EXPECT_EQ(summary_.different() + summary_.uncompared() + summary_.unreachable(), 0u);
  ASSERT_TRUE(Verify(zones_[1]).ok());
  EXPECT_EQ(summary_.compared(), 5u);
  EXPECT_EQ(summary_.different(), 0u);
}

TEST_F(VerificationTest, ADifferenceIsToldToTheRecordSet) {
  SetRecord("n-b", zones_[1], SoaKey(), "another");
  SetRecord("n-b", zones_[1], WwwKey(), "one more");
  RemoveRecord("n-b", zones_[1], NsKey());
  for (const std::string& asked : {std::string(), zones_[1]}) {
    ASSERT_TRUE(Verify(asked).ok());
    ASSERT_EQ(found_.size(), 1u);
    const ZoneDifference& found = found_[0];
    EXPECT_EQ(found.zone(), "zones/" + zones_[1]);
    EXPECT_EQ(found.domain_name(), "example.net.");
    EXPECT_EQ(found.replica(), "nodes/n-b");
    EXPECT_EQ(found.kind(), ZoneDifference::KIND_DIFFERS);
    EXPECT_NE(found.digest(), found.replica_digest());
    ASSERT_EQ(found.record_sets_size(), 3);
    EXPECT_EQ(found.record_sets_total(), 3u);
    EXPECT_EQ(found.record_sets(0).type(), "NS");
    EXPECT_EQ(found.record_sets(0).kind(), RecordSetDifference::KIND_MISSING);
    EXPECT_EQ(found.record_sets(1).type(), "SOA");
    EXPECT_EQ(found.record_sets(1).kind(), RecordSetDifference::KIND_OTHER);
    EXPECT_EQ(found.record_sets(2).owner(), "www.example.net.");
    EXPECT_EQ(found.record_sets(2).type(), "A");
    EXPECT_EQ(found.record_sets(2).kind(), RecordSetDifference::KIND_EXTRA);
    EXPECT_EQ(found.repair(), ZoneDifference::REPAIR_UNSPECIFIED);
    EXPECT_EQ(summary_.different(), 1u);
  }
}

TEST_F(VerificationTest, OneZoneIsReadBackSoThatDamageUnderARightRowIsFound) {
  const replication::v1::ZoneReport row = nodes_.nodes["n-c"].zones[zones_[0]];
  SetRecord("n-c", zones_[0], SoaKey(), "another");
  nodes_.nodes["n-c"].zones[zones_[0]] = row;
  ASSERT_TRUE(Verify().ok());
  EXPECT_TRUE(found_.empty());
  ASSERT_TRUE(Verify(zones_[0]).ok());
  ASSERT_EQ(found_.size(), 1u);
  EXPECT_EQ(found_[0].kind(), ZoneDifference::KIND_DAMAGED);
  ASSERT_EQ(found_[0].record_sets_size(), 1);
  EXPECT_EQ(found_[0].record_sets(0).type(), "SOA");
}

TEST_F(VerificationTest, ADeepOneHasNodesReadBackAllZones) {
  nodes_.nodes["n-c"].zones[zones_[0]].set_recomputed_digest(std::string(16, 'x'));
  ASSERT_TRUE(Verify("", true).ok());
  EXPECT_EQ(nodes_.asked("n-c")[0].depth(), replication::v1::DEPTH_RECOMPUTED);
  ASSERT_EQ(found_.size(), 1u);
  EXPECT_EQ(found_[0].kind(), ZoneDifference::KIND_DAMAGED);
  EXPECT_EQ(summary_.compared(), 15u);
}

TEST_F(VerificationTest, ZonesThatAreMissingOrTooManyAreTold) {
  nodes_.nodes["n-a"].zones.erase(zones_[2]);
  nodes_.nodes["n-a"].records.erase(zones_[2]);
  const std::string extra = TestZoneId(5);
  nodes_.nodes["n-d"].zones[extra] = nodes_.nodes["n-d"].zones[zones_[0]];
  nodes_.nodes["n-d"].zones[extra].set_zone_id(extra);
  ASSERT_TRUE(Verify("", false, true).ok());
  ASSERT_EQ(found_.size(), 2u);
  for (const ZoneDifference& found : found_) {
    const bool missing = found.zone() == "zones/" + zones_[2];
    EXPECT_EQ(found.kind(), missing ? ZoneDifference::KIND_MISSING : ZoneDifference::KIND_EXTRA);
    EXPECT_EQ(found.replica(), missing ? "nodes/n-a" : "nodes/n-d");
    EXPECT_EQ(found.repair(), ZoneDifference::REPAIR_REFUSED);
  }
}

TEST_F(VerificationTest, WhatCanNotBeComparedIsSaidAndIsNoDifference) {
  nodes_.nodes.erase("n-a");
  nodes_.nodes["n-b"].cursor.mutable_cursor()->set_epoch(1);
  nodes_.nodes["n-c"].zones[zones_[0]].set_behind("it can't be read");
  nodes_.nodes["n-d"].zones[zones_[1]].set_revision(9);
  ASSERT_TRUE(Verify().ok());
  EXPECT_TRUE(found_.empty());
  ASSERT_EQ(uncompared_.size(), 4u);
  std::map<std::string, std::string> reasons;
  for (const v1::UncomparedZone& one : uncompared_) reasons[one.replica()] = one.reason();
  EXPECT_NE(reasons["nodes/n-a"].find("not connected"), std::string::npos);
  EXPECT_NE(reasons["nodes/n-b"].find("another epoch"), std::string::npos);
  EXPECT_NE(reasons["nodes/n-c"].find("BEHIND"), std::string::npos);
  EXPECT_NE(reasons["nodes/n-d"].find("revision 9"), std::string::npos);
  EXPECT_EQ(summary_.unreachable(), 2u);
  EXPECT_EQ(summary_.uncompared(), 2u);
}

TEST_F(VerificationTest, ALyingNodeCostsABoundedEffort) {
  for (int i = 0; i < 3000; ++i) nodes_.nodes["n-a"].zones[TestZoneId(i)] = TestZone(i, 1);
  nodes_.nodes["n-a"].part = 200;
  ASSERT_TRUE(Verify().ok());
  EXPECT_EQ(summary_.different(), 1000u);
  EXPECT_EQ(summary_.uncompared(), 2000u);
  // The others are compared as ever.
  EXPECT_GE(summary_.compared(), 15u);
  // Twenty times the first few; then it is known.
  EXPECT_LT(nodes_.asked("n-a").size(), 1100u);
}

TEST_F(VerificationTest, NodesThatDifferAreToldToCompareIfAsked) {
  SetRecord("n-b", zones_[1], SoaKey(), "another");
  SetRecord("n-c", zones_[2], SoaKey(), "another");
  nodes_.nodes["n-c"].zones[zones_[2]].set_behind("stopped: it would be one more than may be");
  ASSERT_TRUE(Verify("", false, true).ok());
  EXPECT_EQ(nodes_.compared, std::vector<std::string>{"n-b " + zones_[1]});
  ASSERT_EQ(found_.size(), 2u);
  for (const ZoneDifference& found : found_) {
    const bool told = found.replica() == "nodes/n-b";
    EXPECT_EQ(found.repair(), told ? ZoneDifference::REPAIR_ASKED : ZoneDifference::REPAIR_REFUSED);
    EXPECT_EQ(found.repair_problem().find("allow-repair") == std::string::npos, told);
  }
}

TEST_F(VerificationTest, TheControllersOwnDamageIsQuarantinedAndNothingOfItIsARemedy) {
  Damage(layout::Record(zones_[0], 1, SoaKey()));
  SetRecord("n-a", zones_[0], NsKey(), "another");
  ASSERT_TRUE(Verify().ok());
  EXPECT_EQ(quarantine_->size(), 1u);
  ASSERT_EQ(found_.size(), 2u);
  EXPECT_EQ(found_[0].replica(), "controllers/c-1");
  EXPECT_EQ(found_[0].kind(), ZoneDifference::KIND_DAMAGED);
  EXPECT_EQ(found_[1].replica(), "nodes/n-a");
  EXPECT_EQ(found_[1].record_sets_size(), 0);
  EXPECT_NE(found_[1].record_sets_problem(), "");
}

TEST_F(VerificationTest, TheControllersOwnDamageIsRepairedFromANodeThatIsRight) {
  const std::string soa = layout::Record(zones_[0], 1, SoaKey());
  const std::string right = **store_.Get(soa);
  Damage(soa);
  Damage(layout::Record(zones_[0], 1, WwwKey()));
  // It says that it is right, and is not.
  const replication::v1::ZoneReport row = nodes_.nodes["n-a"].zones[zones_[0]];
  SetRecord("n-a", zones_[0], NsKey(), "another");
  nodes_.nodes["n-a"].zones[zones_[0]] = row;
  ASSERT_TRUE(Verify("", false, true).ok());
  EXPECT_EQ(quarantine_->size(), 0u);
  EXPECT_EQ(**store_.Get(soa), right);
  ASSERT_EQ(found_.size(), 1u);
  EXPECT_EQ(found_[0].repair(), ZoneDifference::REPAIR_DONE);
  EXPECT_EQ(found_[0].repair_source(), "nodes/n-b");
  ASSERT_EQ(found_[0].record_sets_size(), 2);
  EXPECT_EQ(found_[0].record_sets(0).kind(), RecordSetDifference::KIND_OTHER);
  EXPECT_EQ(found_[0].record_sets(1).kind(), RecordSetDifference::KIND_EXTRA);
  ASSERT_TRUE(Verify(zones_[0]).ok());
  // The liar is found to be damaged itself.
  ASSERT_EQ(found_.size(), 1u);
  EXPECT_EQ(found_[0].replica(), "nodes/n-a");
}

TEST_F(VerificationTest, WhereNoNodeIsRightNothingIsChanged) {
  const std::string soa = layout::Record(zones_[0], 1, SoaKey());
  Damage(soa);
  for (auto& [name, node] : nodes_.nodes) SetRecord(name, zones_[0], NsKey(), "another");
  ASSERT_TRUE(Verify(zones_[0], false, true).ok());
  EXPECT_EQ(found_[0].repair(), ZoneDifference::REPAIR_REFUSED);
  EXPECT_EQ(**store_.Get(soa), "damaged");
  EXPECT_EQ(quarantine_->size(), 1u);
  EXPECT_TRUE(nodes_.compared.empty());
}

TEST_F(VerificationTest, DamagedControlPartsAreToldToNeedABackup) {
  Damage(layout::Control(zones_[0], 1, SoaKey()));
  ASSERT_TRUE(Verify(zones_[0], false, true).ok());
  ASSERT_EQ(found_.size(), 1u);
  EXPECT_EQ(found_[0].repair(), ZoneDifference::REPAIR_REFUSED);
  EXPECT_NE(found_[0].repair_problem().find("backup"), std::string::npos);
}

TEST_F(VerificationTest, ItEndsWhenNobodyListens) {
  deaf_ = true;
  EXPECT_EQ(Verify().code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace quartet::controller
