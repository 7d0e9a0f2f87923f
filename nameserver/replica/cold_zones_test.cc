// Zones that are in memory only if they are asked for: what is loaded, when, and what comes between.
#include <gtest/gtest.h>

#include <map>

#include "absl/strings/match.h"
#include "nameserver/replica/cold_loads.h"
#include "nameserver/replica/test_events.h"
#include "nameserver/replica/zone_fixture.h"
#include "nameserver/replica/zone_installer.h"
#include "replication/replica/layout.h"
#include "replication/store/memory_store.h"
#include "replication/store/replaceable_store.h"

namespace quartet::nameserver {
namespace {

using dns::Type;
using replication::ZoneUpdate;

constexpr char kZone[] = "Z0000000000001";
constexpr char kOther[] = "Z0000000000002";

class ColdZonesTest : public testing::Test {
 protected:
  ColdZonesTest() {
    auto inside = std::make_unique<store::MemoryStore>();
    store_ = std::make_unique<store::ReplaceableStore>(std::move(inside));
    Begin(UINT64_MAX);
  }
  void Begin(uint64_t large) {
    installer_.reset();
    loads_ = std::make_unique<ColdLoads>(
        *store_, [this] { read_.Push(); }, ColdLoads::Options{.threads = 1, .large = large});
    installer_ = std::make_unique<ZoneInstaller>(
        *store_, directory_, [this] { built_.Push(); },
        Residency{loads_.get(),
                  [this](const std::string& zone_id, bool readable) { settled_[zone_id] = readable; }});
  }
  ZoneInstaller::Installed Install(const std::vector<ZoneUpdate>& updates) {
    return installer_->Install(updates, keys_, ZoneInstaller::Building::kBesides);
  }
  ZoneUpdate StoreZone(const char* zone_id, const dns::Name& apex, uint64_t generation,
                       const std::vector<std::string>& records) {
    ZoneUpdate load = StoreTestZone(*store_, zone_id, apex, generation, MakeTestZone(apex, records));
    load.revision = generation;
    StoreTestRows(*store_, load);
    return load;
  }
  void Want(const char* zone_id, const dns::Name& apex) { loads_->Want(zone_id, apex.wire()); }
  // What was read next is installed.
  std::vector<UnloadableZone> Load() {
    read_.Await();
    return installer_->InstallLoaded(keys_);
  }
  std::string LookA(absl::string_view name) { return Look(directory_, name, Type::kA); }

  const ZoneInstaller::DigestKeys keys_ = {{kTestKeyId, kTestKey}};
  const dns::Name apex_ = TestName("example.com.");
  std::unique_ptr<store::ReplaceableStore> store_;
  Directory directory_;
  Events read_;
  Events built_;
  std::map<std::string, bool> settled_;
  std::unique_ptr<ColdLoads> loads_;
  std::unique_ptr<ZoneInstaller> installer_;
};

TEST_F(ColdZonesTest, AZoneThatComesIsLoadedWhenItIsAskedFor) {
  ASSERT_TRUE(Install({StoreZone(kZone, apex_, 1, {"www 300 A 192.0.2.1"})}).unloadable.empty());
  EXPECT_EQ(LookA("www.example.com."), "cold");
  EXPECT_EQ(installer_->zone_count(), 1u);
  EXPECT_EQ(installer_->failing_count(), 0u);
  Want(kZone, apex_);
  Want(kZone, apex_);
  EXPECT_TRUE(Load().empty());
  EXPECT_EQ(LookA("www.example.com."), "1");
  EXPECT_EQ(settled_, (std::map<std::string, bool>{{kZone, true}}));
  EXPECT_EQ(loads_->loads(), 1u);
  EXPECT_EQ(directory_.RevisionOf(kZone), 1u);
}

TEST_F(ColdZonesTest, AChangeOfAColdZoneIsOnDiskOnly) {
  ZoneUpdate zone = StoreZone(kZone, apex_, 1, {});
  Install({zone});
  Install({StoreTestChange(*store_, zone, "www 300 A 192.0.2.1")});
  EXPECT_EQ(LookA("www.example.com."), "cold");
  Want(kZone, apex_);
  Load();
  EXPECT_EQ(LookA("www.example.com."), "1");
  // And from now on in memory too.
  Install({StoreTestChange(*store_, zone, "ftp 300 A 192.0.2.2")});
  EXPECT_EQ(LookA("ftp.example.com."), "1");
  EXPECT_EQ(directory_.RevisionOf(kZone), 3u);
}

// After a start, when only names were read.
TEST_F(ColdZonesTest, AZoneWithNothingStoredFailsButForAJoiners) {
  ZoneUpdate zone = StoreZone(kZone, apex_, 1, {});
  ZoneUpdate joining = StoreZone(kOther, TestName("other.test."), 1, {});
  joining.generation = 0;
  StoreTestRows(*store_, joining, stored::v1::ASSIGNMENT_STATE_JOINING);
  zone.generation = 0;
  StoreTestRows(*store_, zone);
  for (const ZoneUpdate& one : {zone, joining}) {
    ASSERT_TRUE(directory_.Unload(one.zone_id, one.apex).ok());
    directory_.Publish();
    Want(one.zone_id.c_str(), one.apex);
    EXPECT_TRUE(Load().empty());
    EXPECT_TRUE(settled_.at(one.zone_id));
  }
  EXPECT_EQ(LookA("www.example.com."), "SERVFAIL");
  EXPECT_EQ(LookA("www.other.test."), "no zone");
}

// The writer may be anywhere when a zone was read: what is installed is what the store has by then.
TEST_F(ColdZonesTest, AChangeBetweenReadingAndInstallingIsNotLost) {
  ZoneUpdate zone = StoreZone(kZone, apex_, 1, {});
  Install({zone});
  Want(kZone, apex_);
  read_.Await();
  Install({StoreTestChange(*store_, zone, "www 300 A 192.0.2.1")});
  EXPECT_TRUE(installer_->InstallLoaded(keys_).empty());
  // Not the version of before; it is being read again.
  EXPECT_EQ(LookA("www.example.com."), "cold");
  EXPECT_TRUE(settled_.empty());
  Load();
  EXPECT_EQ(LookA("www.example.com."), "1");
  EXPECT_EQ(loads_->loads(), 2u);
  EXPECT_TRUE(settled_.at(kZone));
}

TEST_F(ColdZonesTest, AZoneThatIsReplacedRemovedOrFailsBetweenIsNotServedAsItWas) {
  ZoneUpdate zone = StoreZone(kZone, apex_, 1, {"old 300 A 192.0.2.1"});
  Install({zone});
  Want(kZone, apex_);
  read_.Await();
  Install({StoreZone(kZone, apex_, 2, {"new 300 A 192.0.2.1"})});
  installer_->InstallLoaded(keys_);
  EXPECT_EQ(LookA("old.example.com."), "cold");
  Load();
  EXPECT_EQ(LookA("old.example.com."), "no name");
  EXPECT_EQ(LookA("new.example.com."), "1");

  const dns::Name other = TestName("other.test.");
  for (const auto kind : {ZoneUpdate::Kind::kFail, ZoneUpdate::Kind::kRemove}) {
    ZoneUpdate update = StoreZone(kOther, other, 3, {});
    Install({update});
    Want(kOther, other);
    read_.Await();
    update.kind = kind;
    Install({update});
    settled_.clear();
    EXPECT_TRUE(installer_->InstallLoaded(keys_).empty());
    EXPECT_EQ(LookA("other.test."), kind == ZoneUpdate::Kind::kFail ? "SERVFAIL" : "no zone");
    EXPECT_TRUE(settled_.at(kOther));
  }
}

TEST_F(ColdZonesTest, ADamagedZoneFailsWhenItIsAskedFor) {
  ZoneUpdate zone = StoreZone(kZone, apex_, 1, {"www 300 A 192.0.2.1"});
  const std::string key =
      replication::layout::Record(kZone, 1, MakeTestRecord(apex_, "www 300 A 192.0.2.1").key);
  store::Batch damage;
  damage.Put(key, MakeTestRecord(apex_, "www 300 A 192.0.2.99").served);
  ASSERT_TRUE(store_->Write(damage, store::Store::Sync::kYes).ok());
  Install({zone, StoreZone(kOther, TestName("other.test."), 2, {"www 300 A 192.0.2.1"})});
  Want(kZone, apex_);
  const std::vector<UnloadableZone> unloadable = Load();
  ASSERT_EQ(unloadable.size(), 1u);
  EXPECT_EQ(unloadable[0].zone_id, kZone);
  EXPECT_TRUE(absl::StrContains(unloadable[0].reason, "digest")) << unloadable[0].reason;
  EXPECT_EQ(LookA("www.example.com."), "SERVFAIL");
  EXPECT_TRUE(settled_.at(kZone));
  EXPECT_EQ(installer_->failing_count(), 1u);
  // The others have nothing to do with it.
  Want(kOther, TestName("other.test."));
  EXPECT_TRUE(Load().empty());
  EXPECT_EQ(LookA("www.other.test."), "1");
  // Fetched anew.
  Install({StoreZone(kZone, apex_, 3, {"www 300 A 192.0.2.1"})});
  EXPECT_EQ(installer_->failing_count(), 0u);
  Want(kZone, apex_);
  EXPECT_TRUE(Load().empty());
  EXPECT_EQ(LookA("www.example.com."), "1");
}

TEST_F(ColdZonesTest, ADamagedRowIsNoServedZone) {
  Install({StoreZone(kZone, apex_, 1, {})});
  store::Batch damage;
  damage.Put(replication::layout::Zone(kZone), "\xff\xff");
  ASSERT_TRUE(store_->Write(damage, store::Store::Sync::kYes).ok());
  Want(kZone, apex_);
  EXPECT_EQ(Load().size(), 1u);
  EXPECT_EQ(LookA("example.com."), "SERVFAIL");
}

TEST_F(ColdZonesTest, WhileTheStoreCantBeReadTheZoneStaysCold) {
  Install({StoreZone(kZone, apex_, 1, {"www 300 A 192.0.2.1"})});
  std::unique_ptr<store::MemoryStore> kept = store::MemoryStore::CopyOf(*store_->Snapshot());
  EXPECT_FALSE(
      store_->Replace(std::chrono::milliseconds(0), [] { return absl::UnavailableError("gone"); }).ok());
  Want(kZone, apex_);
  EXPECT_TRUE(Load().empty());
  EXPECT_EQ(LookA("www.example.com."), "cold");
  EXPECT_FALSE(settled_.at(kZone));
  ASSERT_TRUE(
      store_
          ->Replace(std::chrono::milliseconds(0),
                    [&]() -> absl::StatusOr<std::unique_ptr<store::Store>> { return std::move(kept); })
          .ok());
  Want(kZone, apex_);
  EXPECT_TRUE(Load().empty());
  EXPECT_EQ(LookA("www.example.com."), "1");
  EXPECT_TRUE(settled_.at(kZone));
}

// What is in memory stays there; what is not can't be had until it was filled anew.
TEST_F(ColdZonesTest, WhenTheStoreIsMadeAnewWhatIsInMemoryIsKept) {
  const dns::Name other = TestName("other.test.");
  ZoneUpdate zone = StoreZone(kZone, apex_, 1, {"www 300 A 192.0.2.1"});
  Install({zone, StoreZone(kOther, other, 1, {"www 300 A 192.0.2.1"})});
  Want(kZone, apex_);
  Load();
  ASSERT_TRUE(store_
                  ->Replace(std::chrono::milliseconds(0),
                            []() -> absl::StatusOr<std::unique_ptr<store::Store>> {
                              return std::make_unique<store::MemoryStore>();
                            })
                  .ok());
  installer_->KeepServed();
  installer_->KeepOnly({});
  // No budget takes it.
  directory_.set_page_budget(1);
  directory_.Publish();
  EXPECT_EQ(LookA("www.example.com."), "1");
  Want(kOther, other);
  EXPECT_TRUE(Load().empty());
  EXPECT_EQ(LookA("www.other.test."), "SERVFAIL");
  // It comes with the refill.
  directory_.set_page_budget(0);
  Install({StoreZone(kOther, other, 5, {"www 300 A 192.0.2.1"})});
  installer_->RemoveKept([](const std::string& id) { return id == kZone; });
  EXPECT_EQ(LookA("www.other.test."), "cold");
  Want(kOther, other);
  Load();
  EXPECT_EQ(LookA("www.other.test."), "1");
  EXPECT_EQ(LookA("www.example.com."), "1");
}

TEST_F(ColdZonesTest, AZoneDamagedOnDiskStaysInMemoryOrFails) {
  Install({StoreZone(kZone, apex_, 1, {"www 300 A 192.0.2.1"}),
           StoreZone(kOther, TestName("other.test."), 1, {})});
  Want(kZone, apex_);
  Load();
  EXPECT_TRUE(installer_->KeepInMemory(kZone));
  EXPECT_FALSE(installer_->KeepInMemory(kOther));
  directory_.set_page_budget(1);
  directory_.Publish();
  EXPECT_EQ(LookA("www.example.com."), "1");
  EXPECT_EQ(LookA("other.test."), "SERVFAIL");
  // Brought anew it may leave again.
  Install({StoreZone(kZone, apex_, 2, {"www 300 A 192.0.2.1"})});
  EXPECT_EQ(LookA("www.example.com."), "cold");
}

TEST_F(ColdZonesTest, ALargeZoneIsBuiltBesideWithWhatChangesMeanwhile) {
  Begin(4);
  ZoneUpdate zone = StoreZone(kZone, apex_, 1, {"a 300 A 192.0.2.1", "b 300 A 192.0.2.1"});
  Install({zone});
  EXPECT_EQ(LookA("a.example.com."), "cold");
  Want(kZone, apex_);
  EXPECT_TRUE(Load().empty());
  EXPECT_EQ(LookA("a.example.com."), "cold");
  // A change while it is being built is kept for it.
  Install({StoreTestChange(*store_, zone, "c 300 A 192.0.2.1")});
  EXPECT_TRUE(settled_.empty());
  built_.Await();
  const std::optional<ZoneInstaller::Built> built = installer_->InstallBuilt(keys_);
  ASSERT_TRUE(built.has_value());
  EXPECT_EQ(built->unloadable, "");
  EXPECT_EQ(LookA("a.example.com."), "1");
  EXPECT_EQ(LookA("c.example.com."), "1");
  EXPECT_TRUE(settled_.at(kZone));
}

TEST_F(ColdZonesTest, ALargeZoneThatIsReplacedWhileItIsBuiltIsSettled) {
  Begin(4);
  Install({StoreZone(kZone, apex_, 1, {"a 300 A 192.0.2.1", "b 300 A 192.0.2.1"})});
  Want(kZone, apex_);
  Load();
  Install({StoreZone(kZone, apex_, 2, {"small 300 A 192.0.2.1"})});
  EXPECT_TRUE(settled_.at(kZone));
  EXPECT_EQ(LookA("small.example.com."), "cold");
  built_.Await();
  EXPECT_FALSE(installer_->InstallBuilt(keys_).has_value());
  Want(kZone, apex_);
  Load();
  EXPECT_EQ(LookA("small.example.com."), "1");
}

TEST_F(ColdZonesTest, AZoneThatLeftForTheBudgetComesBackAsItIsByThen) {
  ZoneUpdate zone = StoreZone(kZone, apex_, 1, {"www 300 A 192.0.2.1"});
  const dns::Name other = TestName("other.test.");
  Install({zone, StoreZone(kOther, other, 1, {})});
  Want(kZone, apex_);
  Load();
  directory_.set_page_budget(1);
  directory_.Publish();
  EXPECT_EQ(LookA("www.example.com."), "cold");
  EXPECT_EQ(directory_.evictions(), 1u);
  directory_.set_page_budget(0);
  Install({StoreTestChange(*store_, zone, "new 300 A 192.0.2.1")});
  Want(kZone, apex_);
  Load();
  EXPECT_EQ(LookA("new.example.com."), "1");
}

}  // namespace
}  // namespace quartet::nameserver
