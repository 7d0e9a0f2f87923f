#include "controller/zones/zone_plans.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/zones/faults.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_fixture.h"
#include "dns/rdata/record_data.h"
#include "gtest/gtest.h"
#include "replication/replica/apply.h"

namespace quartet::controller {
namespace {

using dns::Type;

class ZonePlansTest : public ZoneTest {
 protected:
  std::set<std::string> SetOf(const std::string& zone_id) {
    std::set<std::string> set;
    const stored::v1::ZoneRow row = Row(zone_id);
    for (const auto& assignment : row.assignments()) set.insert(assignment.target());
    return set;
  }
};

using Rule = Strings;

// Nodes compare digests by the key that the row names.
TEST_F(ZonePlansTest, AZoneChangedUnderANewDigestKeyIsHashedAnew) {
  const std::string zone_id = MakeZone("example.com.")->zone_id;
  ASSERT_TRUE(Change(zone_id, {Create("www", "A", {"192.0.2.1"})}).ok());
  ASSERT_EQ(Row(zone_id).digest_key_id(), 1u);
  const std::string key(replication::Hasher::kKeyBytes, 'k');
  ASSERT_TRUE(Commit([&](const PlanContext&) {
                Plan plan;
                stored::v1::ObjectEffect& object = *plan.entry.add_effects()->mutable_object();
                object.set_kind(stored::v1::OBJECT_KIND_SECRET);
                object.set_id("digest/2");
                object.set_revision(1);
                stored::v1::SecretRow secret;
                secret.set_secret(key);
                object.set_row(secret.SerializeAsString());
                return absl::StatusOr<Plan>(plan);
              }).ok());
  ASSERT_TRUE(Change(zone_id, {Create("ftp", "A", {"192.0.2.2"})}).ok());
  const stored::v1::ZoneRow row = Row(zone_id);
  EXPECT_EQ(row.digest_key_id(), 2u);
  replication::Hasher hasher(key);
  replication::Digest digest;
  ASSERT_TRUE(view_
                  .VisitRecords(zone_id, *view_.ZoneGeneration(zone_id), "", "",
                                [&](const auto& record) {
                                  digest += hasher.Hash(record.key, record.served);
                                  return true;
                                })
                  .ok());
  EXPECT_EQ(row.served_digest(), digest.ToBytes());
}

TEST_F(ZonePlansTest, ANewZoneHasSoaNsAndFourServingNameservers) {
  const auto made = MakeZone("Example.com.");
  ASSERT_TRUE(made.ok()) << made.status();
  const auto row = Row(made->zone_id);
  EXPECT_EQ(row.revision(), 1u);
  EXPECT_EQ(row.serial(), 1u);
  EXPECT_EQ(row.record_sets(), 2u);
  EXPECT_EQ(ApexOf(row)->ToString(), "Example.com.");
  ASSERT_EQ(row.assignments_size(), 4);
  for (const auto& assignment : row.assignments()) {
    EXPECT_EQ(assignment.state(), stored::v1::ASSIGNMENT_STATE_SERVING);
  }
  const dns::RecordSet ns = Get(made->zone_id, "@", Type::kNs);
  EXPECT_EQ(ns.ttl(), 172800u);
  EXPECT_EQ(ns.records().size(), 4u);
  const dns::RecordSet soa = Get(made->zone_id, "@", Type::kSoa);
  EXPECT_EQ(soa.ttl(), 900u);
  EXPECT_EQ(soa.records()[0].ToString(),
            absl::StrCat(row.assignments(0).target(),
                         ".ns-a.test. hostmaster.Example.com. 1 7200 900 1209600 86400"));
  EXPECT_EQ(view_.PendingChanges()->size(), 1u);
  const auto committed = TakeCommitted();
  EXPECT_EQ(committed.back().entry.header().targets_size(), 4);
}

class NoNameserversTest : public PlanTest {};

TEST_F(NoNameserversTest, AZoneNeedsANameserverOfEachStripe) {
  const NewZone zone{NameOf("example.com."), "", "", {}};
  const auto refused = Commit([&](const PlanContext& context) {
    return PlanNewZone(context, zone, [](const std::string&) { return 0; });
  });
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(refused.status().message().find("stripe a, b, c, d has none"), absl::string_view::npos)
      << refused.status();
}

TEST_F(ZonePlansTest, ZonesOfOneNameShareNoNameserver) {
  const auto one = MakeZone("example.com.");
  const auto two = MakeZone("EXAMPLE.com.");
  ASSERT_TRUE(one.ok() && two.ok());
  for (const std::string& nameserver : SetOf(one->zone_id))
    EXPECT_FALSE(SetOf(two->zone_id).contains(nameserver));
  const auto three = MakeZone("example.com.");
  EXPECT_EQ(three.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(three.status().message().find("add nameservers"), absl::string_view::npos);
}

TEST_F(ZonePlansTest, ADeletedZonesSetGoesToItsOwnAccountOnly) {
  const auto mine = MakeZone("example.com.", "mine");
  ASSERT_TRUE(Remove(mine->zone_id, false).ok());
  const auto theirs = MakeZone("example.com.", "theirs");
  ASSERT_TRUE(theirs.ok());
  for (const std::string& nameserver : SetOf(mine->zone_id)) {
    EXPECT_FALSE(SetOf(theirs->zone_id).contains(nameserver));
  }
  // One set of two is theirs, so this one gets its own old one.
  const auto again = MakeZone("example.com.", "mine");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(SetOf(again->zone_id), SetOf(mine->zone_id));
}

TEST_F(ZonePlansTest, ADeletedZoneKeepsItsRowAndIsAssignedToNobody) {
  const auto made = MakeZone("example.com.");
  const auto set = SetOf(made->zone_id);
  const auto deleted = Remove(made->zone_id, false);
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  EXPECT_EQ(Row(made->zone_id).state(), stored::v1::ZONE_STATE_DELETED);
  EXPECT_EQ(Row(made->zone_id).revision(), 2u);
  EXPECT_EQ(Row(made->zone_id).delete_time_us(), clock_.now_us);
  EXPECT_EQ(SetOf(made->zone_id), set);
  EXPECT_TRUE(view_.AssignedZones(*set.begin(), "", 10)->empty());
  // Its nameservers must hear of it.
  EXPECT_EQ(TakeCommitted().back().entry.header().targets_size(), 4);
  EXPECT_TRUE(absl::IsNotFound(Remove(made->zone_id, true).status()));
  EXPECT_TRUE(absl::IsNotFound(Change(made->zone_id, {Create("www", "A", {"192.0.2.1"})}).status()));
}

TEST_F(ZonePlansTest, AZoneThatHoldsMoreIsDeletedByForceOnly) {
  const std::string id = MakeZone("example.com.")->zone_id;
  ASSERT_TRUE(Change(id, {Create("www", "A", {"192.0.2.1"})}).ok());
  const auto refused = Remove(id, false);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(FaultsOf(refused.status())->faults(0).rule(), "zone-not-empty");
  EXPECT_TRUE(Remove(id, true).ok());
}

TEST_F(ZonePlansTest, EveryChangeMovesRevisionAndSerial) {
  const std::string id = MakeZone("example.com.")->zone_id;
  ASSERT_TRUE(Change(id, {Create("www", "A", {"192.0.2.1"}), Create("mail", "MX", {"10 mx"})}).ok());
  EXPECT_EQ(Row(id).revision(), 2u);
  EXPECT_EQ(Row(id).record_sets(), 4u);
  EXPECT_EQ(Row(id).serial(), 2u);
  EXPECT_EQ(SoaSerial(id), 2u);
  EXPECT_EQ(Get(id, "mail", Type::kMx).records()[0].ToString(), "10 mx.example.com.");
  ASSERT_TRUE(Change(id, {Upsert("www", "A", {"192.0.2.2", "192.0.2.3"}), Delete("mail", "MX")}).ok());
  EXPECT_EQ(SoaSerial(id), 3u);
  EXPECT_EQ(Row(id).record_sets(), 3u);
  EXPECT_EQ(Get(id, "www", Type::kA).records().size(), 2u);
}

TEST_F(ZonePlansTest, ABatchIsAllOrNothingAndNamesAllItsFaults) {
  const std::string id = MakeZone("example.com.")->zone_id;
  ASSERT_TRUE(Change(id, {Create("www", "A", {"192.0.2.1"})}).ok());
  const auto row = Row(id);
  EXPECT_EQ(Rules(id, {Create("good", "A", {"192.0.2.9"}), Create("www", "A", {"192.0.2.1"}),
                       Delete("nope", "TXT"), Upsert("@", "CNAME", {"elsewhere.test."})}),
            (Rule{"exists", "not-found", "cname-at-apex"}));
  EXPECT_EQ(Row(id).SerializeAsString(), row.SerializeAsString());
}

TEST_F(ZonePlansTest, ABatchOverOneMebibyteIsRefusedSayingSo) {
  const std::string id = MakeZone("example.com.")->zone_id;
  std::vector<Ask> asks;
  const std::string text = absl::StrCat("\"", std::string(255, 'x'), "\"");
  for (int i = 0; i < 600; ++i) {
    std::string value;
    for (int k = 0; k < 8; ++k) absl::StrAppend(&value, k == 0 ? "" : " ", text);
    asks.push_back(Create(absl::StrCat("t", i), "TXT", {value}));
  }
  const auto refused = Change(id, asks);
  EXPECT_TRUE(absl::IsResourceExhausted(refused.status())) << refused.status();
  EXPECT_EQ(Row(id).revision(), 1u);
}

TEST(ZoneNameTest, RefusesWildcardsAndWhatIsTooLong) {
  const auto refused = [](const dns::Name& name) {
    FaultList faults;
    CheckZoneName(name, faults);
    return !faults.empty();
  };
  EXPECT_FALSE(refused(NameOf(".")));
  EXPECT_TRUE(refused(NameOf("*.example.com.")));
  EXPECT_FALSE(refused(NameOf("a.*.example.com.")));
  EXPECT_FALSE(refused(NameOf("com.")));
  const std::string label(60, 'x');
  EXPECT_TRUE(refused(NameOf(absl::StrCat(label, ".", label, ".", label, ".", label, "."))));
}

}  // namespace
}  // namespace quartet::controller
