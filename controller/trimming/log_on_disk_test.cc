// The disk that a trimmed log takes up: what went is given back, and the rest of the database stays.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <thread>

#include "controller/sequencer/plan_fixture.h"
#include "controller/trimming/log_trimmer.h"
#include "replication/log/embedded_log.h"
#include "replication/store/rocks_store.h"
#include "replication/store/test_directory.h"

namespace quartet::controller {
namespace {

constexpr uint64_t kLogBytes = 8 << 20;
constexpr uint64_t kWriteBuffer = 1 << 20;
constexpr size_t kEntryBytes = 16 << 10;
constexpr int kEntries = 8192;

// Bytes of the files there now. Those that go away meanwhile don't count.
uint64_t BytesOf(const std::string& directory) {
  uint64_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(directory)) {
    std::error_code gone;
    const uint64_t size = file.file_size(gone);
    if (!gone) bytes += size;
  }
  return bytes;
}

class LogOnDiskTest : public ::testing::Test {
 protected:
  LogOnDiskTest() {
    store_ =
        std::move(store::OpenRocksStore(directory_.Sub("db"), {.write_buffer_bytes = kWriteBuffer})).value();
    log_ = std::move(replication::OpenEmbeddedLog(*store_, replication::MakeEpoch(1'700'000'000, 7))).value();
    sequencer_ = std::move(Sequencer::Open(*log_, *store_, clock_, random_, {.controller = "c-1"})).value();
    sequencer_->Flush();
    trimmer_ = std::move(LogTrimmer::Open(*log_, *store_, clock_, {.log_bytes = kLogBytes})).value();
  }

  // An entry that no compression makes smaller, and that leaves nothing in the replica.
  Plan Noise() {
    std::string noise;
    while (noise.size() < kEntryBytes) {
      const uint64_t number = random_.Next();
      noise.append(reinterpret_cast<const char*>(&number), sizeof(number));
    }
    Plan plan;
    stored::v1::ObjectEffect& object = *plan.entry.add_effects()->mutable_object();
    object.set_kind(stored::v1::OBJECT_KIND_SECRET);
    object.set_id("noise");
    object.set_revision(++revision_);
    object.set_row(noise);
    return plan;
  }

  void Append(int entries) {
    for (int i = 0; i < entries; ++i) {
      Proposal proposal;
      proposal.plan = [this](const PlanContext&) -> absl::StatusOr<Plan> { return Noise(); };
      if (!sequencer_->full()) sequencer_->Add(proposal, [](const absl::StatusOr<Outcome>&) {});
      if (!sequencer_->full() && i + 1 < entries) continue;
      trimmer_->Committed(sequencer_->Flush().committed);
      trimmer_->Step(*sequencer_);
    }
  }

  store::TestDirectory directory_;
  ManualClock clock_;
  SeededRandom random_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<replication::Log> log_;
  std::unique_ptr<Sequencer> sequencer_;
  std::unique_ptr<LogTrimmer> trimmer_;
  uint64_t revision_ = 0;
};

TEST_F(LogOnDiskTest, TheDiskShrinksWithTheLog) {
  // 128 MiB go through a log of 8 MiB, of which one is kept.
  Append(kEntries);
  EXPECT_LE(trimmer_->bytes(), kLogBytes / 8 + (512 << 10) + 2 * kLogBytes / 256);
  // Write-ahead logs and tables that are being merged come on top; merging goes on for a moment.
  const uint64_t bound = kLogBytes + 12 * kWriteBuffer;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (BytesOf(directory_.Sub("db")) > bound && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_LE(BytesOf(directory_.Sub("db")), bound);
  // What is left can be read.
  const uint64_t first = log_->FirstIndex().value();
  const auto left = log_->Read(first - 1, SIZE_MAX);
  ASSERT_TRUE(left.ok()) << left.status();
  EXPECT_EQ(left->back().position, sequencer_->head());
}

}  // namespace
}  // namespace quartet::controller
