#include "controller/assignment/usage.h"

#include "gtest/gtest.h"
#include "replication/replica/layout.h"
#include "replication/store/memory_store.h"

namespace quartet::controller {
namespace {

stored::v1::ZoneRow Row(const std::string& id, stored::v1::ZoneState state) {
  stored::v1::ZoneRow row;
  row.set_id(id);
  row.set_state(state);
  row.add_assignments()->set_target("n1");
  row.add_assignments()->set_target("n2");
  return row;
}

stored::v1::Entry Entry(uint64_t prev, const stored::v1::ZoneRow& row) {
  stored::v1::Entry entry;
  entry.add_effects()->mutable_zone()->set_prev_revision(prev);
  *entry.mutable_effects(0)->mutable_zone()->mutable_row() = row;
  return entry;
}

TEST(UsageTest, CountsWhatIsThereAndThenWhatComesAndGoes) {
  store::MemoryStore store;
  store::Batch batch;
  batch.Put(replication::layout::Zone("Z1"), Row("Z1", stored::v1::ZONE_STATE_ACTIVE).SerializeAsString());
  batch.Put(replication::layout::Zone("Z2"), Row("Z2", stored::v1::ZONE_STATE_DELETED).SerializeAsString());
  ASSERT_TRUE(store.Write(batch, store::Store::Sync::kNo).ok());
  Usage usage;
  ASSERT_TRUE(usage.Load(store).ok());
  EXPECT_EQ(usage.zones(), 1u);
  EXPECT_EQ(usage.ZonesOf("n1"), 1u);
  EXPECT_EQ(usage.ZonesOf("n9"), 0u);

  usage.Committed(Entry(0, Row("Z3", stored::v1::ZONE_STATE_ACTIVE)));
  EXPECT_EQ(usage.ZonesOf("n2"), 2u);
  usage.Committed(Entry(1, Row("Z3", stored::v1::ZONE_STATE_ACTIVE)));
  EXPECT_EQ(usage.zones(), 2u);
  usage.Committed(Entry(2, Row("Z3", stored::v1::ZONE_STATE_DELETED)));
  EXPECT_EQ(usage.ZonesOf("n2"), 1u);
  EXPECT_EQ(usage.zones(), 1u);
}

TEST(UsageTest, DamageIsSaid) {
  store::MemoryStore store;
  store::Batch batch;
  batch.Put(replication::layout::Zone("Z1"), "\xff");
  ASSERT_TRUE(store.Write(batch, store::Store::Sync::kNo).ok());
  EXPECT_TRUE(absl::IsDataLoss(Usage().Load(store)));
}

}  // namespace
}  // namespace quartet::controller
