#include "replication/replica/full_view.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "quartet/stored/v1/entry.pb.h"
#include "replication/replica/layout.h"
#include "replication/store/memory_store.h"

namespace quartet::replication {
namespace {

const char kOne[] = "Z0000000000001";
const char kTwo[] = "Z0000000000002";

dns::Name N(absl::string_view text) { return *dns::Name::Parse(text); }

class FullViewTest : public ::testing::Test {
 protected:
  void Put(absl::string_view key, absl::string_view value) {
    store::Batch batch;
    batch.Put(key, value);
    ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kNo).ok());
  }

  std::vector<std::string> Visit(absl::string_view begin, absl::string_view end, size_t limit = 100) {
    std::vector<std::string> seen;
    EXPECT_TRUE(view_
                    .VisitRecords(kOne, 1, begin, end,
                                  [&](FullView::Record record) {
                                    seen.push_back(
                                        absl::StrCat(record.key, "=", record.served, "/", record.control));
                                    return seen.size() < limit;
                                  })
                    .ok());
    return seen;
  }

  store::MemoryStore store_;
  FullView view_{store_};
};

TEST_F(FullViewTest, ShowsNothingInAnEmptyReplica) {
  EXPECT_FALSE((*view_.Zone(kOne)).has_value());
  EXPECT_EQ(view_.ZoneGeneration(kOne).status().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(view_.ListDirectory("", "", 10)->empty());
  EXPECT_TRUE(view_.PendingChanges()->empty());
  EXPECT_FALSE((*view_.GetObject(stored::v1::OBJECT_KIND_NODE, "n")).has_value());
}

TEST_F(FullViewTest, TellsDamageFromAbsence) {
  Put(layout::Zone(kOne), "\xff");
  EXPECT_EQ(view_.Zone(kOne).status().code(), absl::StatusCode::kDataLoss);
  Put(layout::Object(stored::v1::OBJECT_KIND_NODE, "n"), "short");
  EXPECT_EQ(view_.GetObject(stored::v1::OBJECT_KIND_NODE, "n").status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(view_.ListObjects(stored::v1::OBJECT_KIND_NODE).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(FullViewTest, PairsServedAndControlParts) {
  for (const char* key : {"a", "b", "c"}) Put(layout::Record(kOne, 1, key), absl::StrCat("s", key));
  Put(layout::Control(kOne, 1, "a"), "ca");
  Put(layout::Control(kOne, 1, "c"), "cc");
  Put(layout::Record(kOne, 2, "a"), "other generation");
  Put(layout::Record(kTwo, 1, "a"), "other zone");
  EXPECT_EQ(Visit("", ""), (std::vector<std::string>{"a=sa/ca", "b=sb/", "c=sc/cc"}));
  EXPECT_EQ(Visit("b", "c"), (std::vector<std::string>{"b=sb/"}));
  EXPECT_EQ(Visit("", "", 1), (std::vector<std::string>{"a=sa/ca"}));
  EXPECT_EQ((*view_.GetRecord(kOne, 1, "c"))->control, "cc");
  EXPECT_FALSE((*view_.GetRecord(kOne, 1, "d")).has_value());
}

TEST_F(FullViewTest, ListsTheDirectoryPageByPage) {
  Put(layout::Directory("", N("b.example."), kOne), "");
  Put(layout::Directory("", N("a.example."), kTwo), "");
  Put(layout::Directory("vpc-1", N("c.example."), kTwo), "");
  const auto first = *view_.ListDirectory("", "", 1);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].zone_id, kTwo);
  const auto second = *view_.ListDirectory("", first[0].key, 10);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].zone_id, kOne);
  EXPECT_EQ(view_.ListDirectory("", "zzz", 10).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(FullViewTest, FindsAllZonesOfAName) {
  Put(layout::Directory("", N("example."), kOne), "");
  Put(layout::Directory("", N("EXAMPLE."), kTwo), "");
  Put(layout::Directory("", N("a.example."), "Z0000000000003"), "");
  EXPECT_EQ(*view_.ZonesNamed("", N("Example.")), (std::vector<std::string>{kOne, kTwo}));
}

TEST_F(FullViewTest, ListsAssignedZonesBehindAPlace) {
  Put(layout::Assignment("ns-1", kOne), "");
  Put(layout::Assignment("ns-1", kTwo), "");
  Put(layout::Assignment("ns-10", kOne), "");
  EXPECT_EQ(*view_.AssignedZones("ns-1", "", 10), (std::vector<std::string>{kOne, kTwo}));
  EXPECT_EQ(*view_.AssignedZones("ns-1", kOne, 10), (std::vector<std::string>{kTwo}));
  EXPECT_EQ(*view_.AssignedZones("ns-1", "", 1), (std::vector<std::string>{kOne}));
}

TEST_F(FullViewTest, HidesDeletedObjects) {
  Put(layout::Object(stored::v1::OBJECT_KIND_NODE, "gone"), layout::BigEndian64(2));
  Put(layout::Object(stored::v1::OBJECT_KIND_NODE, "here"), absl::StrCat(layout::BigEndian64(3), "row"));
  EXPECT_FALSE((*view_.GetObject(stored::v1::OBJECT_KIND_NODE, "gone")).has_value());
  const auto rows = *view_.ListObjects(stored::v1::OBJECT_KIND_NODE);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].id, "here");
  EXPECT_EQ(rows[0].revision, 3u);
  EXPECT_EQ(rows[0].row, "row");
}

}  // namespace
}  // namespace quartet::replication
