#include "nameserver/replica/zone_installer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "nameserver/replica/zone_fixture.h"
#include "replication/replica/layout.h"
#include "replication/store/memory_store.h"

namespace quartet::nameserver {
namespace {

using dns::Type;
using replication::ZoneUpdate;

constexpr char kZone[] = "Z0000000000001";
constexpr char kOther[] = "Z0000000000002";

class ZoneInstallerTest : public testing::Test {
 protected:
  std::vector<UnloadableZone> Install(const std::vector<ZoneUpdate>& updates) {
    return installer_.Install(updates, {{kTestKeyId, kTestKey}}).unloadable;
  }
  ZoneUpdate Update(ZoneUpdate::Kind kind, const std::string& zone_id, const dns::Name& apex) {
    ZoneUpdate update;
    update.kind = kind;
    update.zone_id = zone_id;
    update.apex = apex;
    update.revision = 2;
    return update;
  }

  const dns::Name apex_ = TestName("example.com.");
  const dns::Name child_ = TestName("sub.example.com.");
  store::MemoryStore store_;
  Directory directory_;
  ZoneInstaller installer_{store_, directory_};
};

TEST_F(ZoneInstallerTest, LoadsAZoneFromItsGenerationOnly) {
  StoreTestZone(store_, kZone, apex_, 6, MakeTestZone(apex_, {"old 300 A 192.0.2.6"}));
  const ZoneUpdate load =
      StoreTestZone(store_, kZone, apex_, 7, MakeTestZone(apex_, {"www 300 A 192.0.2.1"}));
  StoreTestZone(store_, kZone, apex_, 8, MakeTestZone(apex_, {"new 300 A 192.0.2.8"}));
  EXPECT_TRUE(Install({load}).empty());
  EXPECT_EQ(Look(directory_, "www.example.com.", Type::kA), "1");
  EXPECT_EQ(Look(directory_, "old.example.com.", Type::kA), "no name");
  EXPECT_EQ(Look(directory_, "new.example.com.", Type::kA), "no name");
  EXPECT_EQ(installer_.zone_count(), 1u);
  EXPECT_EQ(installer_.failing_count(), 0u);
}

TEST_F(ZoneInstallerTest, BuildsAZoneFromThePutsItCameWith) {
  std::vector<TestRecord> records = MakeTestZone(apex_, {"www 300 A 192.0.2.1"});
  std::sort(records.begin(), records.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  store::Batch batch;
  batch.Put("m", "something before");
  ZoneUpdate load = StoreTestZone(store_, kZone, apex_, 7, {});
  load.put_from = 1;
  load.puts = records.size();
  for (const TestRecord& record : records)
    batch.Put(replication::layout::Record(kZone, 7, record.key), record.served);
  batch.Put("z", "something behind");
  const auto installed = installer_.Install({load}, {}, ZoneInstaller::Building::kAtOnce, &batch);
  EXPECT_TRUE(installed.unloadable.empty());
  EXPECT_EQ(Look(directory_, "www.example.com.", Type::kA), "1");
}

TEST_F(ZoneInstallerTest, KeepsOnlyTheZonesItIsTold) {
  const ZoneUpdate load =
      StoreTestZone(store_, kZone, apex_, 7, MakeTestZone(apex_, {"www 300 A 192.0.2.1"}));
  Install({load, Update(ZoneUpdate::Kind::kFail, kOther, child_)});
  installer_.KeepOnly({load});
  EXPECT_EQ(Look(directory_, "www.example.com.", Type::kA), "1");
  EXPECT_EQ(Look(directory_, "sub.example.com.", Type::kA), "no name");
  EXPECT_EQ(installer_.zone_count(), 1u);
  EXPECT_EQ(installer_.failing_count(), 0u);
}

TEST_F(ZoneInstallerTest, AppliesRecordsAndRemovals) {
  ASSERT_TRUE(Install({StoreTestZone(store_, kZone, apex_, 1, MakeTestZone(apex_, {"www 300 A 192.0.2.1"}))})
                  .empty());
  ZoneUpdate change = Update(ZoneUpdate::Kind::kRecords, kZone, apex_);
  const TestRecord added = MakeTestRecord(apex_, "mail 300 A 192.0.2.2");
  change.records = {{added.key, added.served},
                    {MakeTestRecord(apex_, "www 300 A 192.0.2.1").key, std::nullopt}};
  EXPECT_TRUE(Install({change}).empty());
  EXPECT_EQ(Look(directory_, "mail.example.com.", Type::kA), "1");
  EXPECT_EQ(Look(directory_, "www.example.com.", Type::kA), "no name");
}

TEST_F(ZoneInstallerTest, ARemovedZoneIsGone) {
  ASSERT_TRUE(Install({StoreTestZone(store_, kZone, apex_, 1, MakeTestZone(apex_, {}))}).empty());
  EXPECT_TRUE(Install({Update(ZoneUpdate::Kind::kRemove, kZone, apex_)}).empty());
  EXPECT_EQ(Look(directory_, "example.com.", Type::kSoa), "no zone");
  EXPECT_EQ(installer_.zone_count(), 0u);
}

// Invariant of the design: a zone that can't be served keeps its name, and its parent does not answer for it.
TEST_F(ZoneInstallerTest, AZoneWithAnotherDigestFailsAndTheOthersAreServed) {
  ZoneUpdate bad = StoreTestZone(store_, kOther, child_, 1, MakeTestZone(child_, {}));
  bad.digest[3] = static_cast<char>(bad.digest[3] ^ 1);
  const ZoneUpdate good =
      StoreTestZone(store_, kZone, apex_, 1, MakeTestZone(apex_, {"www 300 A 192.0.2.1"}));
  const std::vector<UnloadableZone> unloadable = Install({bad, good});
  ASSERT_EQ(unloadable.size(), 1u);
  EXPECT_EQ(unloadable[0].zone_id, kOther);
  EXPECT_TRUE(absl::StrContains(unloadable[0].reason, "digest")) << unloadable[0].reason;
  EXPECT_EQ(Look(directory_, "sub.example.com.", Type::kSoa), "SERVFAIL");
  EXPECT_EQ(Look(directory_, "www.example.com.", Type::kA), "1");
  EXPECT_EQ(installer_.zone_count(), 2u);
  EXPECT_EQ(installer_.failing_count(), 1u);
}

TEST_F(ZoneInstallerTest, ALostRecordIsFoundByTheDigest) {
  const ZoneUpdate load =
      StoreTestZone(store_, kZone, apex_, 1, MakeTestZone(apex_, {"www 300 A 192.0.2.1"}));
  store::Batch damage;
  damage.Delete(replication::layout::Record(kZone, 1, MakeTestRecord(apex_, "www 300 A 192.0.2.1").key));
  ASSERT_TRUE(store_.Write(damage, store::Store::Sync::kYes).ok());
  EXPECT_EQ(Install({load}).size(), 1u);
  EXPECT_EQ(Look(directory_, "www.example.com.", Type::kA), "SERVFAIL");
}

TEST_F(ZoneInstallerTest, DamagedBytesFailTheirZone) {
  std::vector<TestRecord> records = MakeTestZone(apex_, {});
  records[1].served = "\xff no served part";
  EXPECT_EQ(Install({StoreTestZone(store_, kZone, apex_, 1, records)}).size(), 1u);
  EXPECT_EQ(Look(directory_, "example.com.", Type::kSoa), "SERVFAIL");
}

TEST_F(ZoneInstallerTest, AZoneWhoseDigestKeyIsUnknownFails) {
  ZoneUpdate load = StoreTestZone(store_, kZone, apex_, 1, MakeTestZone(apex_, {}));
  load.digest_key_id = 99;
  const std::vector<UnloadableZone> unloadable = Install({load});
  ASSERT_EQ(unloadable.size(), 1u);
  EXPECT_TRUE(absl::StrContains(unloadable[0].reason, "digest key 99")) << unloadable[0].reason;
}

TEST_F(ZoneInstallerTest, AFailedZoneComesBackWithItsNextLoad) {
  ASSERT_TRUE(Install({Update(ZoneUpdate::Kind::kFail, kZone, apex_)}).empty());
  EXPECT_EQ(Look(directory_, "www.example.com.", Type::kA), "SERVFAIL");
  EXPECT_EQ(installer_.failing_count(), 1u);
  EXPECT_TRUE(Install({StoreTestZone(store_, kZone, apex_, 1, MakeTestZone(apex_, {"www 300 A 192.0.2.1"}))})
                  .empty());
  EXPECT_EQ(Look(directory_, "www.example.com.", Type::kA), "1");
  EXPECT_EQ(installer_.failing_count(), 0u);
}

TEST_F(ZoneInstallerTest, ASecondZoneOfTheSameNameIsRefusedAndTheFirstGoesOn) {
  ASSERT_TRUE(Install({StoreTestZone(store_, kZone, apex_, 1, MakeTestZone(apex_, {"www 300 A 192.0.2.1"}))})
                  .empty());
  EXPECT_EQ(Install({StoreTestZone(store_, kOther, apex_, 1, MakeTestZone(apex_, {}))}).size(), 1u);
  EXPECT_EQ(Look(directory_, "www.example.com.", Type::kA), "1");
  EXPECT_EQ(installer_.zone_count(), 1u);
}

}  // namespace
}  // namespace quartet::nameserver
