// Which zones leave memory when a directory's pages exceed their budget.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "dns/record_set/record_set.h"
#include "nameserver/zone/directory.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"

namespace quartet::nameserver {
namespace {

std::string ApexOf(int i) { return "z" + std::to_string(i) + ".test."; }
std::string IdOf(int i) { return "Z" + std::to_string(i); }

// A zone with a SOA and a TXT of `text_bytes` at its apex.
ZoneBuilder Zone(const std::string& apex_text, size_t text_bytes = 0) {
  const dns::Name apex = *dns::Name::Parse(apex_text);
  ZoneBuilder builder(apex);
  const auto add = [&](dns::Type type, const std::string& data) {
    const auto set = dns::RecordSet::Create(apex, 300, {*dns::RecordData::Parse(type, data, apex)});
    EXPECT_TRUE(
        builder.Add(replication::RecordKey(apex, apex, type), replication::EncodeServed(*set, apex)).ok());
  };
  add(dns::Type::kSoa, "ns1 admin 1 1 1 1 1");
  std::string text;
  for (; text_bytes > 0; text_bytes -= std::min<size_t>(text_bytes, 200)) text += std::string(200, 'x') + " ";
  if (!text.empty()) add(dns::Type::kTxt, text);
  return builder;
}

class EvictionTest : public ::testing::Test {
 protected:
  void Load(int i) {
    ASSERT_TRUE(directory_.Install(IdOf(i), Zone(ApexOf(i))).ok());
    directory_.Publish();
    // The query it was loaded for.
    Ask(i);
  }
  // True: it is in memory.
  bool Ask(int i) {
    LookupName lookup;
    const dns::Name apex = *dns::Name::Parse(ApexOf(i));
    EXPECT_NE(lookup.Read(apex.wire()), 0u);
    return directory_.Find(lookup, lookup.labels).tree != nullptr;
  }
  bool IsResident(int i) { return directory_.StateOf(IdOf(i)) == Directory::State::kResident; }
  // Room for so many zones.
  void SetRoom(size_t zones) {
    if (zone_bytes_ == 0) {
      Load(1000);
      zone_bytes_ = directory_.resident_bytes();
      directory_.Remove(IdOf(1000));
      directory_.Publish();
      EXPECT_EQ(directory_.resident_bytes(), 0u);
    }
    // Names differ by a few octets.
    directory_.set_page_budget(zones * (zone_bytes_ + 4));
  }

  Directory directory_;
  RcuThread rcu_;
  size_t zone_bytes_ = 0;
};

TEST_F(EvictionTest, PagesStayWithinTheBudget) {
  SetRoom(50);
  for (int i = 0; i < 500; ++i) Load(i);
  EXPECT_LE(directory_.resident_count(), 51u);
  EXPECT_GE(directory_.resident_count(), 49u);
  EXPECT_LE(directory_.resident_bytes(), 50 * (zone_bytes_ + 4));
  EXPECT_EQ(directory_.evictions(), 500 - directory_.resident_count());
  EXPECT_EQ(directory_.zone_count(), 500u);
  // The last ones are there, those that left keep their names.
  EXPECT_TRUE(Ask(499));
  EXPECT_FALSE(Ask(0));
  EXPECT_EQ(directory_.StateOf(IdOf(0)), Directory::State::kCold);
}

TEST_F(EvictionTest, SweepEvictsOnlyItself) {
  SetRoom(100);
  for (int i = 0; i < 80; ++i) Load(i);
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 80; ++i) EXPECT_TRUE(Ask(i));
    // Ten times what there is room for, each asked for once.
    for (int i = 100; i < 1100; ++i) {
      Load(i);
      if (i % 50 == 0) {
        for (int hot = 0; hot < 80; ++hot)
          ASSERT_TRUE(Ask(hot)) << hot << " in sweep " << round << " at " << i;
      }
    }
  }
}

TEST_F(EvictionTest, WhatIsNotAskedForAnyMoreLeavesTheMainQueue) {
  SetRoom(40);
  for (int i = 0; i < 30; ++i) Load(i), Ask(i);
  // Others take their place: each is asked for again soon after it was loaded.
  for (int i = 100; i < 200; ++i) Load(i), Ask(i);
  for (int i = 0; i < 30; ++i) EXPECT_FALSE(IsResident(i)) << i;
  EXPECT_TRUE(IsResident(199));
}

TEST_F(EvictionTest, OneThatComesBackSoonStays) {
  SetRoom(50);
  for (int i = 0; i < 40; ++i) Load(i), Ask(i);
  for (int i = 100; i < 160; ++i) Load(i);
  ASSERT_FALSE(IsResident(140));
  // It left while as many zones were loaded as there is room for: now a sweep does not take it.
  Load(140);
  for (int i = 200; i < 260; ++i) Load(i);
  EXPECT_TRUE(IsResident(140));
  EXPECT_FALSE(IsResident(200));
}

TEST_F(EvictionTest, GiantsAndPinnedZonesStay) {
  SetRoom(50);
  ASSERT_TRUE(directory_.Install("Zgiant", Zone("giant.test.", 60'000)).ok());
  directory_.Publish();
  Load(0);
  directory_.Pin(IdOf(0));
  for (int i = 100; i < 400; ++i) Load(i);
  EXPECT_TRUE(IsResident(0));
  EXPECT_EQ(directory_.StateOf("Zgiant"), Directory::State::kCold);
  // A giant by size alone. (A record set has 64 KiB at most, a page holds some: so it takes many.)
  ZoneBuilder giant(*dns::Name::Parse("giant.test."));
  const dns::Name apex = giant.apex();
  const auto soa = dns::RecordSet::Create(
      apex, 300, {*dns::RecordData::Parse(dns::Type::kSoa, "ns1 admin 1 1 1 1 1", apex)});
  ASSERT_TRUE(
      giant.Add(replication::RecordKey(apex, apex, dns::Type::kSoa), replication::EncodeServed(*soa, apex))
          .ok());
  std::string text;
  for (int i = 0; i < 250; ++i) text += std::string(250, 'x') + " ";
  for (int i = 100; i < 400; ++i) {
    const dns::Name owner = *dns::Name::Parse("n" + std::to_string(i), apex);
    const auto set =
        dns::RecordSet::Create(owner, 300, {*dns::RecordData::Parse(dns::Type::kTxt, text, apex)});
    ASSERT_TRUE(
        giant.Add(replication::RecordKey(owner, apex, dns::Type::kTxt), replication::EncodeServed(*set, apex))
            .ok());
  }
  ASSERT_TRUE(directory_.Install("Zgiant", std::move(giant)).ok());
  for (int i = 400; i < 600; ++i) Load(i);
  EXPECT_EQ(directory_.StateOf("Zgiant"), Directory::State::kResident);
  // It leaves an eighth of the budget to the others.
  EXPECT_GE(directory_.resident_count(), 2u + 50 / 8 - 1);
  EXPECT_TRUE(IsResident(599));
  EXPECT_TRUE(IsResident(0));
}

TEST_F(EvictionTest, ZonesThatAreRemovedOrReplacedAreCountedOut) {
  SetRoom(50);
  for (int round = 0; round < 100; ++round) {
    for (int i = 0; i < 30; ++i) Load(i);
    ASSERT_TRUE(directory_.Install(IdOf(3), Zone(ApexOf(3), 500)).ok());
    ASSERT_TRUE(directory_.Fail(IdOf(4), *dns::Name::Parse(ApexOf(4))).ok());
    ASSERT_TRUE(directory_.Unload(IdOf(5), *dns::Name::Parse(ApexOf(5))).ok());
    directory_.Publish();
    EXPECT_EQ(directory_.resident_count(), 28u);
    EXPECT_EQ(directory_.failing_count(), 1u);
    for (int i = 0; i < 30; ++i) directory_.Remove(IdOf(i));
    directory_.Publish();
    ASSERT_EQ(directory_.resident_bytes(), 0u);
    ASSERT_EQ(directory_.failing_count(), 0u);
  }
  EXPECT_EQ(directory_.evictions(), 0u);
}

// A reader that found a zone before it left goes on reading it (the sanitizers look).
TEST_F(EvictionTest, ReaderKeepsWhatItHolds) {
  SetRoom(20);
  Load(0);
  LookupName lookup;
  const dns::Name apex = *dns::Name::Parse(ApexOf(0));
  ASSERT_NE(lookup.Read(apex.wire()), 0u);
  const ZoneMatch held = directory_.Find(lookup, lookup.labels);
  ASSERT_NE(held.tree, nullptr);
  for (int i = 100; i < 300; ++i) Load(i), Ask(i);
  ASSERT_EQ(directory_.StateOf(IdOf(0)), Directory::State::kCold);
  EXPECT_EQ(held.tree->Soa().records(), 1u);
  EXPECT_EQ(held.tree->names, 1u);
  RcuThread::Offline();
  directory_.DrainForTest();
  RcuThread::Online();
}

}  // namespace
}  // namespace quartet::nameserver
