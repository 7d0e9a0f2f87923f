#include <gtest/gtest.h>

#include <map>
#include <random>

#include "replication/store/memory_store.h"
#include "replication/store/store.h"
#include "replication/store/test_contents.h"

namespace quartet::store {
namespace {

class OverlayTest : public ::testing::Test {
 protected:
  OverlayTest() {
    EXPECT_TRUE(base_.Write(PutsOf({{"a", "1"}, {"c", "3"}, {"e", "5"}}), Store::Sync::kNo).ok());
  }

  MemoryStore base_;
  Batch batch_;
};

TEST_F(OverlayTest, ShowsTheBaseWhereNothingIsPending) {
  const Overlay overlay(base_, batch_);
  EXPECT_EQ(ScanAll(overlay), ScanAll(base_));
  EXPECT_EQ(Find(overlay, "c"), "3");
  EXPECT_EQ(Find(overlay, "b"), std::nullopt);
}

TEST_F(OverlayTest, PendingPutsAreAmongAndInsteadOfTheBasesKeys) {
  Overlay overlay(base_, batch_);
  overlay.Put("b", "new");
  overlay.Put("c", "other");
  overlay.Put("f", "last");
  EXPECT_EQ(ScanAll(overlay),
            (Contents{{"a", "1"}, {"b", "new"}, {"c", "other"}, {"e", "5"}, {"f", "last"}}));
  EXPECT_EQ(Find(overlay, "c"), "other");
  EXPECT_EQ(Find(base_, "c"), "3");
}

TEST_F(OverlayTest, PendingDeletesHideTheBasesKeys) {
  Overlay overlay(base_, batch_);
  overlay.Delete("a");
  overlay.Delete("b");
  EXPECT_EQ(ScanAll(overlay), (Contents{{"c", "3"}, {"e", "5"}}));
  EXPECT_EQ(Find(overlay, "a"), std::nullopt);
}

TEST_F(OverlayTest, RangeDeleteHidesBaseAndEarlierPutsButNotLaterOnes) {
  Overlay overlay(base_, batch_);
  overlay.Put("b", "early");
  overlay.DeleteRange("a", "d");
  overlay.Put("c", "late");
  EXPECT_EQ(ScanAll(overlay), (Contents{{"c", "late"}, {"e", "5"}}));
  EXPECT_EQ(Find(overlay, "b"), std::nullopt);
  EXPECT_EQ(Find(overlay, "c"), "late");
}

TEST_F(OverlayTest, ShowsWhatTheBatchHeldBefore) {
  batch_.DeleteRange("a", "d");
  batch_.Put("b", "2");
  const Overlay overlay(base_, batch_);
  EXPECT_EQ(ScanAll(overlay), (Contents{{"b", "2"}, {"e", "5"}}));
}

TEST_F(OverlayTest, MayBeChangedWhileItIsWalked) {
  Overlay overlay(base_, batch_);
  overlay.Put("b", "2");
  overlay.Put("d", "4");
  Contents seen;
  for (const auto walk = overlay.Scan("", ""); walk->Valid(); walk->Next()) {
    overlay.Delete(walk->key());
    overlay.Put(std::string(walk->key()) + "x", "unseen");
    overlay.DeleteRange("d", "f");
    seen.emplace_back(walk->key(), walk->value());
  }
  EXPECT_EQ(seen, (Contents{{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}, {"e", "5"}}));
  EXPECT_EQ(ScanAll(overlay), (Contents{{"ax", "unseen"}, {"bx", "unseen"}, {"cx", "unseen"}}));
}

TEST_F(OverlayTest, StandsOnAnotherOverlay) {
  Overlay lower(base_, batch_);
  lower.Put("b", "2");
  Batch batch;
  Overlay upper(lower, batch);
  upper.Delete("b");
  upper.Put("d", "4");
  EXPECT_EQ(ScanAll(upper), (Contents{{"a", "1"}, {"c", "3"}, {"d", "4"}, {"e", "5"}}));
  EXPECT_EQ(ScanAll(lower), (Contents{{"a", "1"}, {"b", "2"}, {"c", "3"}, {"e", "5"}}));
}

// A disk that gives one key and then an error.
class FailingReader : public Reader {
 public:
  class Walk : public Iterator {
   public:
    bool Valid() const override { return !failed_; }
    void Next() override { failed_ = true; }
    absl::string_view key() const override { return "b"; }
    absl::string_view value() const override { return "2"; }
    absl::Status status() const override {
      return failed_ ? absl::DataLossError("damaged") : absl::OkStatus();
    }

   private:
    bool failed_ = false;
  };

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view) const override {
    return absl::DataLossError("damaged");
  }
  std::unique_ptr<Iterator> Scan(absl::string_view, absl::string_view) const override {
    return std::make_unique<Walk>();
  }
};

TEST(OverlayOnABadDisk, ScanEndsWithTheErrorAndNotWithWhatIsPending) {
  const FailingReader base;
  Batch batch = PutsOf({{"a", "1"}, {"c", "3"}});
  const Overlay overlay(base, batch);
  Contents seen;
  const auto walk = overlay.Scan("", "");
  for (; walk->Valid(); walk->Next()) seen.emplace_back(walk->key(), walk->value());
  EXPECT_EQ(seen, (Contents{{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(walk->status(), absl::DataLossError("damaged"));
}

TEST(OverlayOnABadDisk, GetOfWhatIsPendingNeedsNoDisk) {
  const FailingReader base;
  Batch batch = PutsOf({{"a", "1"}});
  const Overlay overlay(base, batch);
  EXPECT_EQ(Find(overlay, "a"), "1");
  EXPECT_EQ(overlay.Get("b").status(), absl::DataLossError("damaged"));
}

// Random operations over a random base, beside a std::map that does the same; old iterators stay as they
// were.
class OverlayModel {
 public:
  explicit OverlayModel(uint32_t seed) : random_(seed) {
    for (size_t left = random_() % 60; left > 0; --left) expected_[Key()] = "base";
    EXPECT_TRUE(base_.Write(PutsOf(Contents(expected_.begin(), expected_.end())), Store::Sync::kNo).ok());
    for (size_t left = random_() % 10; left > 0; --left) Mutate(batch_);
    overlay_ = std::make_unique<Overlay>(base_, batch_);
  }

  void Run() {
    for (int round = 0; round < 60; ++round) {
      Mutate(*overlay_);
      CheckScan();
      CheckGet();
      if (random_() % 8 == 0)
        walks_.push_back({overlay_->Scan("", ""), Contents(expected_.begin(), expected_.end())});
    }
    for (auto& [walk, contents] : walks_) EXPECT_EQ(Rest(*walk), contents);
    walks_.clear();
    ASSERT_TRUE(base_.Write(batch_, Store::Sync::kNo).ok());
    EXPECT_EQ(ScanAll(base_), Contents(expected_.begin(), expected_.end()));
  }

 private:
  std::string Key() {
    std::string key;
    for (size_t left = random_() % 3 + 1; left > 0; --left) key += static_cast<char>('a' + random_() % 4);
    return key;
  }

  // On a batch, or on the overlay over it.
  template <typename Target>
  void Mutate(Target& target) {
    const std::string key = Key();
    const std::string end = Key();
    switch (random_() % 5) {
      case 0:
        target.Delete(key);
        expected_.erase(key);
        break;
      case 1:
        target.DeleteRange(key, end);
        if (key < end) expected_.erase(expected_.lower_bound(key), expected_.lower_bound(end));
        break;
      default:
        target.Put(key, std::to_string(++puts_));
        expected_[key] = std::to_string(puts_);
    }
  }

  void CheckScan() {
    const std::string begin = Key();
    const std::string end = random_() % 4 == 0 ? "" : Key();
    Contents contents;
    for (auto it = expected_.lower_bound(begin); it != expected_.end() && (end.empty() || it->first < end);
         ++it) {
      contents.push_back(*it);
    }
    ASSERT_EQ(ScanAll(*overlay_, begin, end), contents) << "[" << begin << ", " << end << ")";
  }

  void CheckGet() {
    const std::string key = Key();
    const auto it = expected_.find(key);
    const auto found = it == expected_.end() ? std::nullopt : std::optional<std::string>(it->second);
    ASSERT_EQ(Find(*overlay_, key), found) << key;
  }

  static Contents Rest(Iterator& walk) {
    Contents contents;
    for (; walk.Valid(); walk.Next()) contents.emplace_back(walk.key(), walk.value());
    return contents;
  }

  std::mt19937 random_;
  MemoryStore base_;
  Batch batch_;
  std::unique_ptr<Overlay> overlay_;
  std::map<std::string, std::string> expected_;
  std::vector<std::pair<std::unique_ptr<Iterator>, Contents>> walks_;
  int puts_ = 0;
};

TEST(OverlayProperty, IsTheBaseAsItWouldBeAfterTheBatch) {
  for (uint32_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    OverlayModel(seed).Run();
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace quartet::store
