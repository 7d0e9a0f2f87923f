// A disk that fills up and is emptied again, on a small tmpfs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <random>

#include "replication/store/rocks_store.h"
#include "replication/store/test_contents.h"
#include "replication/store/test_directory.h"

namespace quartet::store {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// With the reserve that keeps RocksDB from ever seeing a full disk, and without.
class FullDiskTest : public ::testing::TestWithParam<size_t> {
 protected:
  void SetUp() override {
    if (mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, "size=16m") != 0) {
      GTEST_SKIP() << "no tmpfs can be mounted here: " << std::strerror(errno);
    }
    mounted_ = true;
    // Takes most of the disk until MakeRoom. What is left is a third of that: compactions need room for a
    // while.
    WriteFile(ballast_, std::string(12 << 20, 'b'));
    Open();
  }

  void TearDown() override {
    store_.reset();
    EXPECT_EQ(mounted_ ? umount(directory_.path().c_str()) : 0, 0) << std::strerror(errno);
  }

  void Open() {
    store_.reset();
    RocksOptions options;
    options.write_buffer_bytes = 1 << 20;
    options.reserve_bytes = GetParam();
    auto opened = OpenRocksStore(path_, options);
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
  }

  absl::Status Put(const std::string& key, size_t bytes) {
    std::string value;
    while (value.size() < bytes) value += static_cast<char>(random_());
    auto status = store_->Write(PutsOf({{key, value}}), Store::Sync::kYes);
    if (status.ok()) written_[key] = value;
    return status;
  }

  // Writes until the disk is full, and a few times more.
  void Fill(size_t bytes) {
    int failed = 0;
    for (int i = 0; failed < 5; ++i) {
      ASSERT_LT(i, 10'000) << "the disk never gets full";
      const auto status = Put("fill" + std::to_string(fills_++), bytes);
      if (status.ok()) continue;
      ++failed;
      ASSERT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
      ASSERT_THAT(std::string(status.message()),
                  AllOf(HasSubstr(path_), HasSubstr("full"), HasSubstr("make room")));
    }
  }

  // Not a byte is left.
  void FillTheRest() {
    std::ofstream file(directory_.Sub("rest"), std::ios::binary);
    const std::string block(4096, 'x');
    while (file.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
  }

  void MakeRoom() { ASSERT_TRUE(std::filesystem::remove(ballast_)); }

  void ExpectJustWhatWasAcknowledged() {
    EXPECT_EQ(ScanAll(*store_), Contents(written_.begin(), written_.end()));
  }

  TestDirectory directory_;
  const std::string path_ = directory_.Sub("db");
  const std::string ballast_ = directory_.Sub("ballast");
  bool mounted_ = false;
  std::unique_ptr<Store> store_;
  std::map<std::string, std::string> written_;
  std::mt19937 random_{1};
  int fills_ = 0;
};

TEST_P(FullDiskTest, IsSaidAndReadsGoOn) {
  Fill(20'000);
  ExpectJustWhatWasAcknowledged();
}

TEST_P(FullDiskTest, FullDiskSurvivesAReopen) {
  Fill(20'000);
  MakeRoom();
  Open();
  ExpectJustWhatWasAcknowledged();
  EXPECT_EQ(Put("after", 1000), absl::OkStatus());
}

TEST_P(FullDiskTest, OpeningOnAFullDiskServesWhatIsThere) {
  ASSERT_EQ(Put("a", 1000), absl::OkStatus());
  store_.reset();
  FillTheRest();
  Open();
  ExpectJustWhatWasAcknowledged();
  std::unique_ptr<Reader> before = store_->Snapshot();
  for (int i = 0; i < 3; ++i) {
    const auto status = Put("b", 1000);
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(path_));
  }
  MakeRoom();
  for (int i = 0; i < 20; ++i) ASSERT_EQ(Put("after" + std::to_string(i), 1000), absl::OkStatus());
  ExpectJustWhatWasAcknowledged();
  EXPECT_EQ(ScanAll(*before).size(), 1u);
  before.reset();
  Open();
  ExpectJustWhatWasAcknowledged();
}

TEST_P(FullDiskTest, OpeningANewDatabaseOnAFullDiskSaysSo) {
  FillTheRest();
  const auto status = OpenRocksStore(directory_.Sub("other")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(directory_.Sub("other")));
}

INSTANTIATE_TEST_SUITE_P(Reserve, FullDiskTest, ::testing::Values(0, 2 << 20));

// A kernel that finds its disk failing mounts it so.
TEST_P(FullDiskTest, OpeningOnAReadOnlyDiskServesWhatIsThereAndWritesOnceItCan) {
  ASSERT_EQ(Put("a", 1000), absl::OkStatus());
  store_.reset();
  const auto remount = [this](unsigned long flags) {
    return mount("tmpfs", directory_.path().c_str(), "tmpfs", MS_REMOUNT | flags, "size=16m");
  };
  ASSERT_EQ(remount(MS_RDONLY), 0) << std::strerror(errno);
  Open();
  ExpectJustWhatWasAcknowledged();
  const auto status = Put("b", 1000);
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << status;
  EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr(path_), HasSubstr("mount it for writing")));
  const auto other = OpenRocksStore(directory_.Sub("other")).status();
  EXPECT_EQ(other.code(), absl::StatusCode::kPermissionDenied) << other;
  ASSERT_EQ(remount(0), 0) << std::strerror(errno);
  ASSERT_EQ(Put("b", 1000), absl::OkStatus());
  Open();
  ExpectJustWhatWasAcknowledged();
}

TEST_P(FullDiskTest, SyncedWritesThatAreGoneAreMissedOnAReadOnlyDiskToo) {
  ASSERT_EQ(Put("a", 1000), absl::OkStatus());
  store_.reset();
  for (const auto& file : std::filesystem::directory_iterator(path_)) {
    if (file.path().extension() == ".log") std::filesystem::resize_file(file.path(), 500);
  }
  ASSERT_EQ(mount("tmpfs", directory_.path().c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, "size=16m"), 0);
  const auto status = OpenRocksStore(path_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
}

class FullDiskReserveTest : public FullDiskTest {};

TEST_P(FullDiskReserveTest, WritesGoOnOnceThereIsRoom) {
  Fill(20'000);
  MakeRoom();
  for (int i = 0; i < 20; ++i) ASSERT_EQ(Put("after" + std::to_string(i), 1000), absl::OkStatus());
  ExpectJustWhatWasAcknowledged();
  Open();
  ExpectJustWhatWasAcknowledged();
}

TEST_P(FullDiskReserveTest, WritesGoOnWhenTheFirstOneFoundItFull) {
  ASSERT_EQ(Put("a", 1 << 20), absl::OkStatus());
  Open();
  Fill(3 << 20);
  MakeRoom();
  for (int i = 0; i < 20; ++i) ASSERT_EQ(Put("after" + std::to_string(i), 1000), absl::OkStatus());
  Open();
  ExpectJustWhatWasAcknowledged();
}

INSTANTIATE_TEST_SUITE_P(Reserve, FullDiskReserveTest, ::testing::Values(2 << 20));

TEST_P(FullDiskReserveTest, CheckpointIsRefusedAndWritesGoOnOnceThereIsRoom) {
  Fill(20'000);
  const auto checkpoint = store_->Checkpoint(path_ + "/checkpoint");
  EXPECT_EQ(checkpoint.code(), absl::StatusCode::kResourceExhausted) << checkpoint;
  MakeRoom();
  EXPECT_EQ(Put("after", 1000), absl::OkStatus());
  ASSERT_EQ(store_->Checkpoint(path_ + "/checkpoint"), absl::OkStatus());
  ExpectJustWhatWasAcknowledged();
}

class FullDiskNoReserveTest : public FullDiskTest {};

// Which one depends on what RocksDB had moved to the disk when the last write failed.
TEST_P(FullDiskNoReserveTest, WritesGoOnOnceThereIsRoomOrSayTheyNeedARestart) {
  Fill(20'000);
  MakeRoom();
  const auto first = Put("after", 1000);
  EXPECT_TRUE(first.ok() || absl::IsUnavailable(first)) << first;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Put("after" + std::to_string(i), 1000).code(), first.code());
  ExpectJustWhatWasAcknowledged();
  Open();
  ExpectJustWhatWasAcknowledged();
  EXPECT_EQ(Put("last", 1000), absl::OkStatus());
}

// RocksDB can't go on then, and would end the process at a further write.
TEST_P(FullDiskNoReserveTest, HalfARecordWithNothingInMemoryNeedsARestart) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Put("b", 8 << 20).code(), absl::StatusCode::kResourceExhausted);
  MakeRoom();
  for (int i = 0; i < 3; ++i) {
    const auto status = Put("c", 1000);
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("restart this process"));
  }
  ExpectJustWhatWasAcknowledged();
  Open();
  ExpectJustWhatWasAcknowledged();
  EXPECT_EQ(Put("c", 1000), absl::OkStatus());
}

INSTANTIATE_TEST_SUITE_P(Reserve, FullDiskNoReserveTest, ::testing::Values(0));

}  // namespace
}  // namespace quartet::store
