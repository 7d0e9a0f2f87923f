// A node's database that is damaged, lost, or in the way: set aside, made anew, said.
#include "nameserver/node/node_store.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/match.h"
#include "nameserver/node/scripted_feed.h"
#include "replication/store/rocks_store.h"
#include "replication/store/test_contents.h"
#include "replication/store/test_directory.h"

namespace quartet::nameserver {
namespace {

namespace fs = std::filesystem;
using store::Contents;
using store::PutsOf;
using store::Store;

class NodeStoreTest : public testing::Test {
 protected:
  void SetUp() override { Open(); }
  void Open() {
    node_.reset();
    absl::StatusOr<std::unique_ptr<NodeStore>> opened = NodeStore::Open(data_, clock_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    node_ = *std::move(opened);
  }
  void Put(const std::string& key) {
    const absl::Status written = node_->store().Write(PutsOf({{key, "v"}}), Store::Sync::kYes);
    ASSERT_TRUE(written.ok()) << written;
  }
  void DamageManifest() {
    for (const auto& file : fs::directory_iterator(data_)) {
      if (absl::StartsWith(file.path().filename().string(), "MANIFEST-"))
        store::WriteFile(file.path().string(), std::string(1000, '\xff'));
    }
  }

  store::TestDirectory directory_;
  const std::string data_ = directory_.Sub("data");
  ManualClock clock_;
  std::unique_ptr<NodeStore> node_;
};

TEST_F(NodeStoreTest, ADamagedDatabaseIsSetAsideAtTheStartAndSaidUntilItIsRemoved) {
  Put("a");
  EXPECT_EQ(node_->Alarm(), "");
  node_.reset();
  DamageManifest();
  Open();
  EXPECT_EQ(ScanAll(node_->store()), Contents());
  EXPECT_TRUE(absl::StrContains(node_->Alarm(), data_ + "/damaged-1")) << node_->Alarm();
  EXPECT_TRUE(fs::exists(data_ + "/damaged-1/CURRENT"));
  Put("b");
  Open();
  EXPECT_EQ(ScanAll(node_->store()), (Contents{{"b", "v"}}));
  EXPECT_FALSE(node_->Alarm().empty());
  fs::remove_all(data_ + "/damaged-1");
  EXPECT_EQ(node_->Alarm(), "");
}

TEST_F(NodeStoreTest, ADatabaseOfAnotherProcessIsLeftAlone) {
  const auto second = NodeStore::Open(data_, clock_);
  EXPECT_TRUE(absl::IsFailedPrecondition(second.status())) << second.status();
  Put("a");
}

TEST_F(NodeStoreTest, ADamagedOneIsMadeAnewInItsPlace) {
  Put("a");
  const auto renewed = node_->Renew(absl::DataLossError("damaged bytes"));
  ASSERT_TRUE(renewed.ok()) << renewed.status();
  EXPECT_EQ(*renewed, Replica::Renewed::kEmpty);
  EXPECT_EQ(ScanAll(node_->store()), Contents());
  Put("b");
  EXPECT_TRUE(fs::exists(data_ + "/damaged-1/CURRENT"));
}

TEST_F(NodeStoreTest, OneThatOnlyTakesNoWritesIsOpenedWithWhatItHolds) {
  Put("a");
  const auto renewed = node_->Renew(absl::UnavailableError("can't write"));
  ASSERT_TRUE(renewed.ok()) << renewed.status();
  EXPECT_EQ(*renewed, Replica::Renewed::kSame);
  EXPECT_EQ(ScanAll(node_->store()), (Contents{{"a", "v"}}));
  EXPECT_EQ(node_->Alarm(), "");
}

TEST_F(NodeStoreTest, OneThatShowsItsDamageWhenItIsOpenedIsMadeAnew) {
  Put("a");
  DamageManifest();
  const auto renewed = node_->Renew(absl::UnavailableError("can't write"));
  ASSERT_TRUE(renewed.ok()) << renewed.status();
  EXPECT_EQ(*renewed, Replica::Renewed::kEmpty);
}

// What is written to a removed file would be gone with the process, acknowledged or not.
TEST_F(NodeStoreTest, ADirectoryRemovedUnderItIsMissedAtTheNextWriteAndMadeAnew) {
  Put("a");
  fs::remove_all(data_);
  const absl::Status written = node_->store().Write(PutsOf({{"b", "v"}}), Store::Sync::kYes);
  ASSERT_TRUE(absl::IsDataLoss(written)) << written;
  const auto renewed = node_->Renew(written);
  ASSERT_TRUE(renewed.ok()) << renewed.status();
  EXPECT_EQ(*renewed, Replica::Renewed::kEmpty);
  EXPECT_TRUE(absl::StrContains(node_->Alarm(), "lost")) << node_->Alarm();
  Put("b");
  Open();
  EXPECT_EQ(ScanAll(node_->store()), (Contents{{"b", "v"}}));
}

TEST_F(NodeStoreTest, ADiskThatDamagesWhateverIsWrittenIsTriedEverLessOften) {
  const absl::Status damage = absl::DataLossError("damaged bytes");
  ASSERT_TRUE(node_->Renew(damage).ok());
  EXPECT_TRUE(absl::IsUnavailable(node_->Renew(damage).status()));
  clock_.now_us += 11'000'000;
  ASSERT_TRUE(node_->Renew(damage).ok());
  clock_.now_us += 11'000'000;
  EXPECT_TRUE(absl::IsUnavailable(node_->Renew(damage).status()));
  clock_.now_us += 11'000'000;
  EXPECT_TRUE(node_->Renew(damage).ok());
}

TEST_F(NodeStoreTest, WhileItIsReadItStays) {
  Put("a");
  const auto snapshot = node_->store().Snapshot();
  EXPECT_TRUE(absl::IsUnavailable(node_->Renew(absl::DataLossError("damaged bytes")).status()));
  EXPECT_EQ(ScanAll(*snapshot), (Contents{{"a", "v"}}));
}

}  // namespace
}  // namespace quartet::nameserver
