// What ChangeRow.replaced_ttl becomes, entry by entry.
#include "replication/replica/replaced_ttl.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "dns/record_set/record_set.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"
#include "replication/replica/apply_fixture.h"
#include "replication/replica/apply_stages.h"

namespace quartet::replication {
namespace {

const dns::Name kApex = *dns::Name::Parse("example.");

class ReplacedTtlTest : public ApplyFixture {
 protected:
  static std::string Key(const std::string& owner, dns::Type type) {
    return RecordKey(*dns::Name::Parse(owner), kApex, type);
  }
  static Set MakeSet(const std::string& owner, dns::Type type, uint32_t ttl, const std::string& value) {
    std::vector<dns::RecordData> data = {*dns::RecordData::Parse(type, value, kApex)};
    const auto set = *dns::RecordSet::Create(*dns::Name::Parse(owner), ttl, data);
    return {Key(owner, type), EncodeServed(set, kApex), "c"};
  }
  static Set A(const std::string& owner, uint32_t ttl, int number = 1) {
    return MakeSet(owner, dns::Type::kA, ttl, absl::StrCat("192.0.2.", number));
  }
  static Set Soa(uint32_t serial, uint32_t ttl = 900, uint32_t minimum = 600) {
    return MakeSet("example.", dns::Type::kSoa, ttl,
                   absl::StrCat("ns.example. h.example. ", serial, " 7200 900 1209600 ", minimum));
  }

  // SOA, apex NS of two days, www of 300 s.
  void SetUp() override {
    sets_ = {{"soa", Soa(1)},
             {"ns", MakeSet("example.", dns::Type::kNs, 172800, "ns.example.")},
             {"www", A("www.example.", 300)}};
    ASSERT_TRUE(Apply(ZoneEntry(0, Row(1, All()), {}, All())).ok());
  }

  std::vector<Set> All() const {
    std::vector<Set> all;
    for (const auto& [name, set] : sets_) all.push_back(set);
    return all;
  }

  // Puts these, and the SOA with its next serial, as the next revision, and returns what it replaced.
  uint32_t Put(const std::vector<std::pair<std::string, Set>>& puts) {
    ++revision_;
    std::vector<Set> changed = {Soa(static_cast<uint32_t>(revision_))};
    sets_["soa"] = changed[0];
    for (const auto& [name, set] : puts) {
      sets_[name] = set;
      changed.push_back(set);
    }
    return Replaced(ZoneEntry(revision_ - 1, Row(revision_, All()), {}, changed));
  }
  uint32_t Remove(const std::string& name) {
    ++revision_;
    const std::string key = sets_[name].key;
    sets_.erase(name);
    sets_["soa"] = Soa(static_cast<uint32_t>(revision_));
    return Replaced(ZoneEntry(revision_ - 1, Row(revision_, All()), {key}, {sets_["soa"]}));
  }
  uint32_t Replaced(const stored::v1::Entry& entry) {
    const absl::Status applied = Apply(entry);
    EXPECT_TRUE(applied.ok()) << applied;
    return (*view_.Change(entry.header().change_id()))->replaced_ttl();
  }
  // Stages these as the whole zone and flips it.
  uint32_t Flip(std::vector<Set> sets) {
    std::sort(sets.begin(), sets.end(), [](const Set& a, const Set& b) { return a.key < b.key; });
    stored::v1::Entry stage;
    stored::v1::StageEffect& chunk = *stage.add_effects()->mutable_stage();
    chunk.set_zone_id(kZone);
    chunk.set_digest_key_id(1);
    AddPuts(sets, *chunk.mutable_puts());
    const absl::Status staged = Apply(stage);
    EXPECT_TRUE(staged.ok()) << staged;
    ++revision_;
    stored::v1::Entry entry = ZoneEntry(revision_ - 1, Row(revision_, sets), {}, {});
    entry.clear_effects();
    stored::v1::FlipEffect& flip = *entry.add_effects()->mutable_flip();
    flip.set_prev_revision(revision_ - 1);
    *flip.mutable_row() = Row(revision_, sets);
    flip.mutable_row()->set_digest_key_id(1);
    flip.set_stage(index_);
    flip.set_chunks(1);
    flip.set_stage_record_sets(sets.size());
    flip.set_stage_served_digest(TotalsOfSets(sets).served.ToBytes());
    flip.set_stage_control_digest(TotalsOfSets(sets).control.ToBytes());
    return Replaced(entry);
  }
  void MakeDigestKey() {
    stored::v1::SecretRow secret;
    secret.set_secret(kKey);
    stored::v1::Entry entry;
    stored::v1::ObjectEffect& effect = *entry.add_effects()->mutable_object();
    effect.set_kind(stored::v1::OBJECT_KIND_SECRET);
    effect.set_id("digest/1");
    effect.set_revision(1);
    effect.set_row(secret.SerializeAsString());
    ASSERT_TRUE(Apply(entry).ok());
  }

  uint64_t revision_ = 1;
  std::map<std::string, Set> sets_;
};

TEST_F(ReplacedTtlTest, ANewZoneReplacesNothing) {
  EXPECT_EQ((*view_.Change("C0000000000001"))->replaced_ttl(), 0u);
}

TEST_F(ReplacedTtlTest, ItIsTheLongestTtlThatWasThereBefore) {
  EXPECT_EQ(Put({{"www", A("www.example.", 60, 2)}}), 300u);
  EXPECT_EQ(Put({{"www", A("www.example.", 7200, 3)}}), 60u);
  EXPECT_EQ(Remove("www"), 7200u);
}

TEST_F(ReplacedTtlTest, TheSerialOfTheSoaDoesNotCountButTheRestDoes) {
  EXPECT_EQ(Put({}), 0u);
  ++revision_;
  sets_["soa"] = Soa(9, 30, 20);
  EXPECT_EQ(Replaced(ZoneEntry(revision_ - 1, Row(revision_, All()), {}, {sets_["soa"]})), 900u);
}

// RFC 2308 §5: the lesser of the SOA's TTL and its minimum.
TEST_F(ReplacedTtlTest, WhatIsNewWasDeniedForTheNegativeTtl) {
  EXPECT_EQ(Put({{"new", A("new.example.", 5)}}), 600u);
  EXPECT_EQ(Put({{"new", A("new.example.", 5, 2)}, {"more", A("more.example.", 5)}}), 600u);
}

// RFC 4592: a name that is made takes itself, and all below it, out of a wildcard.
TEST_F(ReplacedTtlTest, WhatIsNewMayHaveBeenAnsweredFromAWildcard) {
  EXPECT_EQ(Put({{"wild", A("*.example.", 3600)}}), 600u);
  EXPECT_EQ(Put({{"new", A("new.example.", 5)}}), 3600u);
  EXPECT_EQ(Put({{"www", A("www.example.", 5, 2)}}), 300u) << "it was there";
}

TEST_F(ReplacedTtlTest, ADeletionTakesAllWithIt) {
  stored::v1::ZoneRow row = Row(2, All());
  row.set_state(stored::v1::ZONE_STATE_DELETED);
  EXPECT_EQ(Replaced(ZoneEntry(1, row, {}, {})), 172800u);
}

TEST_F(ReplacedTtlTest, AFlipReplacesWhatTheGenerationEverHad) {
  MakeDigestKey();
  stored::v1::ZoneRow row = Row(2, All());
  revision_ = 2;
  row.set_digest_key_id(1);
  ASSERT_TRUE(Apply(ZoneEntry(1, row, {}, {})).ok());
  // Apex NS and SOA stay; what www had counts, though not the two days of the NS.
  const std::vector<Set> second = {Soa(2), sets_["ns"], A("www.example.", 5)};
  EXPECT_EQ(Flip(second), 600u);
  const std::vector<Set> third = {Soa(3), sets_["ns"], A("*.example.", 86400)};
  EXPECT_EQ(Flip(third), 600u);
  const std::vector<Set> fourth = {Soa(4), sets_["ns"]};
  EXPECT_EQ(Flip(fourth), 86400u);
  EXPECT_EQ(Flip(fourth), 600u) << "the generation of the wildcard is gone";
}

TEST_F(ReplacedTtlTest, DamagedValuesAreNoReasonToFail) {
  EXPECT_EQ(Put({{"odd", {"key", "served", "control"}}}), 600u);
  EXPECT_EQ(Put({{"odd", {"key", "served2", "control"}}}), 0u);
}

}  // namespace
}  // namespace quartet::replication
