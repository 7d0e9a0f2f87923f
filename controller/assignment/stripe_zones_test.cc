#include "controller/assignment/stripe_zones.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "controller/assignment/move_plans.h"
#include "controller/roster/nameserver_states.h"
#include "controller/roster/roster_plans.h"
#include "controller/sequencer/plan_fixture.h"
#include "controller/zones/faults.h"
#include "controller/zones/system_zones.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_plans.h"
#include "gtest/gtest.h"
#include "replication/record/record_value.h"

namespace quartet::controller {
namespace {

uint64_t NoUsage(const std::string&) { return 0; }

class StripeZonesTest : public PlanTest {
 protected:
  // Whether it made an entry.
  bool Keep(const std::string& stripe) {
    const auto kept =
        Commit([&](const PlanContext& context) { return PlanStripeZone(context, stripe, NoUsage); });
    EXPECT_TRUE(kept.ok()) << kept.status();
    return kept.ok() && kept->appended;
  }

  stored::v1::ZoneRow Row(const std::string& stripe) {
    const auto ids = *view_.ZonesNamed("", *dns::Name::Parse("ns-" + stripe + ".test."));
    return **view_.Zone(ids.at(0));
  }

  // "ns-a0.ns-a.test. A 10.0.0.0", those of the SOA apart.
  std::set<std::string> Records(const std::string& stripe) {
    const stored::v1::ZoneRow row = Row(stripe);
    const dns::Name apex = *ApexOf(row);
    std::set<std::string> texts;
    EXPECT_TRUE(view_
                    .VisitRecords(row.id(), *view_.ZoneGeneration(row.id()), "", "",
                                  [&](const replication::FullView::Record& record) {
                                    const dns::RecordSet set =
                                        *replication::DecodeServed(record.key, record.served, apex);
                                    for (const dns::RecordData& data : set.records()) {
                                      if (set.type() == dns::Type::kSoa) continue;
                                      texts.insert(set.owner().ToString() + " " + dns::TypeName(set.type()) +
                                                   " " + data.ToString());
                                    }
                                    return true;
                                  })
                    .ok());
    return texts;
  }
};

TEST_F(StripeZonesTest, AStripesZoneNamesItsFourInItself) {
  MakeNameservers(1);
  EXPECT_TRUE(Keep("a"));
  const std::set<std::string> expected = {
      "ns-a.test. NS ns-a0.ns-a.test.", "ns-a.test. NS ns-b0.ns-a.test.", "ns-a.test. NS ns-c0.ns-a.test.",
      "ns-a.test. NS ns-d0.ns-a.test.", "ns-a0.ns-a.test. A 10.0.0.0",    "ns-b0.ns-a.test. A 10.0.1.0",
      "ns-c0.ns-a.test. A 10.0.2.0",    "ns-d0.ns-a.test. A 10.0.3.0",
  };
  EXPECT_EQ(Records("a"), expected);
  EXPECT_FALSE(Keep("a")) << "it is so";
}

TEST_F(StripeZonesTest, ThereIsNoneBeforeEveryStripeHasANameserver) { EXPECT_FALSE(Keep("a")); }

TEST_F(StripeZonesTest, ItFollowsTheNameservers) {
  MakeNameservers(1);
  ASSERT_TRUE(Keep("a"));
  const std::string six("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x53", 16);
  const std::string four{10, 7, 7, 7};
  ASSERT_TRUE(Commit([&](const PlanContext& context) {
                return PlanNameserver(context, {"ns-a7", "a", 1, "eu-west", {four, six}});
              }).ok());
  EXPECT_TRUE(Keep("a"));
  EXPECT_TRUE(Records("a").contains("ns-a7.ns-a.test. A 10.7.7.7"));
  EXPECT_TRUE(Records("a").contains("ns-a7.ns-a.test. AAAA 2001:db8::53"));
  ASSERT_TRUE(Commit([&](const PlanContext& context) {
                return PlanAddresses(context, "ns-a7", {std::string{10, 7, 7, 8}});
              }).ok());
  EXPECT_TRUE(Keep("a"));
  EXPECT_TRUE(Records("a").contains("ns-a7.ns-a.test. A 10.7.7.8"));
  EXPECT_FALSE(Records("a").contains("ns-a7.ns-a.test. AAAA 2001:db8::53"));
  ASSERT_TRUE(Commit([&](const PlanContext& context) {
                return PlanNameserverState(context, "ns-a7", stored::v1::NAMESERVER_STATE_RETIRED);
              }).ok());
  EXPECT_TRUE(Keep("a"));
  EXPECT_EQ(Records("a").size(), 8u);
}

TEST_F(StripeZonesTest, UsersCanNotChangeOrDeleteIt) {
  MakeNameservers(1);
  ASSERT_TRUE(Keep("a"));
  const std::string id = Row("a").id();
  const auto rule = [](const absl::Status& status) {
    const auto faults = FaultsOf(status);
    return faults.has_value() ? faults->faults(0).rule() : status.ToString();
  };
  EXPECT_EQ(
      rule(Commit([&](const PlanContext& context) { return PlanZoneDeletion(context, id, true); }).status()),
      "system-zone");
  EXPECT_EQ(rule(Commit([&](const PlanContext& context) { return PlanChanges(context, id, {}); }).status()),
            "system-zone");
}

TEST_F(StripeZonesTest, ItMovesAsOtherZonesDo) {
  MakeNameservers(1);
  ASSERT_TRUE(Keep("a"));
  const std::string id = Row("a").id();
  ASSERT_TRUE(Commit([&](const PlanContext& context) {
                return PlanReplacement(context, {"ns-b0", "ns-b9", {std::string{10, 9, 9, 9}}});
              }).ok());
  ASSERT_TRUE(
      Commit([&](const PlanContext& context) { return PlanEvacuation(context, id, NoUsage); })->appended);
  EXPECT_TRUE(Keep("a"));
  EXPECT_TRUE(Records("a").contains("ns-b9.ns-a.test. A 10.9.9.9")) << "known before it is named";
  ASSERT_TRUE(Commit([&](const PlanContext& context) {
                return PlanServe(context, id,
                                 [](const store::Reader&, const std::string&,
                                    const ZonePoint&) -> absl::StatusOr<bool> { return true; });
              })->appended);
  EXPECT_TRUE(Records("a").contains("ns-a.test. NS ns-b9.ns-a.test."));
  EXPECT_FALSE(Records("a").contains("ns-a.test. NS ns-b0.ns-a.test."));
  EXPECT_TRUE(Records("a").contains("ns-b0.ns-a.test. A 10.0.1.0")) << "it still answers";
}

}  // namespace
}  // namespace quartet::controller
