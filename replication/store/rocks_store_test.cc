// What is particular to the store on disk: it comes back as it was, and says what is wrong when it can't.
#include "replication/store/rocks_store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "replication/store/rocks_directory.h"
#include "replication/store/test_contents.h"
#include "replication/store/test_directory.h"

namespace quartet::store {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class RocksStoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<Store> Open(const std::string& path) {
    auto store = OpenRocksStore(path);
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }

  // Makes a database with `contents`, each pair a synced write of its own, and closes it.
  void Make(const std::string& path, const Contents& contents) {
    const auto store = Open(path);
    for (const auto& pair : contents) ASSERT_TRUE(store->Write(PutsOf({pair}), Store::Sync::kYes).ok());
  }

  void ExpectDataLoss(const absl::Status& status, const std::string& path) {
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(path));
  }

  TestDirectory directory_;
  const std::string path_ = directory_.Sub("a/b/db");
};

TEST_F(RocksStoreTest, KeepsWhatWasWritten) {
  const Contents contents = {{"a", "1"}, {"b", "2"}};
  Make(path_, contents);
  Make(path_, {{"c", "3"}});
  EXPECT_EQ(ScanAll(*Open(path_)), (Contents{{"a", "1"}, {"b", "2"}, {"c", "3"}}));
}

TEST_F(RocksStoreTest, CheckpointHoldsWhatWasWrittenBeforeAndNothingAfter) {
  const auto store = Open(path_);
  ASSERT_TRUE(store->Write(PutsOf({{"a", "1"}, {"b", "2"}}), Store::Sync::kYes).ok());
  ASSERT_TRUE(store->Write(PutsOf({{"c", "3"}}), Store::Sync::kNo).ok());
  const std::string checkpoint = path_ + "/checkpoints/1";
  std::filesystem::create_directory(path_ + "/checkpoints");
  const auto made = store->Checkpoint(checkpoint);
  ASSERT_TRUE(made.ok()) << made;
  ASSERT_TRUE(store->Write(PutsOf({{"a", "new"}, {"d", "4"}}), Store::Sync::kYes).ok());
  EXPECT_EQ(ScanAll(*Open(checkpoint)), (Contents{{"a", "1"}, {"b", "2"}, {"c", "3"}}));
}

TEST_F(RocksStoreTest, DatabaseOpensWithCheckpointsInItsDirectory) {
  {
    const auto store = Open(path_);
    ASSERT_TRUE(store->Write(PutsOf({{"a", "1"}}), Store::Sync::kYes).ok());
    std::filesystem::create_directory(path_ + "/checkpoints");
    ASSERT_TRUE(store->Checkpoint(path_ + "/checkpoints/1").ok());
    ASSERT_TRUE(store->Write(PutsOf({{"b", "2"}}), Store::Sync::kYes).ok());
  }
  EXPECT_EQ(ScanAll(*Open(path_)), (Contents{{"a", "1"}, {"b", "2"}}));
}

TEST_F(RocksStoreTest, CheckpointIsNotMadeOverAnother) {
  const auto store = Open(path_);
  ASSERT_TRUE(store->Checkpoint(path_ + ".checkpoint").ok());
  const auto again = store->Checkpoint(path_ + ".checkpoint");
  EXPECT_EQ(again.code(), absl::StatusCode::kUnavailable) << again;
  EXPECT_THAT(std::string(again.message()), HasSubstr(path_ + ".checkpoint"));
}

TEST_F(RocksStoreTest, DirectoryIsItsOwnersOnly) {
  Make(path_, {});
  struct stat status = {};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
}

TEST_F(RocksStoreTest, KilledProcessLosesNothingItWrote) {
  const auto store = Open(path_);
  ASSERT_TRUE(store->Write(PutsOf({{"a", "1"}}), Store::Sync::kYes).ok());
  ASSERT_TRUE(store->Write(PutsOf({{"b", "2"}}), Store::Sync::kNo).ok());
  const std::string copy = directory_.Sub("copy");
  CopyAsAfterKill(path_, copy);
  EXPECT_EQ(ScanAll(*Open(copy)), (Contents{{"a", "1"}, {"b", "2"}}));
}

TEST_F(RocksStoreTest, RecordThatTheEndOfTheLogCutsShortIsDropped) {
  const auto store = Open(path_);
  ASSERT_TRUE(store->Write(PutsOf({{"a", "1"}}), Store::Sync::kYes).ok());
  ASSERT_TRUE(store->Write(PutsOf({{"b", "unsynced"}}), Store::Sync::kNo).ok());
  for (int bytes : {1, 5, 15}) {
    const std::string copy = directory_.Sub("copy" + std::to_string(bytes));
    CopyAsAfterKill(path_, copy);
    const std::string log = FilesIn(copy, ".log").back();
    std::filesystem::resize_file(log, std::filesystem::file_size(log) - bytes);
    EXPECT_EQ(ScanAll(*Open(copy)), (Contents{{"a", "1"}}));
  }
}

TEST_F(RocksStoreTest, DamageInTheLogIsSaidAndNothingIsChanged) {
  const auto store = Open(path_);
  ASSERT_TRUE(store->Write(PutsOf({{"a", "acknowledged"}}), Store::Sync::kYes).ok());
  ASSERT_TRUE(store->Write(PutsOf({{"b", "acknowledged too"}}), Store::Sync::kYes).ok());
  const std::string copy = directory_.Sub("copy");
  CopyAsAfterKill(path_, copy);
  const std::string log = FilesIn(copy, ".log").back();
  std::string bytes = ReadFile(log);
  bytes[bytes.find("acknowledged")] ^= 1;
  WriteFile(log, bytes);

  ExpectDataLoss(OpenRocksStore(copy).status(), copy);
  EXPECT_EQ(ReadFile(log), bytes);
  // Not at the second try either.
  ExpectDataLoss(OpenRocksStore(copy).status(), copy);
}

TEST_F(RocksStoreTest, DamageInATableIsSaid) {
  Contents contents;
  for (int i = 0; i < 1000; ++i)
    contents.push_back({"key" + std::to_string(10'000 + i), std::string(20, 'v')});
  Make(path_, contents);
  // Opening moves the log into a table.
  Make(path_, {});
  const auto tables = FilesIn(path_, ".sst");
  ASSERT_FALSE(tables.empty());
  std::string bytes = ReadFile(tables[0]);
  bytes[100] ^= 1;
  WriteFile(tables[0], bytes);

  const auto store = Open(path_);
  ExpectDataLoss(store->Get("key10000").status(), path_);
  const auto walk = store->Scan("", "");
  while (walk->Valid()) walk->Next();
  ExpectDataLoss(walk->status(), path_);
}

TEST_F(RocksStoreTest, MissingTableIsSaid) {
  Make(path_, {{"a", "1"}});
  Make(path_, {});
  ASSERT_TRUE(std::filesystem::remove(FilesIn(path_, ".sst").at(0)));
  ExpectDataLoss(OpenRocksStore(path_).status(), path_);
}

TEST_F(RocksStoreTest, DirectoryThatLostItsCurrentFileIsNotTakenForANewOne) {
  Make(path_, {{"a", "1"}});
  const std::string current = ReadFile(path_ + "/CURRENT");
  ASSERT_TRUE(std::filesystem::remove(path_ + "/CURRENT"));
  ExpectDataLoss(OpenRocksStore(path_).status(), path_);
  WriteFile(path_ + "/CURRENT", current);
  EXPECT_EQ(ScanAll(*Open(path_)), (Contents{{"a", "1"}}));
}

TEST_F(RocksStoreTest, SecondOpenInOneProcessIsRefusedAndHarmless) {
  const auto store = Open(path_);
  for (int i = 0; i < 2; ++i) {
    const auto second = OpenRocksStore(path_).status();
    EXPECT_EQ(second.code(), absl::StatusCode::kFailedPrecondition) << second;
    EXPECT_THAT(std::string(second.message()), AllOf(HasSubstr(path_), HasSubstr("this process itself")));
  }
  ASSERT_TRUE(store->Write(PutsOf({{"a", "1"}}), Store::Sync::kYes).ok());
}

// Runs `body` in another process; it ends when the object does.
class OtherProcess {
 public:
  template <typename Body>
  explicit OtherProcess(Body body) {
    int ready[2];
    EXPECT_EQ(pipe(ready), 0);
    pid_ = fork();
    if (pid_ == 0) {
      body();
      if (write(ready[1], "x", 1) == 1) pause();
      _exit(0);
    }
    char octet = 0;
    EXPECT_EQ(read(ready[0], &octet, 1), 1);
    close(ready[0]);
    close(ready[1]);
  }
  ~OtherProcess() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  OtherProcess(const OtherProcess&) = delete;
  OtherProcess& operator=(const OtherProcess&) = delete;

  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
};

// What RocksDB does to the file LOCK.
void TakeLock(const std::string& path) {
  const int file = open((path + "/LOCK").c_str(), O_RDWR | O_CREAT, 0600);
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  fcntl(file, F_SETLK, &lock);
}

TEST_F(RocksStoreTest, DatabaseOfAnotherProcessIsRefusedAndTheProcessNamed) {
  Make(path_, {{"a", "1"}});
  {
    const OtherProcess holder([this] { TakeLock(path_); });
    const auto status = OpenRocksStore(path_).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
    EXPECT_THAT(std::string(status.message()),
                AllOf(HasSubstr(path_), HasSubstr("(process " + std::to_string(holder.pid()) + ")")));
  }
  EXPECT_EQ(ScanAll(*Open(path_)), (Contents{{"a", "1"}}));
}

// While it lives, root has to keep to the modes of files too.
class WithoutOverride {
 public:
  WithoutOverride() {
    EXPECT_EQ(syscall(SYS_capget, &header_, before_), 0);
    __user_cap_data_struct less[_LINUX_CAPABILITY_U32S_3] = {before_[0], before_[1]};
    less[0].effective &= ~(1U << CAP_DAC_OVERRIDE | 1U << CAP_DAC_READ_SEARCH);
    EXPECT_EQ(syscall(SYS_capset, &header_, less), 0);
  }
  ~WithoutOverride() { EXPECT_EQ(syscall(SYS_capset, &header_, before_), 0); }

 private:
  __user_cap_header_struct header_ = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct before_[_LINUX_CAPABILITY_U32S_3] = {};
};

TEST_F(RocksStoreTest, DirectoryWithoutPermissionIsSaid) {
  ASSERT_TRUE(std::filesystem::create_directories(path_));
  ASSERT_EQ(chmod(path_.c_str(), 0500), 0);
  const auto status = [this] {
    const WithoutOverride user;
    return OpenRocksStore(path_).status();
  }();
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(path_));
}

TEST_F(RocksStoreTest, FileInPlaceOfTheDirectoryIsSaid) {
  WriteFile(directory_.Sub("file"), "x");
  for (const std::string& path : {directory_.Sub("file"), directory_.Sub("file/db")}) {
    const auto status = OpenRocksStore(path).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(path));
  }
}

TEST(FileError, SaysWhatToDo) {
  EXPECT_EQ(FileError("/d", EROFS, "use").code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(FileError("/d", ENOSPC, "make").code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(FileError("/d", EDQUOT, "make").code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(FileError("/d", EIO, "read").code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(FileError("/d", EACCES, "use").message()), HasSubstr("give user"));
}

}  // namespace
}  // namespace quartet::store
