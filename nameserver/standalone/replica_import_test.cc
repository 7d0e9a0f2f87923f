// What an import makes is a node's replica, as the node's own code reads it.
#include "nameserver/standalone/replica_import.h"

#include <gtest/gtest.h>

#include <fstream>

#include "nameserver/replica/replica.h"
#include "nameserver/replica/zone_fixture.h"
#include "nameserver/standalone/zone_file.h"
#include "replication/replica/layout.h"
#include "replication/store/memory_store.h"
#include "replication/store/test_directory.h"

namespace quartet::nameserver {
namespace {

std::vector<ZoneRecord> Zone(const std::string& apex, const std::string& more) {
  const dns::Name name = TestName(apex);
  ZoneFile file = ReadZoneText("$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns\n" + more, "zone", name);
  EXPECT_TRUE(file.ok());
  return EncodeZone(file.sets, name);
}

class ReplicaImportTest : public testing::Test {
 protected:
  void Add(ReplicaImport& import, const std::string& apex, const std::string& more) {
    ASSERT_TRUE(import.Add(TestName(apex), Zone(apex, more)).ok());
  }
  Sources SomeSources() const {
    const store::TestDirectory folder;
    std::ofstream(folder.Sub("list")) << "x";
    return Sources::Of(folder.Sub("list"), ZoneList()).value();
  }
  absl::StatusOr<std::unique_ptr<Replica>> Open() {
    return Replica::Open(
        {store_, directory_, replication::SystemClock(), replication::SystemRandom(), {.version = "test"}});
  }

  store::MemoryStore store_;
  Directory directory_;
};

TEST_F(ReplicaImportTest, NodesCodeServesIt) {
  ReplicaImport import(store_, replication::SystemRandom());
  Add(import, "a.test.", "www A 192.0.2.1\nwww A 192.0.2.2\n");
  Add(import, "b.test.", "mail A 192.0.2.3\n");
  ASSERT_TRUE(import.Finish(SomeSources()).ok());
  const auto replica = Open();
  ASSERT_TRUE(replica.ok()) << replica.status();
  EXPECT_TRUE((*replica)->complete());
  EXPECT_EQ((*replica)->zone_count(), 2U);
  EXPECT_EQ((*replica)->failing_count(), 0U);
  EXPECT_EQ(Look(directory_, "www.a.test.", dns::Type::kA), "2");
  EXPECT_EQ(Look(directory_, "mail.b.test.", dns::Type::kA), "1");
  EXPECT_EQ(Look(directory_, "c.test.", dns::Type::kA), "no zone");
}

TEST_F(ReplicaImportTest, ItKnowsItsSourcesOnceItIsDone) {
  ReplicaImport import(store_, replication::SystemRandom());
  Add(import, "a.test.", "");
  EXPECT_TRUE(absl::IsNotFound(SourcesOf(store_).status()));
  EXPECT_EQ(ImportedCount(store_), 0U);
  const Sources sources = SomeSources();
  ASSERT_TRUE(import.Finish(sources).ok());
  const auto read = SourcesOf(store_);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->Encode(), sources.Encode());
  EXPECT_EQ(ImportedCount(store_), 1U);
}

TEST_F(ReplicaImportTest, DamageOfAZoneIsNoticed) {
  ReplicaImport import(store_, replication::SystemRandom());
  Add(import, "a.test.", "");
  Add(import, "b.test.", "");
  ASSERT_TRUE(import.Finish(SomeSources()).ok());
  store::Batch batch;
  batch.Delete(replication::layout::Record("Z1000000000000", 1, Zone("a.test.", "").front().key));
  ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kYes).ok());
  const auto replica = Open();
  ASSERT_TRUE(replica.ok()) << replica.status();
  EXPECT_EQ(Look(directory_, "a.test.", dns::Type::kSoa), "SERVFAIL");
  EXPECT_EQ(Look(directory_, "b.test.", dns::Type::kSoa), "1");
}

}  // namespace
}  // namespace quartet::nameserver
