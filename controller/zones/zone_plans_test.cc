#include "controller/zones/zone_plans.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/sequencer/plan_fixture.h"
#include "controller/zones/zone_edit.h"
#include "dns/rdata/record_data.h"
#include "gtest/gtest.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"
#include "replication/replica/apply.h"

namespace quartet::controller {
namespace {

using admin::v1::RecordSetChange;
using dns::Type;

dns::Name N(absl::string_view text) { return *dns::Name::Parse(text); }

struct Ask {
  RecordSetChange::Action action;
  std::string owner;
  std::string type;
  uint32_t ttl = 0;
  std::vector<std::string> values;
};

Ask Create(std::string owner, std::string type, std::vector<std::string> values) {
  return {RecordSetChange::ACTION_CREATE, std::move(owner), std::move(type), 300, std::move(values)};
}
Ask Upsert(std::string owner, std::string type, std::vector<std::string> values) {
  return {RecordSetChange::ACTION_UPSERT, std::move(owner), std::move(type), 300, std::move(values)};
}
Ask Delete(std::string owner, std::string type, std::vector<std::string> values = {}) {
  return {RecordSetChange::ACTION_DELETE, std::move(owner), std::move(type), 300, std::move(values)};
}

class ZonePlansTest : public PlanTest {
 protected:
  ZonePlansTest() { MakeNameservers(2); }

  absl::StatusOr<Outcome> MakeZone(const std::string& name, const std::string& account = "") {
    const NewZone zone{N(name), account, "", {}};
    return Commit([&](const PlanContext& context) {
      return PlanNewZone(context, zone, [](const std::string&) { return 0; });
    });
  }

  absl::StatusOr<Outcome> Change(const std::string& zone_id, const std::vector<Ask>& asks) {
    google::protobuf::RepeatedPtrField<RecordSetChange> changes;
    for (const Ask& ask : asks) {
      RecordSetChange& change = *changes.Add();
      change.set_action(ask.action);
      change.mutable_record_set()->set_owner(ask.owner);
      change.mutable_record_set()->set_type(ask.type);
      change.mutable_record_set()->set_ttl(ask.ttl);
      for (const std::string& value : ask.values) change.mutable_record_set()->add_values(value);
    }
    FaultList faults;
    const std::vector<RecordSetEdit> edits = ReadChanges(changes, *ApexOf(Row(zone_id)), faults);
    if (!faults.empty()) return faults.ToStatus();
    return Commit([&](const PlanContext& context) { return PlanChanges(context, zone_id, edits); });
  }

  // Rules broken by a refused batch; "ok" if it was taken.
  std::vector<std::string> Rules(const std::string& zone_id, const std::vector<Ask>& asks) {
    const auto outcome = Change(zone_id, asks);
    if (outcome.ok()) return {"ok"};
    const auto faults = FaultsOf(outcome.status());
    if (!faults.has_value()) return {outcome.status().ToString()};
    std::vector<std::string> rules;
    for (const auto& fault : faults->faults()) rules.push_back(fault.rule());
    return rules;
  }

  absl::StatusOr<Outcome> Remove(const std::string& zone_id, bool force) {
    return Commit([&](const PlanContext& context) { return PlanZoneDeletion(context, zone_id, force); });
  }

  stored::v1::ZoneRow Row(const std::string& zone_id) { return **view_.Zone(zone_id); }

  std::set<std::string> SetOf(const std::string& zone_id) {
    std::set<std::string> set;
    const stored::v1::ZoneRow row = Row(zone_id);
    for (const auto& assignment : row.assignments()) set.insert(assignment.target());
    return set;
  }

  dns::RecordSet Get(const std::string& zone_id, const std::string& owner, Type type) {
    const dns::Name apex = *ApexOf(Row(zone_id));
    const std::string key = replication::RecordKey(*dns::Name::Parse(owner, apex), apex, type);
    const auto record = *view_.GetRecord(zone_id, *view_.ZoneGeneration(zone_id), key);
    return *replication::DecodeServed(key, record->served, apex);
  }

  uint32_t SoaSerial(const std::string& zone_id) {
    return dns::ReadSoa(Get(zone_id, "@", Type::kSoa).records()[0]).serial;
  }
};

using Rule = std::vector<std::string>;

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
  const NewZone zone{N("example.com."), "", "", {}};
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

TEST_F(ZonePlansTest, TheSerialWrapsAround) {
  const std::string id = MakeZone("example.com.")->zone_id;
  const auto set_serial = Commit([&](const PlanContext& context) -> absl::StatusOr<Plan> {
    auto edit = ZoneEdit::Of(context, Row(id));
    dns::Soa soa = dns::ReadSoa(Get(id, "@", Type::kSoa).records()[0]);
    soa.serial = 0xfffffffe;
    // Put directly, then moved by Finish to 0xffffffff.
    const auto set = dns::RecordSet::Create(N("example.com."), 900, {dns::MakeSoa(soa)});
    EXPECT_TRUE((*edit)->Put(*set, {replication::Origin::kSystem, "", ""}).ok());
    return (*edit)->Finish("C0000000000000");
  });
  ASSERT_TRUE(set_serial.ok()) << set_serial.status();
  EXPECT_EQ(SoaSerial(id), 0xffffffff);
  ASSERT_TRUE(Change(id, {Create("www", "A", {"192.0.2.1"})}).ok());
  EXPECT_EQ(SoaSerial(id), 0u);
  EXPECT_TRUE(dns::SerialLess(0xffffffff, SoaSerial(id)));
}

TEST_F(ZonePlansTest, CreateUpsertAndDeleteSayWhatTheyMean) {
  const std::string id = MakeZone("example.com.")->zone_id;
  ASSERT_TRUE(Change(id, {Create("www", "A", {"192.0.2.1", "192.0.2.2"})}).ok());
  EXPECT_EQ(Rules(id, {Create("WWW", "A", {"192.0.2.1"})}), Rule{"exists"});
  EXPECT_EQ(Rules(id, {Delete("nope", "A")}), Rule{"not-found"});
  EXPECT_EQ(Rules(id, {Delete("www", "A", {"192.0.2.1"})}), Rule{"differs"});
  EXPECT_EQ(Rules(id, {{RecordSetChange::ACTION_DELETE, "www", "A", 301, {"192.0.2.1", "192.0.2.2"}}}),
            Rule{"differs"});
  EXPECT_EQ(Rules(id, {Delete("www", "A", {"192.0.2.2", "192.0.2.1"})}), Rule{"ok"});
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

TEST_F(ZonePlansTest, FaultsOfFormAreAllNamedToo) {
  const std::string id = MakeZone("example.com.")->zone_id;
  std::vector<Ask> asks = {
      Create("", "A", {"192.0.2.1"}),
      Create("www.example.net.", "A", {"192.0.2.1"}),
      Create("a..b", "A", {"192.0.2.1"}),
      Create("www", "NOSUCH", {"x"}),
      Create("www", "A", {"192.0.2.256"}),
      Create("www", "TXT", {}),
      Create("two", "A", {"192.0.2.1", "192.0.2.1"}),
      {RecordSetChange::ACTION_CREATE, "ttl", "A", 0x80000000, {"192.0.2.1"}},
      {RecordSetChange::ACTION_UNSPECIFIED, "x", "A", 1, {"192.0.2.1"}},
      Create("same", "A", {"192.0.2.1"}),
      Delete("SAME.example.com.", "A"),
  };
  EXPECT_EQ(Rules(id, asks), (Rule{"bad-owner", "owner-outside-zone", "bad-owner", "bad-type", "bad-value",
                                   "no-values", "duplicate-value", "bad-ttl", "bad-action", "named-twice"}));
  EXPECT_EQ(Change(id, asks).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(ZonePlansTest, TypesOfTheSignerAndOfMessagesAreNotStored) {
  const std::string id = MakeZone("example.com.")->zone_id;
  for (const char* type : {"RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "DNSKEY", "TYPE46", "TYPE47", "TYPE48",
                           "TYPE0", "OPT", "TYPE41", "TSIG", "AXFR", "TYPE252", "ANY"}) {
    EXPECT_EQ(Rules(id, {Create("www", type, {"\\# 1 00"})}), Rule{"type-not-stored"}) << type;
  }
  EXPECT_EQ(Rules(id, {Create("www", "TYPE65280", {"\\# 1 00"})}), Rule{"ok"});
}

TEST_F(ZonePlansTest, ApexSoaAndNsAreTheServices) {
  const std::string id = MakeZone("example.com.")->zone_id;
  const std::string soa = "a. b. 9 9 9 9 9";
  EXPECT_EQ(Rules(id, {Delete("@", "SOA")}), Rule{"apex-soa"});
  EXPECT_EQ(Rules(id, {Upsert("@", "SOA", {soa})}), Rule{"apex-soa"});
  EXPECT_EQ(Rules(id, {Upsert("www", "SOA", {soa})}), Rule{"soa-below-apex"});
  EXPECT_EQ(Rules(id, {Delete("@", "NS")}), Rule{"apex-ns"});
  EXPECT_EQ(Rules(id, {Upsert("Example.COM.", "NS", {"ns.test."})}), Rule{"apex-ns"});
  EXPECT_EQ(Rules(id, {Upsert("sub", "NS", {"ns.test."})}), Rule{"ok"});
}

TEST_F(ZonePlansTest, ACnameStandsAlone) {
  const std::string id = MakeZone("example.com.")->zone_id;
  EXPECT_EQ(Rules(id, {Create("@", "CNAME", {"x.test."})}), Rule{"cname-at-apex"});
  EXPECT_EQ(Rules(id, {Create("a", "CNAME", {"x.test.", "y.test."})}), Rule{"many-cnames"});
  EXPECT_EQ(Rules(id, {Create("a", "CNAME", {"x.test."}), Create("a", "TXT", {"t"})}),
            Rule{"cname-beside-other-types"});
  ASSERT_EQ(Rules(id, {Create("a", "TXT", {"t"})}), Rule{"ok"});
  EXPECT_EQ(Rules(id, {Create("a", "CNAME", {"x.test."})}), Rule{"cname-beside-other-types"});
  // What is deleted in the same batch is not beside it any more.
  EXPECT_EQ(Rules(id, {Create("a", "CNAME", {"x.test."}), Delete("a", "TXT")}), Rule{"ok"});
  EXPECT_EQ(Rules(id, {Create("a", "A", {"192.0.2.1"})}), Rule{"cname-beside-other-types"});
  // A name below a CNAME is another name.
  EXPECT_EQ(Rules(id, {Create("b.a", "A", {"192.0.2.1"})}), Rule{"ok"});
}

TEST_F(ZonePlansTest, ADsNeedsItsDelegation) {
  const std::string id = MakeZone("example.com.")->zone_id;
  const std::string ds = "1 8 2 " + std::string(64, 'a');
  EXPECT_EQ(Rules(id, {Create("@", "DS", {ds})}), Rule{"ds-at-apex"});
  EXPECT_EQ(Rules(id, {Create("sub", "DS", {ds})}), Rule{"ds-without-ns"});
  EXPECT_EQ(Rules(id, {Create("sub", "DS", {ds}), Create("sub", "NS", {"ns.test."})}), Rule{"ok"});
  EXPECT_EQ(Rules(id, {Delete("sub", "NS")}), Rule{"ds-without-ns"});
  EXPECT_EQ(Rules(id, {Delete("sub", "NS"), Delete("sub", "DS")}), Rule{"ok"});
}

TEST_F(ZonePlansTest, WildcardsAreNoDelegations) {
  const std::string id = MakeZone("example.com.")->zone_id;
  EXPECT_EQ(Rules(id, {Create("*", "NS", {"ns.test."})}), Rule{"ns-at-wildcard"});
  EXPECT_EQ(Rules(id, {Create("*.a", "DNAME", {"x.test."})}), Rule{"dname-at-wildcard"});
  EXPECT_EQ(Rules(id, {Create("*", "CNAME", {"x.test."})}), Rule{"ok"});
}

TEST_F(ZonePlansTest, NothingLivesBelowADname) {
  const std::string id = MakeZone("example.com.")->zone_id;
  EXPECT_EQ(Rules(id, {Create("d", "DNAME", {"x.test.", "y.test."})}), Rule{"many-dnames"});
  EXPECT_EQ(Rules(id, {Create("d", "DNAME", {"x.test."}), Create("d", "NS", {"ns.test."})}),
            Rule{"dname-beside-ns"});
  ASSERT_EQ(Rules(id, {Create("d", "DNAME", {"x.test."}), Create("d", "A", {"192.0.2.1"})}), Rule{"ok"});
  EXPECT_EQ(Rules(id, {Create("a.b.d", "A", {"192.0.2.1"})}), Rule{"names-below-dname"});
  EXPECT_EQ(Rules(id, {Create("dd", "A", {"192.0.2.1"})}), Rule{"ok"});
  ASSERT_EQ(Rules(id, {Create("x.e", "A", {"192.0.2.1"})}), Rule{"ok"});
  EXPECT_EQ(Rules(id, {Create("e", "DNAME", {"x.test."})}), Rule{"names-below-dname"});
  EXPECT_EQ(Rules(id, {Create("e", "DNAME", {"x.test."}), Delete("x.e", "A")}), Rule{"ok"});
  EXPECT_EQ(Rules(id, {Create("@", "DNAME", {"x.test."})}), Rule{"names-below-dname"});
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
  EXPECT_FALSE(refused(N(".")));
  EXPECT_TRUE(refused(N("*.example.com.")));
  EXPECT_FALSE(refused(N("a.*.example.com.")));
  EXPECT_FALSE(refused(N("com.")));
  const std::string label(60, 'x');
  EXPECT_TRUE(refused(N(absl::StrCat(label, ".", label, ".", label, ".", label, "."))));
}

// Random batches against a model: the zone holds just what the model holds, and its digest is that of what it
// holds.
TEST_F(ZonePlansTest, ManyBatchesLeaveWhatAModelLeaves) {
  const std::string id = MakeZone("example.com.")->zone_id;
  const dns::Name apex = N("example.com.");
  SeededRandom random(42);
  std::map<std::string, std::string> model;
  for (int round = 0; round < 200; ++round) {
    std::vector<Ask> asks;
    std::map<std::string, std::string> after = model;
    for (uint64_t i = 0, n = 1 + random.Next() % 4; i < n; ++i) {
      const std::string owner = absl::StrCat("h", random.Next() % 10);
      const std::string value = absl::StrCat("192.0.2.", random.Next() % 250);
      if (std::any_of(asks.begin(), asks.end(), [&](const Ask& ask) { return ask.owner == owner; })) continue;
      if (random.Next() % 3 == 0) {
        asks.push_back(Delete(owner, "A"));
        after.erase(owner);
      } else {
        asks.push_back(Upsert(owner, "A", {value}));
        after[owner] = value;
      }
    }
    const bool valid = std::all_of(asks.begin(), asks.end(), [&](const Ask& ask) {
      return ask.action != RecordSetChange::ACTION_DELETE || model.contains(ask.owner);
    });
    ASSERT_EQ(Change(id, asks).ok(), valid);
    if (valid) model = after;
  }
  EXPECT_EQ(Row(id).record_sets(), model.size() + 2);
  for (const auto& [owner, value] : model) EXPECT_EQ(Get(id, owner, Type::kA).records()[0].ToString(), value);
  replication::Hasher hasher(replication::ReadDigestKey(store_)->key);
  replication::Digest served;
  ASSERT_TRUE(view_
                  .VisitRecords(id, 1, "", "",
                                [&](replication::FullView::Record record) {
                                  served += hasher.Hash(record.key, record.served);
                                  return true;
                                })
                  .ok());
  EXPECT_EQ(Row(id).served_digest(), served.ToBytes());
}

}  // namespace
}  // namespace quartet::controller
