#include "replication/store/read_cache.h"

#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "replication/store/memory_store.h"

namespace quartet::store {
namespace {

// A store that counts its reads, and fails them when told to.
class CountedReader : public Reader {
 public:
  explicit CountedReader(const Reader& base) : base_(base) {}

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    ++gets;
    if (fails) return absl::DataLossError("damaged");
    return base_.Get(key);
  }
  std::unique_ptr<Iterator> Scan(absl::string_view begin, absl::string_view end) const override {
    return base_.Scan(begin, end);
  }

  mutable int gets = 0;
  bool fails = false;

 private:
  const Reader& base_;
};

class ReadCacheTest : public ::testing::Test {
 protected:
  void Write(const Batch& batch) {
    ASSERT_TRUE(store_.Write(batch, Store::Sync::kYes).ok());
    cache_.Written(batch);
  }
  void Put(absl::string_view key, absl::string_view value) {
    Batch batch;
    batch.Put(key, value);
    Write(batch);
  }

  MemoryStore store_;
  CountedReader reader_{store_};
  ReadCache cache_{reader_, 16 << 10};
};

TEST_F(ReadCacheTest, ReadsAKeyOnceWhetherItIsThereOrNot) {
  Put("a", "1");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(**cache_.Get("a"), "1");
    EXPECT_FALSE(cache_.Get("b")->has_value());
  }
  EXPECT_EQ(reader_.gets, 2);
}

TEST_F(ReadCacheTest, ShowsWhatIsWrittenWithoutReadingIt) {
  Put("a", "1");
  ASSERT_TRUE(cache_.Get("a").ok());
  ASSERT_TRUE(cache_.Get("b").ok());
  Put("a", "2");
  Put("b", "3");
  EXPECT_EQ(**cache_.Get("a"), "2");
  EXPECT_EQ(**cache_.Get("b"), "3");
  Batch batch;
  batch.Delete("a");
  Write(batch);
  EXPECT_FALSE(cache_.Get("a")->has_value());
  EXPECT_EQ(reader_.gets, 2);
}

TEST_F(ReadCacheTest, RemembersNoErrors) {
  Put("a", "1");
  reader_.fails = true;
  EXPECT_TRUE(absl::IsDataLoss(cache_.Get("a").status()));
  reader_.fails = false;
  EXPECT_EQ(**cache_.Get("a"), "1");
}

TEST_F(ReadCacheTest, ForgetsWhenToldTo) {
  ASSERT_TRUE(cache_.Get("a").ok());
  Batch untold;
  untold.Put("a", "1");
  ASSERT_TRUE(store_.Write(untold, Store::Sync::kYes).ok());
  EXPECT_FALSE(cache_.Get("a")->has_value());
  cache_.Forget();
  EXPECT_EQ(**cache_.Get("a"), "1");
  EXPECT_GT(cache_.bytes(), 0u);
}

TEST_F(ReadCacheTest, StaysWithinItsBoundAndKeepsWhatIsRead) {
  Put("often", "1");
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_TRUE(cache_.Get(absl::StrCat("once-", i)).ok());
    ASSERT_EQ(**cache_.Get("often"), "1");
    ASSERT_LE(cache_.bytes(), size_t{16} << 10);
  }
  EXPECT_EQ(reader_.gets, 10'001);
}

TEST_F(ReadCacheTest, DoesNotHoldWhatIsLargerThanItself) {
  Put("large", std::string(20 << 10, 'x'));
  EXPECT_EQ((**cache_.Get("large")).size(), size_t{20} << 10);
  EXPECT_LE(cache_.bytes(), size_t{16} << 10);
  // One that was small when it was read.
  ASSERT_TRUE(cache_.Get("grows").ok());
  Put("grows", std::string(20 << 10, 'y'));
  EXPECT_EQ((**cache_.Get("grows")).size(), size_t{20} << 10);
  EXPECT_LE(cache_.bytes(), size_t{16} << 10);
}

// Against the store itself, under writes of all kinds.
TEST_F(ReadCacheTest, ShowsWhatTheStoreShows) {
  std::mt19937 random(7);
  const auto key = [&] { return absl::StrCat("k", random() % 200); };
  for (int step = 0; step < 20'000; ++step) {
    Batch batch;
    for (unsigned i = random() % 4; i > 0; --i) {
      switch (random() % 8) {
        case 0:
          batch.DeleteRange(key(), key());
          break;
        case 1:
        case 2:
          batch.Delete(key());
          break;
        default:
          batch.Put(key(), std::string(random() % 100, static_cast<char>('a' + step % 26)));
      }
    }
    ASSERT_NO_FATAL_FAILURE(Write(batch));
    for (int i = 0; i < 4; ++i) {
      const std::string wanted = key();
      ASSERT_EQ(*cache_.Get(wanted), *store_.Get(wanted)) << wanted << " in step " << step;
    }
    ASSERT_LE(cache_.bytes(), size_t{16} << 10);
  }
}

}  // namespace
}  // namespace quartet::store
