// The keys of docs/formats/replica.md are those that the code makes.
#include <gtest/gtest.h>

#include "quartet/stored/v1/entry.pb.h"
#include "replication/base/format_examples.h"
#include "replication/log/log_state.h"
#include "replication/record/record_key.h"
#include "replication/replica/layout.h"

namespace quartet::replication {
namespace {

constexpr char kZone[] = "Z0123456789ABC";

std::string Example(absl::string_view name) { return FormatExample("replica.md", name); }

TEST(ReplicaPage, HasTheKeysThatAreStored) {
  const auto apex = dns::Name::Parse("Example.com.");
  const auto owner = dns::Name::Parse("www.example.com.");
  ASSERT_TRUE(apex.ok() && owner.ok());
  EXPECT_EQ(layout::Record(kZone, 1, RecordKey(*owner, *apex, dns::Type::kA)), Example("key-record"));
  EXPECT_EQ(layout::Directory("", *apex, kZone), Example("key-directory"));
  EXPECT_EQ(layout::Stage(kZone), Example("key-stage"));
  EXPECT_EQ(layout::Assignment("ns-1", kZone), Example("key-assignment"));
  EXPECT_EQ(layout::Object(stored::v1::OBJECT_KIND_NAMESERVER, "ns-1"), Example("key-object"));
  EXPECT_EQ(layout::History(kZone, 7), Example("key-history"));
  EXPECT_EQ(layout::Deleted(*apex, kZone), Example("key-deleted"));
  EXPECT_EQ(layout::Pending(42, "C0123456789ABC"), Example("key-pending"));
  EXPECT_EQ(LogEntryKey(42), Example("key-log-entry"));
}

}  // namespace
}  // namespace quartet::replication
