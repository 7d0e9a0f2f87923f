// docs/formats/node_replica.md says what a node's replica reads.
#include <gtest/gtest.h>

#include "replication/base/format_examples.h"
#include "replication/replica/node_meta.h"
#include "replication/store/memory_store.h"

namespace quartet::replication {
namespace {

std::string Example(absl::string_view name) { return FormatExample("node_replica.md", name); }

TEST(NodeReplicaPage, HasWhatANodeReads) {
  store::MemoryStore store;
  store::Batch batch;
  batch.Put(Example("incarnation-key"), std::string(NodeMeta::kIncarnationBytes, 'i'));
  batch.Put(Example("cursor-key"), Example("cursor"));
  ASSERT_TRUE(store.Write(batch, store::Store::Sync::kYes).ok());
  const auto meta = ReadNodeMeta(store);
  ASSERT_TRUE(meta.ok()) << meta.status();
  ASSERT_TRUE(meta->has_value() && (*meta)->cursor.has_value());
  EXPECT_EQ(ToString(*(*meta)->cursor), "1731000000-a1b2c3/1");
  EXPECT_EQ(Example("cursor"), FormatExample("entries.md", "position-1"));
}

}  // namespace
}  // namespace quartet::replication
