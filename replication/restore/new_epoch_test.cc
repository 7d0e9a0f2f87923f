#include "replication/restore/new_epoch.h"

#include <gtest/gtest.h>

#include "replication/feed/test_controller.h"
#include "replication/log/embedded_log.h"
#include "replication/log/log_state.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"
#include "replication/restore/restore_row.h"
#include "replication/store/memory_store.h"
#include "replication/store/test_contents.h"

namespace quartet::replication {
namespace {

constexpr uint64_t kOldEpoch = uint64_t{1'700'000'000} << 24 | 5;

class NewEpochTest : public ::testing::Test {
 protected:
  NewEpochTest() : entries_(store_, kOldEpoch) {
    entries_.CreateZone(TestZoneId("Za"), "example.org.", {"ns1"});
    entries_.ChangeZone(TestZoneId("Za"), {{"www", "1"}});
  }

  void PutChange(const std::string& id, uint64_t index, int64_t insync_time_us) {
    stored::v1::ChangeRow row;
    row.set_id(id);
    row.set_zone_id(TestZoneId("Za"));
    row.set_epoch(kOldEpoch);
    row.set_index(index);
    row.set_revision(2);
    row.set_insync_time_us(insync_time_us);
    store::Batch batch;
    batch.Put(layout::Change(id), row.SerializeAsString());
    if (insync_time_us == 0) batch.Put(layout::Pending(index, id), row.zone_id());
    ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kYes).ok());
  }

  uint64_t Begin() {
    const uint64_t epoch = EpochAfter(kOldEpoch, 1'800'000'000, 7);
    stored::v1::RestoreRow row;
    row.set_backup("/backups/1");
    row.set_backup_time_us(1'790'000'000'000'000);
    const absl::Status status = BeginEpoch(store_, epoch, row);
    EXPECT_TRUE(status.ok()) << status;
    return epoch;
  }

  store::MemoryStore store_;
  TestController entries_;
  FullView view_{store_};
};

TEST_F(NewEpochTest, LogIsEmptyAndItsTermGoesOn) {
  const Position before = entries_.head();
  const uint64_t epoch = Begin();
  absl::StatusOr<std::unique_ptr<Log>> log = OpenEmbeddedLog(store_, 0);
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_EQ((*log)->ReadHead()->position, (Position{epoch, 0, {}}));
  EXPECT_EQ(*(*log)->FirstIndex(), 1u);
  EXPECT_EQ(*(*log)->BeginTerm(), 2u);
  const auto restored = ReadRestore(store_);
  ASSERT_TRUE(restored.ok() && restored->has_value());
  EXPECT_EQ((*restored)->epoch(), epoch);
  EXPECT_EQ((*restored)->old_epoch(), before.epoch);
  EXPECT_EQ((*restored)->old_index(), before.index);
  EXPECT_EQ((*restored)->old_chain(), std::string(before.chain.begin(), before.chain.end()));
  EXPECT_GT((*restored)->last_time_us(), 0);
}

TEST_F(NewEpochTest, ZonesStayAsTheyWere) {
  const store::Contents rows = store::ScanAll(store_, "r", "s");
  const auto zone = view_.Zone(TestZoneId("Za"));
  Begin();
  EXPECT_EQ(store::ScanAll(store_, "r", "s"), rows);
  EXPECT_EQ((*view_.Zone(TestZoneId("Za")))->revision(), (**zone).revision());
}

TEST_F(NewEpochTest, PendingChangesWaitForTheNewEpoch) {
  PutChange("C1", 3, 0);
  PutChange("C2", 2, 77);
  const uint64_t epoch = Begin();
  const auto pending = view_.PendingChanges();
  ASSERT_TRUE(pending.ok());
  ASSERT_EQ(pending->size(), 1u);
  EXPECT_EQ((*pending)[0].change_id, "C1");
  EXPECT_EQ((*pending)[0].index, 0u);
  EXPECT_EQ((*view_.Change("C1"))->epoch(), epoch);
  EXPECT_EQ((*view_.Change("C1"))->index(), 0u);
  EXPECT_EQ((*view_.Change("C2"))->epoch(), kOldEpoch);
  EXPECT_EQ((*view_.Change("C2"))->insync_time_us(), 77);
}

TEST_F(NewEpochTest, EpochIsLaterThanTheOldOneWhateverTheClockSays) {
  EXPECT_EQ(EpochAfter(kOldEpoch, 1'800'000'000, 7), uint64_t{1'800'000'000} << 24 | 7);
  EXPECT_GT(EpochAfter(kOldEpoch, 1'000, 0), kOldEpoch);
  EXPECT_GT(EpochAfter(kOldEpoch, 1'700'000'000, 0), kOldEpoch);
  EXPECT_EQ(BeginEpoch(store_, kOldEpoch, {}).code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(NewEpochTest, IsUnconfirmedUntilItIsConfirmedOnce) {
  EXPECT_EQ(ConfirmRestore(store_, "quartet://admin/a", 5).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_FALSE(IsUnconfirmed(*ReadRestore(store_)));
  Begin();
  ASSERT_TRUE(IsUnconfirmed(*ReadRestore(store_)));
  const std::string why(UnconfirmedError(**ReadRestore(store_)).message());
  EXPECT_NE(why.find("2026-09-21 14:13:20Z"), std::string::npos) << why;
  EXPECT_NE(why.find("quartet restore confirm"), std::string::npos) << why;
  ASSERT_TRUE(ConfirmRestore(store_, "quartet://admin/a", 5).ok());
  EXPECT_FALSE(IsUnconfirmed(*ReadRestore(store_)));
  EXPECT_EQ((*ReadRestore(store_))->confirmed_by(), "quartet://admin/a");
  EXPECT_EQ(ConfirmRestore(store_, "quartet://admin/b", 6).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(NewEpochTest, RestoredAgainItRemembersTheLatestTime) {
  Begin();
  const int64_t last = (*ReadRestore(store_))->last_time_us();
  ASSERT_TRUE(BeginEpoch(store_, EpochAfter((*ReadRestore(store_))->epoch(), 0, 1), {}).ok());
  EXPECT_EQ((*ReadRestore(store_))->last_time_us(), last);
}

TEST_F(NewEpochTest, DamagedLogIsNoBeginning) {
  store::Batch batch;
  batch.Put(LogEntryKey(entries_.head().index), "damaged");
  ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kYes).ok());
  EXPECT_EQ(BeginEpoch(store_, EpochAfter(kOldEpoch, 0, 1), {}).code(), absl::StatusCode::kDataLoss);
  store::MemoryStore empty;
  EXPECT_EQ(BeginEpoch(empty, 1, {}).code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace quartet::replication
