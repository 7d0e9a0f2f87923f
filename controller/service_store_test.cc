#include "controller/service_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "replication/store/rocks_store.h"
#include "replication/store/test_directory.h"

namespace quartet::controller {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ServiceStoreTest : public ::testing::Test {
 protected:
  std::string Message(const absl::Status& status) { return std::string(status.message()); }

  store::TestDirectory directory_;
  const std::string data_ = directory_.Sub("controller");
};

TEST_F(ServiceStoreTest, AServiceIsMadeOnceAndThenOpened) {
  ASSERT_EQ(InitService(data_, "c-1"), absl::OkStatus());
  EXPECT_EQ(OpenServiceStore(data_).status(), absl::OkStatus());
  const absl::Status again = InitService(data_, "c-1");
  EXPECT_EQ(again.code(), absl::StatusCode::kFailedPrecondition) << again;
  EXPECT_EQ(OpenServiceStore(data_).status(), absl::OkStatus());
}

TEST_F(ServiceStoreTest, ALostDirectoryIsNoNewService) {
  for (const bool there : {false, true}) {
    if (there) std::filesystem::create_directories(data_);
    const absl::Status status = OpenServiceStore(data_).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kNotFound) << status;
    EXPECT_THAT(Message(status), AllOf(HasSubstr(data_), HasSubstr("restore"), HasSubstr("init")));
    EXPECT_EQ(std::filesystem::exists(data_), there) << "something was made";
    EXPECT_TRUE(!there || std::filesystem::is_empty(data_));
  }
}

TEST_F(ServiceStoreTest, ADatabaseWithoutALogIsNoService) {
  ASSERT_TRUE(store::OpenRocksStore(data_).ok());
  EXPECT_EQ(OpenServiceStore(data_).status().code(), absl::StatusCode::kNotFound);
  // An init that was interrupted is done again.
  EXPECT_EQ(InitService(data_, "c-1"), absl::OkStatus());
}

TEST_F(ServiceStoreTest, DamageSaysThatABackupIsTheWay) {
  ASSERT_EQ(InitService(data_, "c-1"), absl::OkStatus());
  for (const auto& file : std::filesystem::directory_iterator(data_)) {
    if (file.path().filename().string().rfind("MANIFEST-", 0) == 0) {
      store::WriteFile(file.path().string(), std::string(1000, '\xff'));
    }
  }
  const absl::Status status = OpenServiceStore(data_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
  EXPECT_THAT(Message(status), AllOf(HasSubstr(data_), HasSubstr("quartet-controller restore")));
}

}  // namespace
}  // namespace quartet::controller
