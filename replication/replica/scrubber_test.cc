#include "replication/replica/scrubber.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "quartet/stored/v1/entry.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/replica/layout.h"
#include "replication/store/memory_store.h"

namespace quartet::replication {
namespace {

constexpr char kKey[] = "0123456789abcdef";
constexpr int64_t kHour = 3'600'000'000;

class ManualClock : public Clock {
 public:
  int64_t WallMicros() override { return 1'700'000'000'000'000 + now_; }
  int64_t MonotonicMicros() override { return now_; }
  void Advance(int64_t us) { now_ += us; }

 private:
  int64_t now_ = 1;
};

std::string ZoneId(int i) { return absl::StrCat("Z", 1'000'000'000'000 + i); }

class ScrubberTest : public testing::Test {
 protected:
  ScrubberTest() { Put(layout::Meta("node/digest/1"), absl::string_view(kKey, Hasher::kKeyBytes)); }

  void Put(const std::string& key, absl::string_view value) {
    store::Batch batch;
    batch.Put(key, value);
    ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kYes).ok());
  }

  // A zone of `count` record sets under a generation.
  void PutZone(int i, int count, uint64_t generation = 7) {
    Hasher hasher(absl::string_view(kKey, Hasher::kKeyBytes));
    Digest digest;
    for (int r = 0; r < count; ++r) {
      const std::string key = absl::StrCat("record", 1000 + r);
      digest += hasher.Hash(key, "value");
      Put(layout::Record(ZoneId(i), generation, key), "value");
    }
    stored::v1::NodeZoneRow row;
    row.set_id(ZoneId(i));
    row.set_digest_key_id(1);
    row.set_record_sets(static_cast<uint64_t>(count));
    row.set_served_digest(digest.ToBytes());
    Put(layout::Zone(ZoneId(i)), row.SerializeAsString());
    stored::v1::ZoneLocalRow local;
    local.set_generation(generation);
    Put(layout::ZoneLocal(ZoneId(i)), local.SerializeAsString());
  }

  // Steps until a scrub ends, as a thread would; returns what it found.
  std::vector<ScrubFinding> RunScrub(Scrubber& scrubber) {
    std::vector<ScrubFinding> findings;
    for (int steps = 0; steps < 100'000; ++steps) {
      Scrubber::Step step = scrubber.Next();
      findings.insert(findings.end(), step.findings.begin(), step.findings.end());
      clock_.Advance(step.wait_us);
      if (step.store_progress) Store(scrubber);
      if (step.ended) return findings;
    }
    ADD_FAILURE() << "the scrub does not end";
    return findings;
  }

  void Store(const Scrubber& scrubber) {
    store::Batch batch;
    scrubber.PutProgress(batch);
    ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kNo).ok());
  }

  store::MemoryStore store_;
  ManualClock clock_;
  Scrubber::Options options_;
};

TEST_F(ScrubberTest, ZonesThatAreWhatTheirRowsSayAreNoFindings) {
  for (int i = 0; i < 20; ++i) PutZone(i, i);
  Scrubber scrubber(store_, clock_, options_);
  EXPECT_TRUE(RunScrub(scrubber).empty());
  EXPECT_EQ(scrubber.progress().zones, 20u);
  EXPECT_EQ(scrubber.progress().damaged, 0u);
}

TEST_F(ScrubberTest, EveryKindOfDamageIsFound) {
  for (int i = 0; i < 6; ++i) PutZone(i, 5);
  Put(layout::Record(ZoneId(0), 7, "record1002"), "another");
  Put(layout::Record(ZoneId(1), 7, "recordmore"), "value");
  store::Batch batch;
  batch.Delete(layout::Record(ZoneId(2), 7, "record1002"));
  ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kYes).ok());
  Put(layout::Zone(ZoneId(3)), "no row");
  Put(layout::ZoneLocal(ZoneId(4)), "no row");
  Scrubber scrubber(store_, clock_, options_);
  const std::vector<ScrubFinding> findings = RunScrub(scrubber);
  ASSERT_EQ(findings.size(), 5u);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(findings[static_cast<size_t>(i)].zone_id, ZoneId(i));
  EXPECT_EQ(findings[0].generation, 7u);
  EXPECT_EQ(scrubber.progress().damaged, 5u);
}

TEST_F(ScrubberTest, AZoneWithNothingToServeIsPassedOver) {
  PutZone(1, 0, 0);
  Scrubber scrubber(store_, clock_, options_);
  EXPECT_TRUE(RunScrub(scrubber).empty());
}

TEST_F(ScrubberTest, TheNextOneWaitsForTheInterval) {
  PutZone(1, 3);
  Scrubber scrubber(store_, clock_, options_);
  RunScrub(scrubber);
  const int64_t end = scrubber.progress().end_us;
  clock_.Advance(23 * kHour);
  EXPECT_FALSE(scrubber.Next().ended);
  EXPECT_EQ(scrubber.progress().end_us, end);
  clock_.Advance(kHour);
  EXPECT_TRUE(scrubber.Next().ended);
}

TEST_F(ScrubberTest, ItReadsNoFasterThanItMay) {
  PutZone(1, 20'000);
  options_.bytes_per_second = 100'000;
  options_.step_bytes = 10'000;
  Scrubber scrubber(store_, clock_, options_);
  const int64_t begin = clock_.MonotonicMicros();
  RunScrub(scrubber);
  // Keys of 33 octets and values of 5.
  EXPECT_GT(clock_.MonotonicMicros() - begin, int64_t{20'000} * 38 * 9);
}

TEST_F(ScrubberTest, ARestartGoesOnWhereTheProgressSays) {
  for (int i = 0; i < 10; ++i) PutZone(i, 100);
  Put(layout::Record(ZoneId(0), 7, "record1002"), "another");
  options_.step_bytes = 20'000;
  Scrubber before(store_, clock_, options_);
  EXPECT_EQ(before.Next().findings.size(), 1u);
  Store(before);
  Scrubber after(store_, clock_, options_);
  EXPECT_EQ(after.progress().after, before.progress().after);
  EXPECT_TRUE(RunScrub(after).empty()) << "the damaged zone is not read again";
  EXPECT_EQ(after.progress().zones, 10u);
  EXPECT_EQ(after.progress().damaged, 1u);
}

TEST_F(ScrubberTest, AZoneThatMovesToAnotherGenerationMeanwhileIsNoFinding) {
  PutZone(1, 2000);
  options_.step_bytes = 1000;
  Scrubber scrubber(store_, clock_, options_);
  scrubber.Next();
  store::Batch batch;
  batch.DeleteRange(layout::Generation(ZoneId(1), 7), store::PrefixEnd(layout::Generation(ZoneId(1), 7)));
  ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kYes).ok());
  PutZone(1, 3, 8);
  EXPECT_TRUE(RunScrub(scrubber).empty());
}

TEST_F(ScrubberTest, AControllersZonesAreCheckedWithTheirControlParts) {
  stored::v1::SecretRow secret;
  secret.set_secret(std::string(kKey, Hasher::kKeyBytes));
  Put(layout::Object(stored::v1::OBJECT_KIND_SECRET, "digest/1"),
      layout::BigEndian64(1) + secret.SerializeAsString());
  for (int i = 0; i < 3; ++i) {
    Hasher hasher(absl::string_view(kKey, Hasher::kKeyBytes));
    stored::v1::ZoneRow row;
    row.set_id(ZoneId(i));
    row.set_digest_key_id(1);
    row.set_record_sets(1);
    row.set_served_digest(hasher.Hash("www", "served").ToBytes());
    row.set_control_digest(hasher.Hash("www", "control").ToBytes());
    Put(layout::Zone(ZoneId(i)), row.SerializeAsString());
    stored::v1::ZoneLocalRow local;
    local.set_generation(4);
    Put(layout::ZoneLocal(ZoneId(i)), local.SerializeAsString());
    Put(layout::Record(ZoneId(i), 4, "www"), i == 1 ? "another" : "served");
    Put(layout::Control(ZoneId(i), 4, "www"), i == 2 ? "another" : "control");
  }
  options_.read = ReadControllerZoneOnDisk;
  options_.progress_name = "controller/scrub";
  Scrubber scrubber(store_, clock_, options_);
  const std::vector<ScrubFinding> findings = RunScrub(scrubber);
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].zone_id, ZoneId(1));
  EXPECT_NE(findings[0].reason.find("record sets"), std::string::npos);
  EXPECT_EQ(findings[1].zone_id, ZoneId(2));
  EXPECT_EQ(findings[1].generation, 4u);
  EXPECT_NE(findings[1].reason.find("control parts"), std::string::npos);
  EXPECT_EQ(ReadScrubProgress(store_, "controller/scrub")->zones, 3u);
}

TEST_F(ScrubberTest, ProgressThatCanNotBeReadBeginsAnew) {
  Put(layout::Meta("node/scrub"), "short");
  EXPECT_FALSE(ReadScrubProgress(store_, "node/scrub").has_value());
  PutZone(1, 3);
  Scrubber scrubber(store_, clock_, options_);
  RunScrub(scrubber);
  EXPECT_EQ(ReadScrubProgress(store_, "node/scrub")->zones, 1u);
}

// A store whose walks end in an error.
class UnreadableStore : public store::MemoryStore {
 public:
  class Error : public store::Iterator {
   public:
    bool Valid() const override { return false; }
    void Next() override {}
    absl::string_view key() const override { return ""; }
    absl::string_view value() const override { return ""; }
    absl::Status status() const override { return absl::DataLossError("damaged bytes"); }
  };
  class ErrorReader : public store::Reader {
   public:
    absl::StatusOr<std::optional<std::string>> Get(absl::string_view) const override {
      return absl::DataLossError("damaged bytes");
    }
    std::unique_ptr<store::Iterator> Scan(absl::string_view, absl::string_view) const override {
      return std::make_unique<Error>();
    }
  };
  std::unique_ptr<store::Reader> Snapshot() const override { return std::make_unique<ErrorReader>(); }
};

TEST(ScrubberOfADamagedStore, SaysSoAndDoesNotTakeItForOneWithoutZones) {
  UnreadableStore store;
  ManualClock clock;
  Scrubber scrubber(store, clock, Scrubber::Options());
  const Scrubber::Step step = scrubber.Next();
  EXPECT_TRUE(absl::IsDataLoss(step.store));
  EXPECT_FALSE(step.ended);
  EXPECT_GT(step.wait_us, 0);
}

}  // namespace
}  // namespace quartet::replication
