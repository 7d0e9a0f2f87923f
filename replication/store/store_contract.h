// What every Store promises, as tests. A store's test file instantiates them with a harness:
//
//   struct Harness { store::Store& store(); };   // default-constructible, with an empty store
//   INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StoreContract, MemoryHarness);
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "replication/store/store.h"
#include "replication/store/test_contents.h"

namespace quartet::store {

template <typename Harness>
class StoreContract : public ::testing::Test {
 protected:
  Store& store() { return harness_.store(); }

  void Write(const Batch& batch, Store::Sync sync = Store::Sync::kYes) {
    const auto status = store().Write(batch, sync);
    ASSERT_TRUE(status.ok()) << status;
  }

 private:
  Harness harness_;
};

TYPED_TEST_SUITE_P(StoreContract);

TYPED_TEST_P(StoreContract, ReadsWhatWasWritten) {
  this->Write(PutsOf({{"a", "1"}, {"b", "2"}}), Store::Sync::kNo);
  EXPECT_EQ(Find(this->store(), "a"), "1");
  EXPECT_EQ(Find(this->store(), "b"), "2");
  EXPECT_EQ(Find(this->store(), "c"), std::nullopt);
}

TYPED_TEST_P(StoreContract, KeysAndValuesAreBytes) {
  const std::string key("\x00\xff\x00", 3);
  const std::string value("\xff\x00\n", 3);
  this->Write(PutsOf({{key, value}, {"empty", ""}}));
  EXPECT_EQ(Find(this->store(), key), value);
  EXPECT_EQ(Find(this->store(), "empty"), "");
  EXPECT_EQ(Find(this->store(), std::string(1, '\0')), std::nullopt);
}

TYPED_TEST_P(StoreContract, KeepsLargeValues) {
  const std::string value(3 << 20, 'x');
  this->Write(PutsOf({{"large", value}}));
  EXPECT_EQ(Find(this->store(), "large"), value);
}

TYPED_TEST_P(StoreContract, OperationsOfABatchHappenInOrder) {
  Batch batch;
  batch.Put("a", "1");
  batch.Delete("a");
  batch.Put("b", "1");
  batch.Put("b", "2");
  batch.Put("c", "1");
  batch.DeleteRange("c", "d");
  batch.Put("c", "3");
  this->Write(batch);
  EXPECT_EQ(ScanAll(this->store()), (Contents{{"b", "2"}, {"c", "3"}}));
}

TYPED_TEST_P(StoreContract, OperationsOnKeysOfManyKindsHappenInOrder) {
  Batch batch;
  for (const char* value : {"1", "2"}) {
    for (const char* key : {"z1", "r1", "m", "r2", "z2", "r1"}) batch.Put(key, value);
  }
  batch.Delete("z2");
  batch.DeleteRange("r1", "r2");
  batch.Put("r11", "3");
  batch.Put("a", "3");
  batch.DeleteRange("r11", "r12");
  batch.Put("", "4");
  batch.Put("r1", "4");
  this->Write(batch);
  EXPECT_EQ(ScanAll(this->store()),
            (Contents{{"", "4"}, {"a", "3"}, {"m", "2"}, {"r1", "4"}, {"r2", "2"}, {"z1", "2"}}));
}

TYPED_TEST_P(StoreContract, DeletingWhatIsNotThereIsNoError) {
  Batch batch;
  batch.Delete("a");
  batch.DeleteRange("a", "z");
  this->Write(batch);
  EXPECT_TRUE(ScanAll(this->store()).empty());
}

TYPED_TEST_P(StoreContract, RangeDeleteTakesItsBeginAndLeavesItsEnd) {
  this->Write(PutsOf({{"a", "1"}, {"b", "2"}, {"b\xff", "3"}, {"c", "4"}}));
  Batch batch;
  batch.DeleteRange("b", "c");
  this->Write(batch);
  EXPECT_EQ(ScanAll(this->store()), (Contents{{"a", "1"}, {"c", "4"}}));
}

TYPED_TEST_P(StoreContract, RangeThatEndsBeforeItBeginsDeletesNothing) {
  const Contents contents = {{"a", "1"}, {"b", "2"}, {"c", "3"}};
  this->Write(PutsOf(contents));
  Batch batch;
  batch.DeleteRange("c", "a");
  batch.DeleteRange("b", "b");
  batch.DeleteRange("a", "");
  this->Write(batch);
  EXPECT_EQ(ScanAll(this->store()), contents);
}

TYPED_TEST_P(StoreContract, ScansInOrderOfUnsignedBytes) {
  this->Write(PutsOf({{"\xff", "5"}, {"a", "2"}, {"\x80", "4"}, {"ab", "3"}, {std::string(1, '\0'), "1"}}));
  const Contents expected = {
      {std::string(1, '\0'), "1"}, {"a", "2"}, {"ab", "3"}, {"\x80", "4"}, {"\xff", "5"}};
  EXPECT_EQ(ScanAll(this->store()), expected);
}

TYPED_TEST_P(StoreContract, ScanHoldsItsBounds) {
  this->Write(PutsOf({{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}}));
  EXPECT_EQ(ScanAll(this->store(), "b", "d"), (Contents{{"b", "2"}, {"c", "3"}}));
  EXPECT_EQ(ScanAll(this->store(), "bb", "cc"), (Contents{{"c", "3"}}));
  EXPECT_EQ(ScanAll(this->store(), "c", ""), (Contents{{"c", "3"}, {"d", "4"}}));
  EXPECT_EQ(ScanAll(this->store(), "d", "b"), Contents());
  EXPECT_EQ(ScanAll(this->store(), "e", ""), Contents());
}

TYPED_TEST_P(StoreContract, IteratorIsNotMovedByLaterWrites) {
  this->Write(PutsOf({{"a", "1"}, {"b", "2"}, {"c", "3"}}));
  const auto walk = this->store().Scan("", "");
  Batch batch;
  batch.Put("aa", "new");
  batch.Put("b", "new");
  batch.Delete("c");
  this->Write(batch);
  Contents seen;
  for (; walk->Valid(); walk->Next()) seen.emplace_back(walk->key(), walk->value());
  EXPECT_EQ(seen, (Contents{{"a", "1"}, {"b", "2"}, {"c", "3"}}));
}

TYPED_TEST_P(StoreContract, SnapshotIsNotMovedByLaterWrites) {
  const Contents before = {{"a", "1"}, {"b", "2"}};
  this->Write(PutsOf(before));
  const auto snapshot = this->store().Snapshot();
  Batch batch;
  batch.DeleteRange("a", "c");
  batch.Put("c", "3");
  this->Write(batch);
  EXPECT_EQ(ScanAll(*snapshot), before);
  EXPECT_EQ(Find(*snapshot, "a"), "1");
  EXPECT_EQ(Find(*snapshot, "c"), std::nullopt);
  EXPECT_EQ(ScanAll(this->store()), (Contents{{"c", "3"}}));
}

TYPED_TEST_P(StoreContract, SnapshotsOfDifferentMomentsStandBesideEachOther) {
  std::vector<std::unique_ptr<Reader>> snapshots;
  for (int i = 0; i < 5; ++i) {
    this->Write(PutsOf({{"a", std::to_string(i)}}), Store::Sync::kNo);
    snapshots.push_back(this->store().Snapshot());
  }
  snapshots.erase(snapshots.begin() + 2);
  EXPECT_EQ(Find(*snapshots[0], "a"), "0");
  EXPECT_EQ(Find(*snapshots[1], "a"), "1");
  EXPECT_EQ(Find(*snapshots[2], "a"), "3");
  EXPECT_EQ(Find(*snapshots[3], "a"), "4");
}

TYPED_TEST_P(StoreContract, EmptyBatchIsNoError) {
  this->Write(Batch(), Store::Sync::kNo);
  this->Write(Batch(), Store::Sync::kYes);
  EXPECT_TRUE(ScanAll(this->store()).empty());
}

TYPED_TEST_P(StoreContract, NobodySeesHalfABatch) {
  constexpr int kWrites = 300;
  this->Write(PutsOf({{"x", "0"}, {"y", "0"}}));
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 1; i <= kWrites; ++i) {
      const std::string number = std::to_string(i);
      EXPECT_TRUE(this->store().Write(PutsOf({{"x", number}, {"y", number}}), Store::Sync::kNo).ok());
    }
    done = true;
  });
  while (!done) {
    const auto snapshot = this->store().Snapshot();
    EXPECT_EQ(Find(*snapshot, "x"), Find(*snapshot, "y"));
    const Contents contents = ScanAll(this->store());
    EXPECT_EQ(contents[0].second, contents[1].second);
  }
  writer.join();
  EXPECT_EQ(Find(this->store(), "y"), std::to_string(kWrites));
}

TYPED_TEST_P(StoreContract, WritersBesideEachOtherLoseNothing) {
  constexpr int kThreads = 4;
  constexpr int kWrites = 50;
  std::vector<std::thread> writers;
  for (int thread = 0; thread < kThreads; ++thread) {
    writers.emplace_back([this, thread] {
      for (int i = 0; i < kWrites; ++i) {
        const std::string key = std::to_string(thread) + "/" + std::to_string(i);
        EXPECT_TRUE(this->store().Write(PutsOf({{key, key}}), Store::Sync::kYes).ok());
      }
    });
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(ScanAll(this->store()).size(), size_t{kThreads * kWrites});
}

// Random batches beside a std::map that does the same.
TYPED_TEST_P(StoreContract, IsAnOrderedMap) {
  std::mt19937 random(7);
  std::map<std::string, std::string> expected;
  const auto key = [&random] {
    std::string made;
    for (size_t left = random() % 3 + 1; left > 0; --left) made += static_cast<char>('a' + random() % 4);
    return made;
  };
  for (int round = 0; round < 300; ++round) {
    Batch batch;
    for (size_t left = random() % 6; left > 0; --left) {
      const std::string first = key();
      switch (random() % 6) {
        case 0:
          batch.Delete(first);
          expected.erase(first);
          break;
        case 1: {
          const std::string last = key();
          batch.DeleteRange(first, last);
          if (first < last) expected.erase(expected.lower_bound(first), expected.lower_bound(last));
          break;
        }
        default:
          batch.Put(first, std::to_string(round));
          expected[first] = std::to_string(round);
      }
    }
    this->Write(batch, Store::Sync::kNo);
    ASSERT_EQ(ScanAll(this->store()), Contents(expected.begin(), expected.end())) << "round " << round;
  }
}

REGISTER_TYPED_TEST_SUITE_P(StoreContract, ReadsWhatWasWritten, KeysAndValuesAreBytes, KeepsLargeValues,
                            OperationsOfABatchHappenInOrder, OperationsOnKeysOfManyKindsHappenInOrder,
                            DeletingWhatIsNotThereIsNoError, RangeDeleteTakesItsBeginAndLeavesItsEnd,
                            RangeThatEndsBeforeItBeginsDeletesNothing, ScansInOrderOfUnsignedBytes,
                            ScanHoldsItsBounds, IteratorIsNotMovedByLaterWrites,
                            SnapshotIsNotMovedByLaterWrites, SnapshotsOfDifferentMomentsStandBesideEachOther,
                            EmptyBatchIsNoError, NobodySeesHalfABatch, WritersBesideEachOtherLoseNothing,
                            IsAnOrderedMap);

}  // namespace quartet::store
