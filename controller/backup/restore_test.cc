#include "controller/backup/restore.h"

#include <gmock/gmock.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "controller/backup/backup_fixture.h"
#include "controller/backup/restore_place.h"
#include "controller/backup/verify.h"
#include "replication/log/embedded_log.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"
#include "replication/restore/restore_row.h"
#include "replication/store/test_contents.h"

namespace quartet::controller {
namespace {

namespace fs = std::filesystem;
namespace layout = replication::layout;
using admin::v1::BackupPart;
using replication::TestZoneId;
using ::testing::HasSubstr;

class RestoreTest : public BackupTest {
 protected:
  // All files of a backup, with paths relative to it.
  std::vector<std::string> FilesOf(const std::string& name) const {
    std::vector<std::string> files;
    for (const auto& file : fs::recursive_directory_iterator(Path(name))) {
      if (file.is_regular_file()) files.push_back(fs::relative(file.path(), Path(name)).string());
    }
    return files;
  }

  // A backup with entries behind its checkpoint.
  void BackupUnderLoad(const std::string& name) {
    int changes = 0;
    const absl::StatusOr<Manifest> manifest = Backup(name, [&](const BackupPart& part) {
      if (!part.has_file_sha256()) return;
      ++changes;
      entries_->ChangeZone(TestZoneId("Za"), {{"www", changes % 2 == 0 ? "even" : "odd"}});
    });
    ASSERT_TRUE(manifest.ok()) << manifest.status();
    ASSERT_GT(manifest->entry_count, 0u);
  }

  void RefusesAndLeavesNothing(const std::string& from, const std::string& named) {
    const absl::StatusOr<Restored> restored = Restore(from, "restored");
    EXPECT_EQ(restored.status().code(), absl::StatusCode::kDataLoss) << restored.status();
    EXPECT_THAT(std::string(restored.status().message()), HasSubstr(named));
    EXPECT_FALSE(fs::exists(Path("restored")));
    EXPECT_FALSE(fs::exists(Path("restored.restoring")));
  }
};

TEST_F(RestoreTest, BringsBackEverythingOfTheBackup) {
  BackupUnderLoad("b");
  const replication::Position head = entries_->head();
  const store::Contents zones = store::ScanAll(*store_, "z", "zz");
  const store::Contents records = store::ScanAll(*store_, "r", "s");
  entries_->ChangeZone(TestZoneId("Za"), {{"www", "after the backup"}});

  const absl::StatusOr<Restored> restored = Restore("b", "restored", "c-1");
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_GT(restored->entries, 0u);
  EXPECT_EQ(restored->zones.zones, 1u);
  EXPECT_EQ(restored->zones.damaged, 0u);
  EXPECT_GT(restored->epoch, kEpoch);
  EXPECT_FALSE(fs::exists(Path("restored.restoring")));

  const std::unique_ptr<store::Store> store = OpenRestored("restored");
  EXPECT_EQ(store::ScanAll(*store, "z", "zz"), zones);
  EXPECT_EQ(store::ScanAll(*store, "r", "s"), records);
  const auto row = replication::ReadRestore(*store);
  ASSERT_TRUE(row.ok() && row->has_value());
  EXPECT_TRUE(replication::IsUnconfirmed(*row));
  EXPECT_EQ((*row)->backup(), Path("b"));
  EXPECT_EQ((*row)->controller(), "c-1");
  EXPECT_EQ((*row)->old_index(), head.index);
  const auto log = replication::OpenEmbeddedLog(*store, 0);
  ASSERT_TRUE(log.ok());
  EXPECT_EQ((*log)->ReadHead()->position, (replication::Position{restored->epoch, 0, {}}));
}

TEST_F(RestoreTest, DamageInAnyFileIsRefusedWithItsName) {
  BackupUnderLoad("b");
  const std::vector<std::string> files = FilesOf("b");
  ASSERT_GE(files.size(), 5u);
  for (const std::string& file : files) {
    const std::string path = Path("b") + "/" + file;
    const std::string whole = store::ReadFile(path);
    if (whole.empty()) continue;
    for (const size_t at : {size_t{0}, whole.size() / 2, whole.size() - 1}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ 1);
      store::WriteFile(path, damaged);
      EXPECT_FALSE(VerifyBackup(Path("b")).ok()) << file;
      RefusesAndLeavesNothing("b", file);
    }
    store::WriteFile(path, whole.substr(0, whole.size() - 1));
    RefusesAndLeavesNothing("b", file);
    store::WriteFile(path, whole + "x");
    RefusesAndLeavesNothing("b", file);
    fs::remove(path);
    if (file != "MANIFEST") RefusesAndLeavesNothing("b", file);
    store::WriteFile(path, whole);
  }
  EXPECT_TRUE(Restore("b", "restored").ok());
}

TEST_F(RestoreTest, ADirectoryWithoutAManifestIsNoBackup) {
  ASSERT_TRUE(Backup("b").ok());
  fs::remove(Path("b") + "/MANIFEST");
  EXPECT_EQ(Restore("b", "restored").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Restore("nothing", "restored").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(RestoreTest, NothingIsRestoredOverAnything) {
  ASSERT_TRUE(Backup("b").ok());
  ASSERT_TRUE(Restore("b", "restored").ok());
  EXPECT_EQ(Restore("b", "restored").status().code(), absl::StatusCode::kFailedPrecondition);
  fs::create_directory(Path("other"));
  store::WriteFile(Path("other") + "/file", "of somebody else");
  EXPECT_EQ(Restore("b", "other").status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(store::ReadFile(Path("other") + "/file"), "of somebody else");
  fs::create_directory(Path("empty"));
  EXPECT_TRUE(Restore("b", "empty/").ok());
  EXPECT_NE(OpenRestored("empty"), nullptr);
}

TEST_F(RestoreTest, WhatAnInterruptedOneLeftIsRemoved) {
  ASSERT_TRUE(Backup("b").ok());
  fs::create_directory(Path("restored.restoring"));
  store::WriteFile(Path("restored.restoring") + "/000001.sst", "half");
  ASSERT_TRUE(Restore("b", "restored").ok());
  EXPECT_FALSE(fs::exists(Path("restored") + "/000001.sst"));
}

TEST_F(RestoreTest, OneRestoresAtATime) {
  ASSERT_TRUE(Backup("b").ok());
  auto place = RestorePlace::Create(Path("restored"));
  ASSERT_TRUE(place.ok()) << place.status();
  const absl::Status second = Restore("b", "restored").status();
  EXPECT_EQ(second.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.message()), HasSubstr("another process restores"));
  place->reset();
  EXPECT_TRUE(Restore("b", "restored").ok());
}

TEST_F(RestoreTest, AnotherControllersBackupIsRefusedIfAName) {
  ASSERT_TRUE(Backup("b").ok());
  const absl::Status refused = Restore("b", "restored", "c-2").status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("of controller c-1, not of c-2"));
}

TEST_F(RestoreTest, ARestoredStateCanBeBackedUpAndRestoredAgain) {
  ASSERT_TRUE(Backup("b").ok());
  const absl::StatusOr<Restored> first = Restore("b", "first");
  ASSERT_TRUE(first.ok()) << first.status();
  maker_.reset();
  entries_.reset();
  store_ = OpenRestored("first");
  ASSERT_TRUE(replication::ConfirmRestore(*store_, "quartet://admin/a", 5).ok());
  entries_ = std::make_unique<replication::TestController>(*store_, 0);
  entries_->ChangeZone(TestZoneId("Za"), {{"www", "in the new epoch"}});
  maker_ =
      std::make_unique<BackupMaker>(entries_->log(), *store_, clock_,
                                    BackupMaker::Options{"c-1", "0.1", Path("first") + "/backup.checkpoint"});
  ASSERT_TRUE(Backup("again").ok());
  const absl::StatusOr<Restored> second = Restore("again", "second");
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_GT(second->epoch, first->epoch);
  const auto row = replication::ReadRestore(*OpenRestored("second"));
  EXPECT_TRUE(replication::IsUnconfirmed(*row));
  EXPECT_EQ((*row)->old_epoch(), first->epoch);
}

TEST_F(RestoreTest, ZonesThatDontAddUpAreNamed) {
  entries_->CreateZone(TestZoneId("Zb"), "example.net.", {"ns1"});
  entries_->ChangeZone(TestZoneId("Zb"), {{"www", "1"}});
  store::Batch batch;
  const uint64_t generation = *replication::FullView(*store_).ZoneGeneration(TestZoneId("Zb"));
  batch.Put(layout::Record(TestZoneId("Zb"), generation, "www"), "2");
  ASSERT_TRUE(store_->Write(batch, store::Store::Sync::kYes).ok());
  ASSERT_TRUE(Backup("b").ok());
  const absl::StatusOr<Restored> restored = Restore("b", "restored");
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(restored->zones.zones, 2u);
  ASSERT_EQ(restored->zones.damaged, 1u);
  EXPECT_EQ(restored->zones.first[0].zone_id(), TestZoneId("Zb"));
  const auto row = replication::ReadRestore(*OpenRestored("restored"));
  EXPECT_EQ((*row)->damaged_zones(), 1u);
  EXPECT_THAT((*row)->damaged(0).reason(), HasSubstr("add up to digest"));
}

TEST_F(RestoreTest, StagesAndDeletedZonesComeBackToo) {
  entries_->CreateZone(TestZoneId("Zb"), "example.net.", {"ns1"});
  entries_->ChangeZone(TestZoneId("Zb"), {{"www", "1"}});
  entries_->StageChunk(TestZoneId("Za"), {{"big", "1"}});
  bool done = false;
  ASSERT_TRUE(Backup("b", [&](const BackupPart& part) {
                if (!part.has_file_sha256() || done) return;
                done = true;
                entries_->FlipStage(TestZoneId("Za"));
                entries_->DeleteZone(TestZoneId("Zb"));
                entries_->StageChunk(TestZoneId("Za"), {{"bigger", "2"}});
                entries_->AddDigestKey(2);
              }).ok());
  const absl::StatusOr<Restored> restored = Restore("b", "restored");
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(restored->entries, 4u);
  EXPECT_EQ(restored->zones.damaged, 0u) << restored->zones.first[0].ShortDebugString();
  EXPECT_EQ(store::ScanAll(*OpenRestored("restored"), "r", "s"), store::ScanAll(*store_, "r", "s"));
}

TEST_F(RestoreTest, ADiskThatIsTooSmallIsSaidAndLeftAsItWas) {
  ASSERT_TRUE(Backup("b").ok());
  fs::create_directory(Path("small"));
  if (mount("tmpfs", Path("small").c_str(), "tmpfs", 0, "size=4m") != 0) {
    GTEST_SKIP() << "no tmpfs can be mounted here: " << std::strerror(errno);
  }
  const absl::Status full = Restore("b", "small/restored").status();
  EXPECT_EQ(full.code(), absl::StatusCode::kResourceExhausted) << full;
  EXPECT_TRUE(fs::is_empty(Path("small")));
  // The same for the backup itself.
  store::WriteFile(Path("small") + "/ballast", std::string(4032 << 10, 'b'));
  std::string value(256 << 10, '\0');
  // Nothing that could be compressed.
  std::mt19937_64 random(1);
  for (char& byte : value) byte = static_cast<char>(random());
  store::Batch batch;
  batch.Put("mballast", value);
  ASSERT_TRUE(store_->Write(batch, store::Store::Sync::kYes).ok());
  const absl::Status backup = Backup("small/b").status();
  EXPECT_EQ(backup.code(), absl::StatusCode::kResourceExhausted) << backup;
  EXPECT_FALSE(fs::exists(Path("small/b")));
  EXPECT_EQ(umount(Path("small").c_str()), 0) << std::strerror(errno);
}

}  // namespace
}  // namespace quartet::controller
