#include "replication/log/embedded_log.h"

#include <gtest/gtest.h>

#include "replication/base/format_examples.h"
#include "replication/log/log_contract.h"
#include "replication/log/log_state.h"
#include "replication/store/memory_store.h"
#include "replication/store/rocks_store.h"
#include "replication/store/test_contents.h"
#include "replication/store/test_directory.h"

namespace quartet::replication {
namespace {

std::unique_ptr<Log> MustOpen(store::Store& store) {
  auto log = OpenEmbeddedLog(store, kContractEpoch);
  EXPECT_TRUE(log.ok()) << log.status();
  return log.ok() ? *std::move(log) : nullptr;
}

class MemoryHarness {
 public:
  static constexpr bool kCanFail = true;

  Log& log() { return *log_; }
  void Crash() {
    log_.reset();
    store_.Crash(0);
    log_ = MustOpen(store_);
  }
  void FailWrites(bool fail) {
    store_.FailWrites(fail ? absl::UnavailableError("broken") : absl::OkStatus());
  }
  std::optional<std::string> Effect(absl::string_view key) { return store::Find(store_, key); }

 private:
  store::MemoryStore store_;
  std::unique_ptr<Log> log_ = MustOpen(store_);
};

// A crash is a killed process: the database goes on from a copy of its files.
class RocksHarness {
 public:
  static constexpr bool kCanFail = false;

  RocksHarness() { Open(); }
  Log& log() { return *log_; }
  void Crash() {
    const std::string before = Path();
    ++crashes_;
    store::CopyAsAfterKill(before, Path());
    log_.reset();
    Open();
  }
  void FailWrites(bool) {}
  std::optional<std::string> Effect(absl::string_view key) { return store::Find(*store_, key); }

 private:
  std::string Path() const { return directory_.Sub("db" + std::to_string(crashes_)); }
  void Open() {
    auto opened = store::OpenRocksStore(Path());
    EXPECT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
    log_ = MustOpen(*store_);
  }

  store::TestDirectory directory_;
  int crashes_ = 0;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Log> log_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, LogContract, MemoryHarness);
INSTANTIATE_TYPED_TEST_SUITE_P(Rocks, LogContract, RocksHarness);

class EmbeddedLogTest : public ::testing::Test {
 protected:
  // A log of five entries, the first one trimmed.
  EmbeddedLogTest() {
    const auto log = MustOpen(store_);
    EXPECT_EQ(log->BeginTerm().value(), 1U);
    const Position start = log->ReadHead()->position;
    entries_ = SealedBehind(start, 5);
    EXPECT_TRUE(log->Append(start, 1, entries_, store::Batch()).ok());
    EXPECT_TRUE(log->Trim(entries_.back().position, 1, 1).ok());
  }

  void Put(absl::string_view key, absl::string_view value) {
    store::Batch batch;
    batch.Put(key, value);
    ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kYes).ok());
  }
  void Delete(absl::string_view key) {
    store::Batch batch;
    batch.Delete(key);
    ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kYes).ok());
  }
  void ExpectDamaged() {
    EXPECT_EQ(OpenEmbeddedLog(store_, kContractEpoch).status().code(), absl::StatusCode::kDataLoss);
  }

  store::MemoryStore store_;
  std::vector<SealedEntry> entries_;
};

TEST_F(EmbeddedLogTest, ReopenedKeepsItsEpochWhateverIsGiven) {
  const auto log = OpenEmbeddedLog(store_, kContractEpoch + 1);
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_EQ((*log)->ReadHead()->position, entries_.back().position);
}

TEST_F(EmbeddedLogTest, KeysAreThoseOfTheFormatPage) {
  EXPECT_EQ(store::Find(store_, "Lhead"), EncodePosition(entries_[4].position));
  EXPECT_EQ(store::Find(store_, "Lbase"), EncodePosition(entries_[0].position));
  EXPECT_EQ(store::Find(store_, "Lterm"), std::string("\0\0\0\0\0\0\0\1", 8));
  EXPECT_EQ(store::Find(store_, LogEntryKey(2)), entries_[1].bytes);
}

TEST_F(EmbeddedLogTest, PositionsAreStoredAsTheFormatPageSays) {
  for (const char* number : {"1", "2"}) {
    const std::string entry = FormatExample("entries.md", std::string("entry-") + number);
    const auto position = DecodePosition(FormatExample("entries.md", std::string("position-") + number));
    ASSERT_TRUE(position.ok()) << position.status();
    EXPECT_EQ(position->chain, ChainOf(entry));
    EXPECT_EQ(position->index, OpenHeader(entry)->index());
    EXPECT_EQ(position->epoch, OpenHeader(entry)->epoch());
  }
}

TEST_F(EmbeddedLogTest, LogWithoutItsHeadBaseOrTermIsDamagedAndNotMadeAnew) {
  for (const absl::string_view key : {kLogHeadKey, kLogBaseKey, kLogTermKey}) {
    const std::string value = *store::Find(store_, key);
    Delete(key);
    ExpectDamaged();
    Put(key, value.substr(1));
    ExpectDamaged();
    Put(key, value);
    EXPECT_TRUE(OpenEmbeddedLog(store_, kContractEpoch).ok());
  }
}

TEST_F(EmbeddedLogTest, MissingOrForeignEntriesAtItsEndsAreDamage) {
  for (const uint64_t index : {2, 5}) {
    const std::string value = *store::Find(store_, LogEntryKey(index));
    Delete(LogEntryKey(index));
    ExpectDamaged();
    Put(LogEntryKey(index), entries_[2].bytes);
    ExpectDamaged();
    Put(LogEntryKey(index), "no entry");
    ExpectDamaged();
    Put(LogEntryKey(index), value);
  }
  EXPECT_TRUE(OpenEmbeddedLog(store_, kContractEpoch).ok());
}

TEST_F(EmbeddedLogTest, EntriesOutsideOfItAreDamage) {
  Put(LogEntryKey(1), entries_[0].bytes);
  ExpectDamaged();
  Delete(LogEntryKey(1));
  Put(LogEntryKey(6), "x");
  ExpectDamaged();
}

TEST_F(EmbeddedLogTest, BaseBehindTheHeadIsDamage) {
  Position base = entries_.back().position;
  base.index += 1;
  Put(kLogBaseKey, EncodePosition(base));
  ExpectDamaged();
}

TEST_F(EmbeddedLogTest, DamageInTheMiddleIsFoundByReading) {
  const auto log = MustOpen(store_);
  Put(LogEntryKey(3), entries_[3].bytes);
  EXPECT_EQ(log->Read(1, 1 << 20).status().code(), absl::StatusCode::kDataLoss);
  Delete(LogEntryKey(3));
  EXPECT_EQ(log->Read(1, 1 << 20).status().code(), absl::StatusCode::kDataLoss);
  // Another entry in its place is found by the one behind it.
  Put(LogEntryKey(3), SealedBehind(entries_[1].position, 1, "fork")[0].bytes);
  EXPECT_EQ(log->Read(1, 1 << 20).status().code(), absl::StatusCode::kDataLoss);
  Put(LogEntryKey(3), entries_[2].bytes);
  EXPECT_TRUE(log->Read(1, 1 << 20).ok());
}

}  // namespace
}  // namespace quartet::replication
