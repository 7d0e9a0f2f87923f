// Zones that are built beside the thread that applies changes. They are small here, and said to be large.
#include "nameserver/replica/big_zones.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "nameserver/replica/test_events.h"
#include "nameserver/replica/zone_fixture.h"
#include "nameserver/replica/zone_installer.h"
#include "replication/replica/layout.h"
#include "replication/store/memory_store.h"

namespace quartet::nameserver {
namespace {

using dns::Type;
using replication::ZoneUpdate;
using Built = ZoneInstaller::Built;

constexpr char kZone[] = "Z0000000000001";
constexpr char kOther[] = "Z0000000000002";

class BigZonesTest : public testing::Test {
 protected:
  ZoneInstaller::Installed Install(const std::vector<ZoneUpdate>& updates) {
    return installer_.Install(updates, keys_, ZoneInstaller::Building::kBesides);
  }
  // What the loader's next event comes to.
  std::optional<Built> Await() {
    events_.Await();
    return installer_.InstallBuilt(keys_);
  }

  ZoneUpdate Large(const char* zone_id, const dns::Name& apex, uint64_t generation,
                   const std::vector<std::string>& records) {
    ZoneUpdate load = StoreTestZone(store_, zone_id, apex, generation, MakeTestZone(apex, records));
    load.revision = generation;
    load.record_sets = BigZones::kRecordSets;
    return load;
  }
  // To `revision`, by one more record set, which is stored too.
  ZoneUpdate Change(const ZoneUpdate& load, uint64_t revision, const std::string& record) {
    const TestRecord added = MakeTestRecord(load.apex, record);
    store::Batch batch;
    batch.Put(replication::layout::Record(load.zone_id, load.generation, added.key), added.served);
    EXPECT_TRUE(store_.Write(batch, store::Store::Sync::kYes).ok());
    ZoneUpdate change = load;
    change.kind = ZoneUpdate::Kind::kRecords;
    change.revision = revision;
    change.records = {{added.key, added.served}};
    const std::string prefix = replication::layout::Generation(load.zone_id, load.generation);
    replication::Digest digest;
    replication::Hasher hasher(kTestKey);
    for (auto it = store_.Scan(prefix, store::PrefixEnd(prefix)); it->Valid(); it->Next())
      digest += hasher.Hash(it->key().substr(prefix.size()), it->value());
    change.digest = digest.ToBytes();
    return change;
  }
  std::string LookA(absl::string_view name) { return Look(directory_, name, Type::kA); }

  const ZoneInstaller::DigestKeys keys_ = {{kTestKeyId, kTestKey}};
  const dns::Name apex_ = TestName("example.com.");
  const dns::Name child_ = TestName("sub.example.com.");
  store::MemoryStore store_;
  Directory directory_;
  Events events_;
  ZoneInstaller installer_{store_, directory_, [this] { events_.Push(); }};
};

TEST_F(BigZonesTest, TheVersionBeforeAnswersUntilTheNewOneIsBuilt) {
  ZoneUpdate small = StoreTestZone(store_, kZone, apex_, 1, MakeTestZone(apex_, {"old 300 A 192.0.2.1"}));
  ASSERT_TRUE(Install({small}).loading.empty());
  const ZoneInstaller::Installed installed = Install({Large(kZone, apex_, 2, {"new 300 A 192.0.2.2"})});
  ASSERT_EQ(installed.loading.size(), 1u);
  EXPECT_EQ(installed.loading[0].zone_id, kZone);
  EXPECT_EQ(installed.loading[0].served_revision, 1u);
  EXPECT_EQ(LookA("old.example.com."), "1");
  EXPECT_EQ(LookA("new.example.com."), "no name");
  const std::optional<Built> built = Await();
  ASSERT_TRUE(built.has_value());
  EXPECT_EQ(built->zone_id, kZone);
  EXPECT_EQ(built->unloadable, "");
  EXPECT_EQ(LookA("old.example.com."), "no name");
  EXPECT_EQ(LookA("new.example.com."), "1");
  EXPECT_TRUE(installer_.Loading().empty());
}

TEST_F(BigZonesTest, AZoneThatWasNotServedFailsUntilItIsBuilt) {
  ASSERT_TRUE(Install({StoreTestZone(store_, kOther, apex_, 1, MakeTestZone(apex_, {}))}).loading.empty());
  EXPECT_EQ(Install({Large(kZone, child_, 1, {"a 300 A 192.0.2.1"})}).loading.at(0).served_revision, 0u);
  EXPECT_EQ(LookA("a.sub.example.com."), "SERVFAIL") << "never its parent's answer";
  EXPECT_EQ(installer_.failing_count(), 1u);
  ASSERT_TRUE(Await().has_value());
  EXPECT_EQ(LookA("a.sub.example.com."), "1");
  EXPECT_EQ(installer_.failing_count(), 0u);
}

TEST_F(BigZonesTest, ChangesThatComeMeanwhileAreInWhatIsServedThen) {
  const ZoneUpdate load = Large(kZone, apex_, 1, {"a 300 A 192.0.2.1"});
  Install({load});
  EXPECT_TRUE(Install({Change(load, 2, "b 300 A 192.0.2.2")}).unloadable.empty());
  EXPECT_TRUE(Install({Change(load, 3, "c 300 A 192.0.2.3")}).unloadable.empty());
  EXPECT_EQ(LookA("b.example.com."), "SERVFAIL");
  ASSERT_TRUE(Await().has_value());
  for (const char* name : {"a.example.com.", "b.example.com.", "c.example.com."}) EXPECT_EQ(LookA(name), "1");
  // It is a zone like others from now on.
  EXPECT_TRUE(Install({Change(load, 4, "d 300 A 192.0.2.4")}).unloadable.empty());
  EXPECT_EQ(LookA("d.example.com."), "1");
}

TEST_F(BigZonesTest, OneIsBuiltAtATimeAndChangesToTheOthersCostNothing) {
  const ZoneUpdate first = Large(kZone, apex_, 1, {"a 300 A 192.0.2.1"});
  const ZoneUpdate second = Large(kOther, child_, 1, {"a 300 A 192.0.2.1"});
  EXPECT_EQ(Install({first, second}).loading.size(), 2u);
  Install({Change(second, 2, "b 300 A 192.0.2.2")});
  EXPECT_EQ(Await()->zone_id, kZone);
  EXPECT_EQ(installer_.Loading().size(), 1u);
  EXPECT_EQ(Await()->zone_id, kOther);
  EXPECT_EQ(LookA("b.sub.example.com."), "1");
}

TEST_F(BigZonesTest, AZoneThatIsLoadedAgainMeanwhileIsBuiltAsItIsThen) {
  Install({Large(kZone, apex_, 1, {"a 300 A 192.0.2.1"})});
  Install({Large(kZone, apex_, 2, {"b 300 A 192.0.2.1"})});
  EXPECT_FALSE(Await().has_value()) << "nobody wants the first";
  EXPECT_EQ(LookA("b.example.com."), "SERVFAIL");
  ASSERT_TRUE(Await().has_value());
  EXPECT_EQ(LookA("a.example.com."), "no name");
  EXPECT_EQ(LookA("b.example.com."), "1");
}

TEST_F(BigZonesTest, WithMoreChangesThanAreKeptItIsBuiltAgain) {
  const ZoneUpdate load = Large(kZone, apex_, 1, {"a 300 A 192.0.2.1"});
  Install({load});
  ZoneUpdate change = Change(load, 2, "b 300 A 192.0.2.2");
  // As large as nothing in the test's zone is.
  change.records.push_back({std::string(BigZones::kKeptBytes, 'x'), std::nullopt});
  Install({change});
  Install({Change(load, 3, "c 300 A 192.0.2.3")});
  EXPECT_FALSE(Await().has_value());
  ASSERT_TRUE(Await().has_value());
  for (const char* name : {"a.example.com.", "b.example.com.", "c.example.com."}) EXPECT_EQ(LookA(name), "1");
}

TEST_F(BigZonesTest, AZoneThatLeavesIsNotServedWhenItIsBuilt) {
  const ZoneUpdate load = Large(kZone, apex_, 1, {"a 300 A 192.0.2.1"});
  Install({load});
  ZoneUpdate removal = load;
  removal.kind = ZoneUpdate::Kind::kRemove;
  Install({removal});
  EXPECT_FALSE(Await().has_value());
  EXPECT_EQ(LookA("a.example.com."), "no zone");
  EXPECT_EQ(installer_.zone_count(), 0u);
}

TEST_F(BigZonesTest, ASmallVersionTakesThePlaceOfALargeOneThatIsBeingBuilt) {
  Install({Large(kZone, apex_, 1, {"a 300 A 192.0.2.1"})});
  EXPECT_TRUE(Install({StoreTestZone(store_, kZone, apex_, 2, MakeTestZone(apex_, {"b 300 A 192.0.2.1"}))})
                  .loading.empty());
  EXPECT_EQ(LookA("b.example.com."), "1");
  EXPECT_FALSE(Await().has_value());
  EXPECT_EQ(LookA("b.example.com."), "1");
}

TEST_F(BigZonesTest, AZoneThatDoesNotAddUpToItsDigestFails) {
  ZoneUpdate load = Large(kZone, apex_, 1, {"a 300 A 192.0.2.1"});
  load.digest[0] = static_cast<char>(load.digest[0] ^ 1);
  Install({load});
  const std::optional<Built> built = Await();
  ASSERT_TRUE(built.has_value());
  EXPECT_TRUE(absl::StrContains(built->unloadable, "digest")) << built->unloadable;
  EXPECT_EQ(LookA("a.example.com."), "SERVFAIL");
}

TEST_F(BigZonesTest, AStartLoadsAllBeforeItGoesOn) {
  const ZoneUpdate load = Large(kZone, apex_, 1, {"a 300 A 192.0.2.1"});
  EXPECT_TRUE(installer_.Install({load}, keys_).loading.empty());
  EXPECT_EQ(LookA("a.example.com."), "1");
}

}  // namespace
}  // namespace quartet::nameserver
