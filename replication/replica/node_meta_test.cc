#include "replication/replica/node_meta.h"

#include <gtest/gtest.h>

#include "absl/status/status.h"
#include "replication/base/format_examples.h"
#include "replication/replica/layout.h"
#include "replication/store/memory_store.h"

namespace quartet::replication {
namespace {

constexpr char kPage[] = "node_replica.md";

class NodeMetaTest : public testing::Test {
 protected:
  NodeMetaTest() { meta_.incarnation = "0123456789abcdef"; }

  template <typename Put>
  void Write(Put put) {
    store::Batch batch;
    store::Overlay out(store_, batch);
    put(out);
    ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kYes).ok());
  }

  NodeMeta Read() {
    absl::StatusOr<std::optional<NodeMeta>> meta = ReadNodeMeta(store_);
    EXPECT_TRUE(meta.ok()) << meta.status();
    return meta->value();
  }

  absl::Status StatusWith(absl::string_view name, absl::string_view value) {
    Write([&](store::Overlay& out) {
      PutIncarnation(out, meta_);
      out.Put(layout::Meta(name), value);
    });
    return ReadNodeMeta(store_).status();
  }

  store::MemoryStore store_;
  NodeMeta meta_;
};

TEST_F(NodeMetaTest, AnEmptyStoreHasNone) {
  absl::StatusOr<std::optional<NodeMeta>> meta = ReadNodeMeta(store_);
  ASSERT_TRUE(meta.ok());
  EXPECT_FALSE(meta->has_value());
}

TEST_F(NodeMetaTest, WhatIsWrittenIsRead) {
  meta_.cursor = Position{7, 9, {1, 2, 3}};
  meta_.epoch = 7;
  meta_.next_generation = 12;
  Write([&](store::Overlay& out) {
    PutIncarnation(out, meta_);
    PutCursor(out, meta_);
    PutComplete(out);
    PutEpoch(out, meta_);
    PutNextGeneration(out, meta_);
    PutDigestKey(out, 3, "fedcba9876543210");
    PutStage(out, "Z0000000000001", 11);
    PutStage(out, "Z0000000000002", 10);
    EraseStage(out, "Z0000000000002");
  });
  const NodeMeta meta = Read();
  EXPECT_EQ(meta.incarnation, meta_.incarnation);
  EXPECT_EQ(meta.cursor, meta_.cursor);
  EXPECT_TRUE(meta.complete);
  EXPECT_EQ(meta.epoch, 7u);
  EXPECT_EQ(meta.next_generation, 12u);
  EXPECT_EQ(meta.digest_keys.at(3), "fedcba9876543210");
  EXPECT_EQ(meta.stages, (std::map<std::string, uint64_t>{{"Z0000000000001", 11}}));
}

TEST_F(NodeMetaTest, ExamplesOfTheFormatAreRead) {
  const std::string cursor_key = FormatExample(kPage, "cursor-key");
  Write([&](store::Overlay& out) {
    PutIncarnation(out, meta_);
    out.Put(cursor_key, FormatExample(kPage, "cursor"));
  });
  const NodeMeta meta = Read();
  ASSERT_TRUE(meta.cursor.has_value());
  EXPECT_EQ(meta.cursor->epoch, 0x672cf6c0a1b2c3u);
  EXPECT_EQ(meta.cursor->index, 1u);
  EXPECT_EQ(meta.cursor->chain[15], 0xf7);
  EXPECT_TRUE(store_.Get(FormatExample(kPage, "incarnation-key"))->has_value());
}

TEST_F(NodeMetaTest, DamageIsSaidWithWhatToDo) {
  EXPECT_TRUE(absl::IsDataLoss(StatusWith("node/cursor", "short")));
  EXPECT_NE(ReadNodeMeta(store_).status().message().find("empty its directory"), absl::string_view::npos);
}

TEST_F(NodeMetaTest, RefusesWhatItCantMean) { EXPECT_TRUE(absl::IsDataLoss(StatusWith("node/epoch", "1"))); }

TEST_F(NodeMetaTest, RefusesAKeyOfAnotherSize) {
  EXPECT_TRUE(absl::IsDataLoss(StatusWith("node/digest/1", "short")));
}

TEST_F(NodeMetaTest, RefusesALaterFormat) {
  EXPECT_TRUE(absl::IsFailedPrecondition(StatusWith("node/format", layout::BigEndian64(2))));
}

TEST_F(NodeMetaTest, RefusesACompleteReplicaWithoutACursor) {
  EXPECT_TRUE(absl::IsDataLoss(StatusWith("node/complete", "")));
}

// A node that was killed before it had ever reached a controller.
TEST_F(NodeMetaTest, AStoreThatWasOnlyScrubbedIsEmpty) {
  store::Batch batch;
  batch.Put(layout::Meta("node/scrub"), "progress");
  ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kYes).ok());
  const auto meta = ReadNodeMeta(store_);
  ASSERT_TRUE(meta.ok()) << meta.status();
  EXPECT_FALSE(meta->has_value());
}

TEST_F(NodeMetaTest, RefusesAControllersStore) {
  store::Batch batch;
  batch.Put(layout::Meta("probe"), "");
  ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kYes).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(ReadNodeMeta(store_).status()));
}

}  // namespace
}  // namespace quartet::replication
