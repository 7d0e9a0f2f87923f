#include "nameserver/replica/stored_names.h"

#include <gtest/gtest.h>

#include "nameserver/replica/zone_fixture.h"
#include "replication/replica/layout.h"
#include "replication/replica/node_meta.h"
#include "replication/store/memory_store.h"

namespace quartet::nameserver {
namespace {

using dns::Type;
namespace layout = replication::layout;

class StoredNamesTest : public testing::Test {
 protected:
  void Complete() {
    store::Batch batch;
    store::Overlay out(store_, batch);
    replication::NodeMeta meta;
    meta.incarnation = std::string(replication::NodeMeta::kIncarnationBytes, 'i');
    meta.cursor = replication::Position{5, 7, {}};
    replication::PutIncarnation(out, meta);
    replication::PutCursor(out, meta);
    replication::PutComplete(out);
    Write(batch);
  }
  void Write(const store::Batch& batch) { ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kYes).ok()); }
  void Put(const std::string& key) {
    store::Batch batch;
    batch.Put(key, "");
    Write(batch);
  }
  std::string LookA(absl::string_view name) { return Look(directory_, name, Type::kA); }

  store::MemoryStore store_;
  Directory directory_;
};

TEST_F(StoredNamesTest, AllZonesAreNamedAndCold) {
  Complete();
  const dns::Name names[] = {TestName("."), TestName("Test."), TestName("a.test."),
                             TestName("a\\000b\\001c\\255.test."), TestName("\\001.test.")};
  for (int i = 0; i < 5; ++i) {
    replication::ZoneUpdate zone =
        StoreTestZone(store_, "Z000000000000" + std::to_string(i), names[i], 1, MakeTestZone(names[i], {}));
    StoreTestRows(store_, zone);
  }
  const absl::StatusOr<StoredNames> read = ReadStoredNames(store_, directory_);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(read->complete);
  EXPECT_FALSE(read->drained);
  EXPECT_EQ(read->cursor.index, 7u);
  EXPECT_EQ(read->digest_keys.at(kTestKeyId), kTestKey);
  EXPECT_EQ(directory_.zone_count(), 5u);
  for (int i = 0; i < 5; ++i) {
    const std::string id = "Z000000000000" + std::to_string(i);
    EXPECT_EQ(directory_.StateOf(id), Directory::State::kCold);
    EXPECT_EQ(*directory_.ApexOf(id), names[i]) << i;
    EXPECT_EQ(Look(directory_, names[i].ToString(), Type::kA), "cold");
  }
}

// A longest name: the key is longer than the name.
TEST_F(StoredNamesTest, LongNames) {
  Complete();
  std::string text;
  for (int i = 0; i < 3; ++i) {
    for (int k = 0; k < 63; ++k) text += "\\001";
    text += ".";
  }
  const dns::Name name = TestName(text + std::string(61, 'x') + ".");
  ASSERT_EQ(name.wire().size(), dns::Name::kMaxWire);
  Put(layout::Directory("", name, "Z0000000000001"));
  ASSERT_TRUE(ReadStoredNames(store_, directory_).ok());
  EXPECT_EQ(*directory_.ApexOf("Z0000000000001"), name);
}

TEST_F(StoredNamesTest, ZoneOfSeveralVpcsIsNamedOnce) {
  Complete();
  for (const char* scope : {"", "vpc-1", "vpc-2"})
    Put(layout::Directory(scope, TestName("a.test."), "Z0000000000001"));
  ASSERT_TRUE(ReadStoredNames(store_, directory_).ok());
  EXPECT_EQ(directory_.zone_count(), 1u);
}

TEST_F(StoredNamesTest, ReplicaThatWasNeverCompleteHasNoNames) {
  Put(layout::Directory("", TestName("a.test."), "Z0000000000001"));
  const absl::StatusOr<StoredNames> read = ReadStoredNames(store_, directory_);
  EXPECT_TRUE(!read.ok() || !read->complete);
  EXPECT_EQ(directory_.zone_count(), 0u);
}

TEST_F(StoredNamesTest, DamagedKeysAreFound) {
  Complete();
  const std::string good = layout::Directory("", TestName("a.test."), "Z0000000000001");
  const std::string keys[] = {
      "d",
      "d\xff",
      "dx",
      // No terminator.
      std::string("d\0test", 6) + "Z0000000000001",
      // An empty label, an escape of nothing.
      std::string("d\0\0test\0\0", 9) + "Z0000000000001",
      std::string("d\0te\1xst\0\0", 11) + "Z0000000000001",
      std::string("d\0te\1\0\0", 8) + "Z0000000000001",
      std::string("d\0", 2) + std::string(64, 'x') + std::string("\0\0", 2) + "Z0000000000001",
  };
  for (const std::string& key : keys) {
    store::Batch batch;
    batch.Put(key, "");
    Write(batch);
    Directory directory;
    EXPECT_EQ(ReadStoredNames(store_, directory).status().code(), absl::StatusCode::kDataLoss) << key;
    store::Batch undo;
    undo.Delete(key);
    Write(undo);
  }
  Put(good);
  EXPECT_TRUE(ReadStoredNames(store_, directory_).ok());
}

}  // namespace
}  // namespace quartet::nameserver
