#include "controller/assignment/move_plans.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/assignment/blast_radius.h"
#include "controller/assignment/reusable_sets.h"
#include "controller/assignment/usage.h"
#include "controller/roster/nameserver_states.h"
#include "controller/sequencer/plan_fixture.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_plans.h"
#include "dns/rdata/record_data.h"
#include "gtest/gtest.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"

namespace quartet::controller {
namespace {

using stored::v1::ZoneRow;

constexpr int64_t kSecond = 1'000'000;

class MovesTest : public PlanTest {
 protected:
  MovesTest() { MakeNameservers(2); }

  static uint64_t NoUsage(const std::string&) { return 0; }

  std::string MakeZone(const std::string& name, const std::string& set = "",
                       const std::string& account = "") {
    NewZone zone{*dns::Name::Parse(name), account, "", {}};
    zone.delegation_set = set;
    const auto made = Commit([&](const PlanContext& context) { return PlanNewZone(context, zone, NoUsage); });
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? made->zone_id : "";
  }

  absl::Status MakeSet(const std::string& id, std::vector<std::string> nameservers) {
    return Commit([&](const PlanContext& context) {
             return PlanDelegationSet(context, {id, "", "", nameservers}, NoUsage);
           })
        .status();
  }

  absl::StatusOr<Outcome> Move(const std::string& zone_id, const MoveTarget& target) {
    return Commit([&](const PlanContext& context) { return PlanMove(context, zone_id, target, NoUsage); });
  }

  // Whether an entry was appended.
  bool Made(PlanFn plan) {
    const auto outcome = Commit(std::move(plan));
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    return outcome.ok() && outcome->appended;
  }
  bool Serve(const std::string& zone_id) {
    return Made([&](const PlanContext& context) {
      return PlanServe(context, zone_id,
                       [&](const store::Reader&, const std::string& nameserver, const ZonePoint& point)
                           -> absl::StatusOr<bool> { return acknowledged_[nameserver] >= point.index; });
    });
  }
  bool Retire(const std::string& zone_id) {
    return Made([&](const PlanContext& context) { return PlanRetirement(context, zone_id, rules_); });
  }
  bool Remove(const std::string& zone_id) {
    return Made([&](const PlanContext& context) { return PlanRemoval(context, zone_id); });
  }
  bool Evacuate(const std::string& zone_id) {
    return Made([&](const PlanContext& context) { return PlanEvacuation(context, zone_id, NoUsage); });
  }
  absl::Status SetState(const std::string& id, stored::v1::NameserverState state) {
    return Commit([&](const PlanContext& context) { return PlanNameserverState(context, id, state); })
        .status();
  }
  absl::Status Replace(const std::string& old_id, const std::string& id) {
    const std::string address{10, 9, 9, static_cast<char>(++replaced_)};
    return Commit([&](const PlanContext& context) {
             return PlanReplacement(context, {old_id, id, {address}});
           })
        .status();
  }
  // All that is pending is INSYNC.
  void MakeInsync() {
    Made([&](const PlanContext&) -> absl::StatusOr<Plan> {
      Plan plan;
      stored::v1::InsyncEffect& insync = *plan.entry.add_effects()->mutable_insync();
      const auto pending = *view_.PendingChanges();
      for (const auto& change : pending) insync.add_change_ids(change.change_id);
      return plan;
    });
  }
  void Acknowledge(const std::string& nameserver) { acknowledged_[nameserver] = sequencer_->head().index; }

  ZoneRow Row(const std::string& zone_id) { return **view_.Zone(zone_id); }
  // "ns-a0 ns-b1+ ns-c1- …": JOINING and RETIRING ones are marked.
  std::string Places(const std::string& zone_id) {
    std::string text;
    const ZoneRow row = Row(zone_id);
    for (const auto& assignment : row.assignments()) {
      text += (text.empty() ? "" : " ") + assignment.target();
      if (assignment.state() == stored::v1::ASSIGNMENT_STATE_JOINING) text += "+";
      if (assignment.state() == stored::v1::ASSIGNMENT_STATE_RETIRING) text += "-";
    }
    return text;
  }
  dns::RecordSet Get(const std::string& zone_id, dns::Type type) {
    const dns::Name apex = *ApexOf(Row(zone_id));
    const std::string key = replication::RecordKey(apex, apex, type);
    return *replication::DecodeServed(
        key, (*view_.GetRecord(zone_id, *view_.ZoneGeneration(zone_id), key))->served, apex);
  }
  std::set<std::string> ApexNs(const std::string& zone_id) {
    std::set<std::string> hosts;
    const dns::RecordSet set = Get(zone_id, dns::Type::kNs);
    for (const dns::RecordData& ns : set.records()) hosts.insert(ns.Names().front().ToString());
    return hosts;
  }
  std::vector<std::string> LastTargets() {
    const auto committed = TakeCommitted();
    const auto& targets = committed.back().entry.header().targets();
    std::vector<std::string> sorted(targets.begin(), targets.end());
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  }
  std::string WholeMove(const std::string& zone_id) {
    for (const char* nameserver :
         {"ns-a0", "ns-a1", "ns-b0", "ns-b1", "ns-c0", "ns-c1", "ns-d0", "ns-d1", "ns-a9"})
      Acknowledge(nameserver);
    EXPECT_TRUE(Serve(zone_id));
    MakeInsync();
    EXPECT_TRUE(Retire(zone_id));
    clock_.now_us += 200'000 * kSecond;
    EXPECT_TRUE(Remove(zone_id));
    return Places(zone_id);
  }

  RetireRules rules_;
  std::map<std::string, uint64_t> acknowledged_;
  int replaced_ = 0;
};

const std::vector<std::string> kZeros = {"ns-a0", "ns-b0", "ns-c0", "ns-d0"};
const std::vector<std::string> kOnes = {"ns-a0", "ns-b0", "ns-c1", "ns-d1"};

TEST_F(MovesTest, AZoneGetsTheFourOfAReusableSet) {
  ASSERT_TRUE(MakeSet("blue", kOnes).ok());
  const std::string zone = MakeZone("example.com.", "blue");
  EXPECT_EQ(Places(zone), "ns-a0 ns-b0 ns-c1 ns-d1");
  EXPECT_EQ(Row(zone).delegation_set_id(), "blue");
}

TEST_F(MovesTest, ASetIsFourOfEachStripeWhoseSlotsMeet) {
  using Code = absl::StatusCode;
  EXPECT_EQ(MakeSet("three", {"ns-a0", "ns-b0", "ns-c0"}).code(), Code::kInvalidArgument);
  EXPECT_EQ(MakeSet("nobody", {"ns-a0", "ns-b0", "ns-c0", "ns-d7"}).code(), Code::kNotFound);
  EXPECT_EQ(MakeSet("twice", {"ns-a0", "ns-a1", "ns-c0", "ns-d0"}).code(), Code::kFailedPrecondition);
  EXPECT_EQ(MakeSet("odd", {"ns-a0", "ns-b0", "ns-c0", "ns-d1"}).code(), Code::kFailedPrecondition);
  EXPECT_EQ(MakeSet("Blue", kZeros).code(), Code::kInvalidArgument);
  ASSERT_TRUE(MakeSet("blue", {"ns-d0", "ns-c0", "ns-b0", "ns-a0"}).ok());
  EXPECT_EQ(MakeSet("blue", kZeros).code(), Code::kAlreadyExists);
  const auto sets = *ReadDelegationSets(store_);
  ASSERT_EQ(sets.size(), 1u);
  EXPECT_EQ(sets[0].row.nameservers(0), "ns-a0") << "in stripe order";
}

TEST_F(MovesTest, ASetsNameCanBeUsedAgainOnceItIsDeleted) {
  ASSERT_TRUE(MakeSet("blue", kZeros).ok());
  EXPECT_TRUE(
      Commit([&](const PlanContext& context) { return PlanDelegationSetDeletion(context, "blue"); }).ok());
  EXPECT_TRUE(ReadDelegationSets(store_)->empty());
  EXPECT_TRUE(MakeSet("blue", kOnes).ok());
  EXPECT_EQ(ReadDelegationSets(store_)->size(), 1u);
}

TEST_F(MovesTest, AReusableSetIsNotGivenToASecondZoneOfAName) {
  ASSERT_TRUE(MakeSet("blue", kZeros).ok());
  MakeZone("example.com.", "blue");
  NewZone zone{*dns::Name::Parse("example.com."), "", "", {}};
  zone.delegation_set = "blue";
  const auto made = Commit([&](const PlanContext& context) { return PlanNewZone(context, zone, NoUsage); });
  EXPECT_EQ(made.status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(MovesTest, AMoveGoesThroughItsStates) {
  ASSERT_TRUE(MakeSet("blue", kZeros).ok());
  const std::string zone = MakeZone("example.com.", "blue");
  ASSERT_TRUE(Move(zone, {kOnes, ""}).ok());
  EXPECT_EQ(Places(zone), "ns-a0 ns-b0 ns-c0 ns-c1+ ns-d0 ns-d1+");
  EXPECT_EQ(Row(zone).delegation_set_id(), "") << "it has left the set";
  EXPECT_TRUE(ApexNs(zone).contains("ns-c0.ns-c.test.")) << "nobody is sent to a joiner";
  EXPECT_EQ(Row(zone).serial(), 1u) << "nothing that is served has changed";

  Acknowledge("ns-c1");
  EXPECT_FALSE(Serve(zone)) << "ns-d1 does not have it";
  Acknowledge("ns-d1");
  EXPECT_TRUE(Serve(zone));
  EXPECT_EQ(Places(zone), "ns-a0 ns-b0 ns-c0- ns-c1 ns-d0- ns-d1");
  const std::set<std::string> four = {"ns-a0.ns-a.test.", "ns-b0.ns-b.test.", "ns-c1.ns-c.test.",
                                      "ns-d1.ns-d.test."};
  EXPECT_EQ(ApexNs(zone), four);
  EXPECT_EQ(LastTargets().size(), 6u);
  EXPECT_EQ(Row(zone).serial(), 2u);

  EXPECT_FALSE(Retire(zone)) << "some may still name the old ones";
  MakeInsync();
  const int64_t before_us = clock_.now_us;
  EXPECT_TRUE(Retire(zone));
  EXPECT_EQ(Places(zone), "ns-a0 ns-b0 ns-c0- ns-c1 ns-d0- ns-d1");
  EXPECT_FALSE(Remove(zone));
  // 172800 s, of parent and apex NS alike, and an hour.
  EXPECT_GE(MoveStateOf(Row(zone)).until_us, before_us + (172800 + 3600) * kSecond);
  clock_.now_us += (172800 + 3599) * kSecond;
  EXPECT_FALSE(Remove(zone));
  clock_.now_us += 2 * kSecond;
  EXPECT_TRUE(Remove(zone));
  EXPECT_EQ(Places(zone), "ns-a0 ns-b0 ns-c1 ns-d1");
  const std::vector<std::string> all = {"ns-a0", "ns-b0", "ns-c0", "ns-c1", "ns-d0", "ns-d1"};
  EXPECT_EQ(LastTargets(), all) << "those that are left have to hear of it";
  EXPECT_FALSE(MoveStateOf(Row(zone)).moving());
}

// DESIGN.md: SERVING is logged only once the acknowledgement covers all that is INSYNC by then.
TEST_F(MovesTest, AJoinerDoesNotServeBeforeItHasAllThatIsInsync) {
  ASSERT_TRUE(MakeSet("blue", kZeros).ok());
  const std::string zone = MakeZone("example.com.", "blue");
  MakeInsync();
  ASSERT_TRUE(Move(zone, {kOnes, ""}).ok());
  Acknowledge("ns-c1");
  Acknowledge("ns-d1");
  const auto change = [&](const std::string& owner) {
    RecordSetEdit edit;
    edit.action = RecordSetEdit::Action::kUpsert;
    edit.owner = *dns::Name::Parse(owner);
    edit.type = dns::Type::kTxt;
    edit.record_set = *dns::RecordSet::Create(
        edit.owner, 60, {*dns::RecordData::Parse(dns::Type::kTxt, "\"x\"", dns::Name())});
    const auto made = Commit([&](const PlanContext& context) { return PlanChanges(context, zone, {edit}); });
    ASSERT_TRUE(made.ok()) << made.status();
  };
  change("a.example.com.");
  MakeInsync();
  EXPECT_FALSE(Serve(zone)) << "the four serve what the joiners lack";
  Acknowledge("ns-c1");
  Acknowledge("ns-d1");
  // One that is not INSYNC may be missing: it will wait for the joiners too.
  change("b.example.com.");
  EXPECT_TRUE(Serve(zone));
}

TEST_F(MovesTest, ARestartGoesOnAtAnyStep) {
  ASSERT_TRUE(MakeSet("blue", kZeros).ok());
  const std::string zone = MakeZone("example.com.", "blue");
  ASSERT_TRUE(Move(zone, {kOnes, ""}).ok());
  Reopen();
  Acknowledge("ns-c1");
  Acknowledge("ns-d1");
  EXPECT_TRUE(Serve(zone));
  Reopen();
  MakeInsync();
  EXPECT_TRUE(Retire(zone));
  Reopen();
  clock_.now_us += 200'000 * kSecond;
  EXPECT_TRUE(Remove(zone));
  EXPECT_EQ(Places(zone), "ns-a0 ns-b0 ns-c1 ns-d1");
}

TEST_F(MovesTest, TheRegistryIsWaitedFor) {
  ASSERT_TRUE(MakeSet("blue", kZeros).ok());
  const std::string zone = MakeZone("example.com.", "blue");
  ASSERT_TRUE(Move(zone, {kOnes, ""}).ok());
  Acknowledge("ns-c1");
  Acknowledge("ns-d1");
  EXPECT_TRUE(Serve(zone));
  MakeInsync();
  rules_.registry_confirmed = [](const ZoneRow&) { return false; };
  EXPECT_FALSE(Retire(zone));
  rules_.registry_confirmed = [](const ZoneRow&) { return true; };
  rules_.retire_us = 5 * kSecond;
  EXPECT_TRUE(Retire(zone));
  clock_.now_us += 6 * kSecond;
  EXPECT_TRUE(Remove(zone));
}

TEST_F(MovesTest, WhatCanNotBeMovedIsRefused) {
  using Code = absl::StatusCode;
  ASSERT_TRUE(MakeSet("blue", kZeros).ok());
  const std::string zone = MakeZone("example.com.", "blue");
  EXPECT_EQ(Move(zone, {{"ns-a0"}, ""}).status().code(), Code::kInvalidArgument);
  EXPECT_EQ(Move(zone, {kOnes, "blue"}).status().code(), Code::kInvalidArgument);
  EXPECT_EQ(Move(zone, {{}, "red"}).status().code(), Code::kNotFound);
  EXPECT_EQ(Move("Z0000000000000", {kOnes, ""}).status().code(), Code::kNotFound);
  EXPECT_FALSE(Move(zone, {{}, "blue"})->appended) << "it is so already";
  ASSERT_TRUE(Move(zone, {kOnes, ""}).ok());
  EXPECT_EQ(Move(zone, {kZeros, ""}).status().code(), Code::kFailedPrecondition)
      << "another one is under way";
  Acknowledge("ns-c1");
  Acknowledge("ns-d1");
  ASSERT_TRUE(Serve(zone));
  MakeInsync();
  ASSERT_TRUE(Retire(zone));
  EXPECT_EQ(Move(zone, {kZeros, ""}).status().code(), Code::kFailedPrecondition) << "ns-c0 is leaving";
  EXPECT_TRUE(Move(zone, {{"ns-a1", "ns-b1", "ns-c1", "ns-d1"}, ""}).ok()) << "others may join meanwhile";
}

TEST_F(MovesTest, AnImportThatRestsOnTheRevisionIsNotDisturbed) {
  ASSERT_TRUE(MakeSet("blue", kZeros).ok());
  const std::string zone = MakeZone("example.com.", "blue");
  ASSERT_TRUE(Move(zone, {kOnes, ""}).ok());
  Acknowledge("ns-c1");
  Acknowledge("ns-d1");
  ASSERT_TRUE(Made([&](const PlanContext& context) -> absl::StatusOr<Plan> {
    Plan plan;
    stored::v1::StageEffect& stage = *plan.entry.add_effects()->mutable_stage();
    stage.set_zone_id(zone);
    stage.set_digest_key_id(context.digest_key_id);
    return plan;
  }));
  EXPECT_FALSE(Serve(zone));
}

TEST_F(MovesTest, ADrainingNameserverGetsNoNewZonesAndKeepsItsOwn) {
  ASSERT_TRUE(MakeSet("blue", kZeros).ok());
  const std::string zone = MakeZone("example.com.", "blue");
  ASSERT_TRUE(SetState("ns-a0", stored::v1::NAMESERVER_STATE_DRAINING).ok());
  for (int i = 0; i < 20; ++i) {
    const std::string other = MakeZone(absl::StrCat("n", i, ".test."));
    EXPECT_EQ(Places(other).find("ns-a0"), std::string::npos);
  }
  EXPECT_EQ(Places(zone), "ns-a0 ns-b0 ns-c0 ns-d0");
  EXPECT_FALSE(Evacuate(zone)) << "nobody asked for it";
  EXPECT_EQ(SetState("ns-a0", stored::v1::NAMESERVER_STATE_RETIRED).code(),
            absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(Move(zone, {}).ok());
  EXPECT_EQ(Places(zone).find("ns-a0 "), 0u);
  WholeMove(zone);
  EXPECT_EQ(Places(zone).find("ns-a0"), std::string::npos) << "chosen anew, away from it";
  EXPECT_EQ(SetState("ns-a0", stored::v1::NAMESERVER_STATE_RETIRED).code(),
            absl::StatusCode::kFailedPrecondition)
      << "it is in set blue";
  ASSERT_TRUE(
      Commit([&](const PlanContext& context) { return PlanDelegationSetDeletion(context, "blue"); }).ok());
  EXPECT_TRUE(SetState("ns-a0", stored::v1::NAMESERVER_STATE_RETIRED).ok());
  EXPECT_EQ(SetState("ns-a0", stored::v1::NAMESERVER_STATE_ACTIVE).code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(MovesTest, AReplacementInheritsSlotRegionAndZones) {
  ASSERT_TRUE(MakeSet("blue", kZeros).ok());
  const std::string zone = MakeZone("example.com.", "blue");
  ASSERT_TRUE(Replace("ns-a0", "ns-a9").ok());
  const auto roster = *ReadRoster(store_);
  const auto& replacement = roster.nameservers.at("ns-a9").row;
  EXPECT_EQ(replacement.slot(), 0u);
  EXPECT_EQ(replacement.stripe(), "a");
  EXPECT_EQ(replacement.region(), "eu-west");
  EXPECT_EQ(roster.nameservers.at("ns-a0").row.state(), stored::v1::NAMESERVER_STATE_DRAINING);
  EXPECT_EQ(Replace("ns-a0", "ns-a8").code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(SetState("ns-a0", stored::v1::NAMESERVER_STATE_ACTIVE).code(),
            absl::StatusCode::kFailedPrecondition)
      << "its slot is taken";
  EXPECT_EQ(ReadDelegationSets(store_)->at(0).row.nameservers(0), "ns-a9");

  EXPECT_TRUE(Evacuate(zone));
  EXPECT_EQ(Places(zone), "ns-a0 ns-a9+ ns-b0 ns-c0 ns-d0");
  EXPECT_EQ(WholeMove(zone), "ns-a9 ns-b0 ns-c0 ns-d0");
  EXPECT_EQ(Row(zone).delegation_set_id(), "blue") << "the set has the replacement too";
  EXPECT_TRUE(SetState("ns-a0", stored::v1::NAMESERVER_STATE_RETIRED).ok());
}

TEST_F(MovesTest, AddressesCanBeChangedAndAreNobodyElses) {
  const std::string mine{10, 1, 1, 1};
  const std::string of_b0{10, 0, 1, 0};
  const auto set = [&](const std::vector<std::string>& addresses) {
    return Commit([&](const PlanContext& context) { return PlanAddresses(context, "ns-a0", addresses); });
  };
  EXPECT_TRUE(set({mine})->appended);
  EXPECT_FALSE(set({mine})->appended);
  EXPECT_EQ(set({mine, of_b0}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(set({}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(MovesTest, UsageFollowsMoves) {
  Usage usage;
  ASSERT_TRUE(MakeSet("blue", kZeros).ok());
  const std::string zone = MakeZone("example.com.", "blue");
  const auto follow = [&] {
    for (const Sequencer::Committed& one : TakeCommitted()) usage.Committed(one.entry);
  };
  follow();
  EXPECT_EQ(usage.ZonesOfSet("blue"), 1u);
  ASSERT_TRUE(Move(zone, {kOnes, ""}).ok());
  follow();
  EXPECT_EQ(usage.ZonesOfSet("blue"), 0u);
  EXPECT_EQ(usage.ZonesOf("ns-c1"), 1u);
  WholeMove(zone);
  follow();
  EXPECT_EQ(usage.ZonesOf("ns-c0"), 0u);
  Usage read;
  ASSERT_TRUE(read.Load(store_).ok());
  for (const char* id : {"ns-a0", "ns-a1", "ns-b0", "ns-c0", "ns-c1", "ns-d0", "ns-d1"})
    EXPECT_EQ(usage.ZonesOf(id), read.ZonesOf(id)) << id;
  EXPECT_EQ(usage.zones(), 1u);
}

TEST_F(MovesTest, TheBlastRadiusCountsWhatIsLeft) {
  ASSERT_TRUE(MakeSet("blue", kZeros).ok());
  ASSERT_TRUE(MakeSet("red", kOnes).ok());
  MakeZone("one.test.", "blue");
  MakeZone("two.test.", "red");
  const auto radius = [&](const std::vector<std::string>& lost) {
    admin::v1::GetBlastRadiusRequest request;
    for (const std::string& one : lost) request.add_lost(one);
    return BlastRadiusOf(store_, request);
  };
  const auto some =
      *radius({"nameservers/ns-c0", "regions/sa-east", "nameservers/ns-a0", "nameservers/ns-b0"});
  ASSERT_EQ(some.left_size(), 5);
  EXPECT_EQ(some.zones(), 2u);
  EXPECT_EQ(some.left(0).zones(), 1u);
  EXPECT_EQ(some.left(0).examples(0), "one.test.");
  EXPECT_EQ(some.left(1).zones(), 1u);
  EXPECT_EQ(some.left(1).examples(0), "two.test.");
  EXPECT_EQ(radius({"nameservers/ns-d0"})->left(4).zones(), 1u);
  EXPECT_EQ(radius({}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(radius({"zones/x"}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(radius({"regions/mars"}).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace quartet::controller
