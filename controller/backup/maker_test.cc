#include "controller/backup/maker.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "controller/backup/backup_fixture.h"
#include "controller/backup/sha256.h"
#include "controller/backup/verify.h"
#include "replication/restore/new_epoch.h"
#include "replication/store/memory_store.h"

namespace quartet::controller {
namespace {

using admin::v1::BackupPart;
using admin::v1::MakeBackupRequest;
using replication::TestZoneId;
using ::testing::HasSubstr;

class BackupMakerTest : public BackupTest {
 protected:
  std::string checkpoint() const { return Path("data") + "/backup.checkpoint"; }
};

TEST_F(BackupMakerTest, WhatComesIsWholeAndTheCheckpointGoes) {
  const absl::StatusOr<Manifest> manifest = Backup("b");
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_EQ(manifest->controller, "c-1");
  EXPECT_EQ(manifest->head, entries_->head());
  EXPECT_EQ(manifest->after, entries_->head());
  EXPECT_FALSE(manifest->files.empty());
  EXPECT_FALSE(std::filesystem::exists(checkpoint()));
  const absl::StatusOr<Manifest> verified = VerifyBackup(Path("b"));
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->files.size(), manifest->files.size());
}

TEST_F(BackupMakerTest, EntriesThatAreCommittedMeanwhileAreInIt) {
  int changes = 0;
  const absl::StatusOr<Manifest> manifest = Backup("b", [&](const BackupPart& part) {
    if (!part.has_file_sha256()) return;
    ++changes;
    entries_->ChangeZone(TestZoneId("Za"), {{"www", changes % 2 == 0 ? "even" : "odd"}});
  });
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_GE(changes, 3);
  EXPECT_EQ(manifest->head, entries_->head());
  EXPECT_EQ(manifest->entry_count, static_cast<uint64_t>(changes));
  EXPECT_TRUE(VerifyBackup(Path("b")).ok()) << VerifyBackup(Path("b")).status();
}

TEST_F(BackupMakerTest, OneIsMadeAtATime) {
  absl::Status second;
  EXPECT_TRUE(Backup("b", [&](const BackupPart&) { second = Backup("c").status(); }).ok());
  EXPECT_EQ(second.code(), absl::StatusCode::kAborted) << second;
  EXPECT_TRUE(Backup("d").ok());
}

TEST_F(BackupMakerTest, NothingIsLeftWhenNobodyWantsMore) {
  const absl::Status made = maker_->Make({}, [](const BackupPart& part) { return !part.has_data(); });
  EXPECT_EQ(made.code(), absl::StatusCode::kCancelled);
  EXPECT_FALSE(std::filesystem::exists(checkpoint()));
  EXPECT_TRUE(Backup("b").ok());
}

TEST_F(BackupMakerTest, WhatACrashLeftIsRemovedAtTheStart) {
  std::filesystem::create_directory(checkpoint());
  store::WriteFile(checkpoint() + "/CURRENT", "left");
  maker_ = std::make_unique<BackupMaker>(entries_->log(), *store_, clock_,
                                         BackupMaker::Options{"c-1", "0.1", checkpoint()});
  EXPECT_FALSE(std::filesystem::exists(checkpoint()));
}

TEST_F(BackupMakerTest, RateIsHeldByWaiting) {
  std::string value(300 << 10, '\0');
  std::mt19937_64 random(1);
  for (char& byte : value) byte = static_cast<char>(random());
  store::Batch batch;
  batch.Put("mballast", value);
  ASSERT_TRUE(store_->Write(batch, store::Store::Sync::kYes).ok());
  replication::Clock& clock = replication::SystemClock();
  maker_ = std::make_unique<BackupMaker>(entries_->log(), *store_, clock,
                                         BackupMaker::Options{"c-1", "0.1", checkpoint()});
  MakeBackupRequest request;
  request.set_bytes_per_second(1 << 20);
  uint64_t bytes = 0;
  const int64_t begin_us = clock.MonotonicMicros();
  const absl::Status made = maker_->Make(request, [&](const BackupPart& part) {
    bytes += part.data().size();
    return true;
  });
  EXPECT_TRUE(made.ok()) << made;
  EXPECT_GE(bytes, value.size());
  EXPECT_GE(clock.MonotonicMicros() - begin_us, static_cast<int64_t>(bytes * 1'000'000 >> 20));
  request.set_bytes_per_second(1);
  EXPECT_EQ(maker_->Make(request, [](const BackupPart&) { return true; }).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(BackupMakerTest, StoppedItEndsInTheMiddleOfAWait) {
  MakeBackupRequest request;
  request.set_bytes_per_second(BackupMaker::kMinBytesPerSecond);
  const absl::Status made = maker_->Make(request, [&](const BackupPart& part) {
    if (part.has_file()) maker_->Stop();
    return true;
  });
  EXPECT_EQ(made.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Backup("b").status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(BackupMakerTest, ALogThatIsTrimmedTooEarlyEndsIt) {
  bool trimmed = false;
  const absl::Status made = Backup("b", [&](const BackupPart& part) {
                              if (!part.has_file_sha256() || trimmed) return;
                              trimmed = true;
                              entries_->ChangeZone(TestZoneId("Za"), {{"www", "2"}});
                              entries_->ChangeZone(TestZoneId("Za"), {{"www", "3"}});
                              entries_->Trim(entries_->head().index - 1);
                            }).status();
  EXPECT_EQ(made.code(), absl::StatusCode::kOutOfRange) << made;
  EXPECT_FALSE(std::filesystem::exists(Path("b")));
}

TEST_F(BackupMakerTest, TheLogIsHeldWhileItIsMade) {
  auto held = std::make_shared<int>(0);
  maker_ = std::make_unique<BackupMaker>(
      entries_->log(), *store_, clock_,
      BackupMaker::Options{
          .controller = "c-1", .version = "0.1", .checkpoint = checkpoint(), .hold_log = [held] {
            return std::shared_ptr<void>(held);
          }});
  const long before = held.use_count();
  EXPECT_TRUE(Backup("b", [&](const BackupPart&) { EXPECT_GT(held.use_count(), before); }).ok());
  EXPECT_EQ(held.use_count(), before);
}

TEST_F(BackupMakerTest, ARestoredStateIsNotBackedUpBeforeItIsConfirmed) {
  ASSERT_TRUE(replication::BeginEpoch(*store_, replication::EpochAfter(kEpoch, 0, 1), {}).ok());
  const absl::Status made = maker_->Make({}, [](const BackupPart&) { return true; });
  EXPECT_EQ(made.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(made.message()), HasSubstr("quartet restore confirm"));
}

TEST_F(BackupMakerTest, AStoreWithoutFilesHasNone) {
  store::MemoryStore memory;
  replication::TestController entries(memory, kEpoch);
  BackupMaker maker(entries.log(), memory, clock_, {"c-1", "0.1", Path("checkpoint")});
  EXPECT_EQ(maker.Make({}, [](const BackupPart&) { return true; }).code(), absl::StatusCode::kUnimplemented);
}

}  // namespace
}  // namespace quartet::controller
