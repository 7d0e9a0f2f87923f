#include "nameserver/zone/directory.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dns/record_set/record_set.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"

namespace quartet::nameserver {
namespace {

dns::Name NameOf(const std::string& text) { return *dns::Name::Parse(text); }

struct Record {
  std::string key;
  std::string value;
};

Record MakeRecord(const dns::Name& apex, const std::string& owner, dns::Type type, const std::string& data) {
  const dns::Name name = *dns::Name::Parse(owner, apex);
  const auto set = dns::RecordSet::Create(name, 300, {*dns::RecordData::Parse(type, data, apex)});
  return {replication::RecordKey(name, apex, type), replication::EncodeServed(*set, apex)};
}

// A zone with a SOA of this serial.
ZoneBuilder Zone(const std::string& apex, int serial) {
  ZoneBuilder builder(NameOf(apex));
  const Record soa =
      MakeRecord(NameOf(apex), "@", dns::Type::kSoa, "ns1 admin " + std::to_string(serial) + " 1 1 1 1");
  EXPECT_TRUE(builder.Add(soa.key, soa.value).ok());
  return builder;
}

class DirectoryTest : public ::testing::Test {
 protected:
  ZoneMatch Find(const std::string& name, size_t max_labels = dns::Name::kMaxLabels) {
    LookupName lookup;
    const dns::Name parsed = NameOf(name);
    EXPECT_EQ(lookup.Read(parsed.wire()), parsed.wire().size());
    return directory_.Find(lookup, max_labels);
  }
  // The id of the zone that answers for the name; "-" if none does; with "!" in front if it is in SERVFAIL, "~" if it
  // is cold.
  std::string IdFor(const std::string& name) {
    const ZoneMatch match = Find(name);
    if (match.entry == nullptr) return "-";
    EXPECT_TRUE(match.tree == nullptr || !match.cold);
    return (match.tree != nullptr ? "" : match.cold ? "~" : "!") + std::string(match.entry->id());
  }
  uint32_t SerialOf(const std::string& name) {
    const RecordSetView soa = Find(name).tree->Soa();
    return __builtin_bswap32(Load<uint32_t>(soa.image() + soa.size() - 20));
  }
  absl::Status SetSerial(const std::string& id, const std::string& apex, int serial) {
    const Record soa =
        MakeRecord(NameOf(apex), "@", dns::Type::kSoa, "ns1 admin " + std::to_string(serial) + " 1 1 1 1");
    const std::vector<RecordUpdate> updates = {{soa.key, absl::string_view(soa.value)}};
    return directory_.Update(id, updates);
  }

  Directory directory_;
  RcuThread rcu_;
};

TEST_F(DirectoryTest, NothingIsSeenBeforePublish) {
  ASSERT_TRUE(directory_.Install("Z1", Zone("a.test.", 1)).ok());
  EXPECT_EQ(IdFor("a.test."), "-");
  directory_.Publish();
  EXPECT_EQ(IdFor("a.test."), "Z1");
  ASSERT_TRUE(SetSerial("Z1", "a.test.", 2).ok());
  ASSERT_TRUE(SetSerial("Z1", "a.test.", 3).ok());
  EXPECT_EQ(SerialOf("a.test."), 1u);
  directory_.Publish();
  EXPECT_EQ(SerialOf("a.test."), 3u);
}

TEST_F(DirectoryTest, MostSpecificZoneWins) {
  ASSERT_TRUE(directory_.Install("Z1", Zone("test.", 1)).ok());
  ASSERT_TRUE(directory_.Install("Z2", Zone("B.a.Test.", 1)).ok());
  directory_.Publish();
  EXPECT_EQ(IdFor("x.b.A.test."), "Z2");
  EXPECT_EQ(IdFor("b.a.test."), "Z2");
  EXPECT_EQ(IdFor("a.test."), "Z1");
  EXPECT_EQ(IdFor("xb.a.test."), "Z1");
  EXPECT_EQ(IdFor("tests."), "-");
  EXPECT_EQ(IdFor("."), "-");
  EXPECT_EQ(Find("b.a.test.", 2).entry->id(), "Z1");
}

// The numbers of labels are kept in two words.
TEST_F(DirectoryTest, ZonesMayHaveAnyNumberOfLabels) {
  const auto name = [](int labels) {
    std::string text;
    for (; labels > 0; --labels) text += "a.";
    return text.empty() ? std::string(".") : text;
  };
  for (const int labels : {0, 1, 62, 63, 64, 65, 100, 127}) {
    ASSERT_TRUE(directory_.Fail("Z" + std::to_string(labels), NameOf(name(labels))).ok());
  }
  directory_.Publish();
  int above = 0;
  for (int labels = 0; labels <= 127; ++labels) {
    const bool apex = labels <= 1 || (labels >= 62 && labels <= 65) || labels == 100 || labels == 127;
    if (apex) above = labels;
    EXPECT_EQ(IdFor(name(labels)), "!Z" + std::to_string(above)) << labels;
  }
  EXPECT_EQ(Find(name(127), 126).entry->id(), "Z100");
  EXPECT_EQ(Find(name(127), 64).entry->id(), "Z64");
  EXPECT_EQ(Find(name(127), 63).entry->id(), "Z63");
}

TEST_F(DirectoryTest, FailedZoneKeepsItsName) {
  ASSERT_TRUE(directory_.Install("Z1", Zone("test.", 1)).ok());
  ASSERT_TRUE(directory_.Fail("Z2", NameOf("a.test.")).ok());
  directory_.Publish();
  EXPECT_EQ(IdFor("www.a.test."), "!Z2");
  EXPECT_EQ(SetSerial("Z2", "a.test.", 2).code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(directory_.Install("Z2", Zone("a.test.", 5)).ok());
  directory_.Publish();
  EXPECT_EQ(SerialOf("www.a.test."), 5u);
  ASSERT_TRUE(directory_.Fail("Z2", NameOf("a.test.")).ok());
  directory_.Publish();
  EXPECT_EQ(IdFor("www.a.test."), "!Z2");
}

TEST_F(DirectoryTest, RemovedZoneLeavesItsNamesToTheZoneAbove) {
  ASSERT_TRUE(directory_.Install("Z1", Zone("test.", 1)).ok());
  ASSERT_TRUE(directory_.Install("Z2", Zone("a.test.", 1)).ok());
  directory_.Publish();
  directory_.Remove("Z2");
  directory_.Remove("Z3");
  EXPECT_EQ(IdFor("a.test."), "Z2");
  directory_.Publish();
  EXPECT_EQ(IdFor("a.test."), "Z1");
  EXPECT_EQ(directory_.zone_count(), 1u);
  EXPECT_EQ(SetSerial("Z2", "a.test.", 2).code(), absl::StatusCode::kNotFound);
}

TEST_F(DirectoryTest, OneApexHasOneZone) {
  ASSERT_TRUE(directory_.Install("Z1", Zone("a.test.", 1)).ok());
  EXPECT_EQ(directory_.Install("Z2", Zone("A.test.", 2)).code(), absl::StatusCode::kAlreadyExists);
  directory_.Publish();
  EXPECT_EQ(directory_.Install("Z2", Zone("A.test.", 2)).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(directory_.Fail("Z2", NameOf("a.test.")).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(directory_.Install("Z1", Zone("b.test.", 2)).code(), absl::StatusCode::kInvalidArgument);
  // Unless the other leaves at the same time.
  directory_.Remove("Z1");
  ASSERT_TRUE(directory_.Install("Z2", Zone("a.test.", 2)).ok());
  directory_.Publish();
  EXPECT_EQ(IdFor("a.test."), "Z2");
  EXPECT_EQ(SerialOf("a.test."), 2u);
}

// Every order of staged changes: the last one counts, and no block is lost or freed twice (the sanitizers
// look).
TEST_F(DirectoryTest, StagedChangesOverlap) {
  for (int order = 0; order < 5 * 5 * 5 * 2; ++order) {
    const std::string id = "Z" + std::to_string(order);
    const std::string apex = "n" + std::to_string(order) + ".test.";
    if (order % 2 == 0) {
      ASSERT_TRUE(directory_.Install(id, Zone(apex, 1)).ok());
      directory_.Publish();
    }
    std::string expected = order % 2 == 0 ? id : "-";
    for (int left = order / 2, step = 0; step < 3; ++step, left /= 5) {
      switch (left % 5) {
        case 0:
          ASSERT_TRUE(directory_.Install(id, Zone(apex, 10 + step)).ok());
          expected = id;
          break;
        case 1:
          EXPECT_EQ(SetSerial(id, apex, 20 + step).ok(), expected == id);
          break;
        case 2:
          ASSERT_TRUE(directory_.Fail(id, NameOf(apex)).ok());
          expected = "!" + id;
          break;
        case 3:
          ASSERT_TRUE(directory_.Unload(id, NameOf(apex)).ok());
          expected = "~" + id;
          break;
        default:
          directory_.Remove(id);
          expected = "-";
      }
    }
    EXPECT_EQ(directory_.StateOf(id), expected == "-"      ? Directory::State::kAbsent
                                      : expected[0] == '!' ? Directory::State::kFailing
                                      : expected[0] == '~' ? Directory::State::kCold
                                                           : Directory::State::kResident);
    if (order % 3 == 0) continue;
    directory_.Publish();
    EXPECT_EQ(IdFor(apex), expected) << order;
  }
}

TEST_F(DirectoryTest, ColdZoneHasItsNamesAndNoTree) {
  ASSERT_TRUE(directory_.Install("Z1", Zone("test.", 1)).ok());
  directory_.Publish();
  directory_.Reserve(1000);
  const absl::string_view apex("\1a\4test\0", 8);
  const std::vector<Directory::ColdName> same = {{"Z2", apex}, {"Z3", apex}};
  EXPECT_EQ(directory_.AddCold(same), 1u);
  EXPECT_EQ(IdFor("www.a.test."), "~Z2");
  EXPECT_EQ(IdFor("www.b.test."), "Z1");
  EXPECT_EQ(directory_.zone_count(), 2u);
  // What is on disk changes there.
  EXPECT_EQ(SetSerial("Z2", "a.test.", 2).code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(directory_.Install("Z2", Zone("a.test.", 3)).ok());
  directory_.Publish();
  EXPECT_EQ(SerialOf("www.a.test."), 3u);
  ASSERT_TRUE(directory_.Unload("Z2", NameOf("a.test.")).ok());
  EXPECT_EQ(IdFor("www.a.test."), "Z2");
  directory_.Publish();
  EXPECT_EQ(IdFor("www.a.test."), "~Z2");
  directory_.Remove("Z2");
  directory_.Publish();
  EXPECT_EQ(IdFor("www.a.test."), "Z1");
}

TEST_F(DirectoryTest, TheQueryThatAZoneIsLoadedForDoesNotTouchIt) {
  ASSERT_TRUE(directory_.Install("Z1", Zone("a.test.", 1)).ok());
  directory_.Publish();
  EXPECT_EQ(Find("a.test.").entry->touched.load(), ZoneEntry::kUntouched);
  EXPECT_EQ(Find("a.test.").entry->touched.load(), ZoneEntry::kTouched);
  EXPECT_EQ(Find("a.test.").entry->touched.load(), ZoneEntry::kTouched);
}

TEST_F(DirectoryTest, GrowsAndShrinks) {
  constexpr int kZones = 20000;
  const auto apex = [](int i) {
    return "zone" + std::to_string(i) + (i % 2 == 0 ? ".test." : ".deeper.test.");
  };
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < kZones; ++i) {
      ASSERT_TRUE(directory_.Fail("Z" + std::to_string(i), NameOf(apex(i))).ok());
      if (i % 1000 == 0) directory_.Publish();
    }
    directory_.Publish();
    EXPECT_EQ(directory_.zone_count(), size_t{kZones});
    for (int i = 0; i < kZones; ++i) ASSERT_EQ(IdFor("www." + apex(i)), "!Z" + std::to_string(i));
    EXPECT_EQ(IdFor("zone1.test."), "-");
    for (int i = 0; i < kZones; ++i) directory_.Remove("Z" + std::to_string(i));
    directory_.Publish();
    EXPECT_EQ(directory_.zone_count(), 0u);
    EXPECT_EQ(IdFor(apex(7)), "-");
  }
}

}  // namespace
}  // namespace quartet::nameserver
