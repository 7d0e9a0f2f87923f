#include "replication/feed/snapshot_view.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "absl/status/status.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/feed/stream_rules.h"

namespace quartet::replication {
namespace {

v1::SnapshotPart Part(int records) {
  v1::SnapshotPart part;
  part.set_zone_id("Z0000000000001");
  part.mutable_as_of()->set_epoch(5);
  part.mutable_as_of()->set_index(300);
  part.mutable_as_of()->set_chain(std::string(16, 'c'));
  for (int i = 0; i < records; ++i) {
    part.add_records()->set_key("key" + std::to_string(i));
    part.mutable_records(i)->set_served(std::string(static_cast<size_t>(i) * 50, 's'));
  }
  part.set_last(true);
  part.mutable_row()->set_id("Z0000000000001");
  part.mutable_row()->set_revision(7);
  return part;
}

// The view says what protobuf reads.
void ExpectSame(const SnapshotView& view, const v1::SnapshotPart& part) {
  EXPECT_EQ(view.zone_id, part.zone_id());
  EXPECT_EQ(view.as_of.index, part.as_of().index());
  EXPECT_EQ(view.part, part.part());
  EXPECT_EQ(view.last, part.last());
  EXPECT_EQ(view.has_row, part.has_row());
  EXPECT_EQ(view.quarantined, part.quarantined());
  ASSERT_EQ(view.records.size(), static_cast<size_t>(part.records_size()));
  for (int i = 0; i < part.records_size(); ++i) {
    EXPECT_EQ(view.records[i].key, part.records(i).key());
    EXPECT_EQ(view.records[i].served, part.records(i).served());
  }
}

TEST(SnapshotView, ReadsWhatProtobufWrites) {
  v1::SnapshotPart part = Part(40);
  ExpectSame(*ViewSnapshot(part.SerializeAsString()), part);
  part.set_part(70'000);
  part.clear_last();
  part.clear_row();
  part.set_quarantined("damaged");
  ExpectSame(*ViewSnapshot(part.SerializeAsString()), part);
}

TEST(SnapshotView, TheRowIsThere) {
  stored::v1::NodeZoneRow row;
  const std::string bytes = Part(1).SerializeAsString();
  const SnapshotView view = *ViewSnapshot(bytes);
  ASSERT_TRUE(row.ParseFromArray(view.row.data(), static_cast<int>(view.row.size())));
  EXPECT_EQ(row.revision(), 7u);
}

TEST(SnapshotView, PassesOverFieldsOfLaterVersions) {
  const std::string later(
      "\xa0\x06\x07"                // field 100, a number
      "\xaa\x06\x02xy"              // field 101, bytes
      "\xb1\x06\1\2\3\4\5\6\7\x08"  // field 102, eight bytes
      "\xbd\x06\1\2\3\4",
      3 + 5 + 10 + 6);  // field 103, four bytes
  const v1::SnapshotPart part = Part(2);
  const std::string bytes = later + part.SerializeAsString() + later;
  v1::SnapshotPart parsed;
  ASSERT_TRUE(parsed.ParseFromString(bytes));
  ExpectSame(*ViewSnapshot(bytes), part);
}

TEST(SnapshotView, IsNoneWithoutAPosition) {
  v1::SnapshotPart part = Part(1);
  part.clear_as_of();
  EXPECT_TRUE(absl::IsInvalidArgument(ViewSnapshot(part.SerializeAsString()).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(ViewSnapshot("").status()));
}

TEST(SnapshotView, TakesNoCutOffMessage) {
  const std::string bytes = Part(3).SerializeAsString();
  for (size_t size = 0; size < bytes.size(); ++size) {
    v1::SnapshotPart part;
    if (part.ParseFromString(bytes.substr(0, size)) && part.has_as_of()) continue;
    EXPECT_FALSE(ViewSnapshot(bytes.substr(0, size)).ok()) << size;
  }
}

TEST(SnapshotView, TakesDamagedMessagesAsProtobufDoes) {
  std::mt19937 random(7);
  const std::string whole = Part(4).SerializeAsString();
  int read = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = whole;
    for (unsigned damage = random() % 3 + 1; damage > 0; --damage)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    v1::SnapshotPart part;
    const absl::StatusOr<SnapshotView> view = ViewSnapshot(bytes);
    // Of what protobuf reads, the view may refuse a position it can't use; and it looks into no text.
    if (!part.ParseFromString(bytes) || !view.ok()) continue;
    ++read;
    EXPECT_EQ(view->records.size(), static_cast<size_t>(part.records_size()));
    EXPECT_EQ(view->zone_id, part.zone_id());
    EXPECT_EQ(view->last, part.last());
  }
  EXPECT_GT(read, 1000);
}

}  // namespace
}  // namespace quartet::replication
