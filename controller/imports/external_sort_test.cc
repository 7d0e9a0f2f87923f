#include "controller/imports/external_sort.h"

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

using Items = std::vector<std::pair<std::string, std::string>>;

class ExternalSortTest : public ::testing::Test {
 protected:
  ExternalSortTest() {
    Spool::Limits limits;
    limits.keep_free = 0;
    spool_ = std::move(Spool::Open(absl::StrCat(::testing::TempDir(), "/sort"), limits)).value();
  }

  Items Sort(const Items& items, size_t run_bytes) {
    ExternalSort sort(*spool_, run_bytes);
    for (const auto& [key, value] : items) EXPECT_TRUE(sort.Add(key, value).ok());
    EXPECT_EQ(sort.items(), items.size());
    const auto sorted = std::move(sort.Finish()).value();
    Items out;
    for (auto more = sorted->Next(); more.ok() && *more; more = sorted->Next()) {
      out.emplace_back(std::string(sorted->key()), std::string(sorted->value()));
    }
    return out;
  }

  std::unique_ptr<Spool> spool_;
};

TEST_F(ExternalSortTest, SortsAsMemoryDoesAndKeepsTheOrderOfEqualKeys) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    std::mt19937 random(seed);
    Items items(random() % 3000);
    const unsigned keys = 1 + random() % 2000;
    for (size_t i = 0; i < items.size(); ++i) {
      items[i].first =
          std::string(random() % 4, static_cast<char>(random() % 256)) + std::to_string(random() % keys);
      items[i].second = absl::StrCat(i, std::string(random() % 40, 'v'));
    }
    const Items sorted = Sort(items, 1 + random() % 20'000);
    std::stable_sort(items.begin(), items.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    ASSERT_EQ(sorted, items) << "seed " << seed;
    EXPECT_EQ(spool_->bytes(), 0u);
  }
}

TEST_F(ExternalSortTest, TakesItemsLargerThanARun) {
  const Items items = {{"b", std::string(300'000, 'x')}, {"a", std::string(200'000, 'y')}, {"", ""}};
  EXPECT_EQ(Sort(items, 100), (Items{items[2], items[1], items[0]}));
}

TEST_F(ExternalSortTest, OfNothingIsNothing) { EXPECT_EQ(Sort({}, 1000), Items{}); }

TEST_F(ExternalSortTest, AFullSpoolIsSaid) {
  Spool::Limits limits;
  limits.keep_free = 0;
  limits.bytes = 100'000;
  const auto small = std::move(Spool::Open(absl::StrCat(::testing::TempDir(), "/small"), limits)).value();
  ExternalSort sort(*small, 10'000);
  absl::Status status;
  for (int i = 0; i < 100'000 && status.ok(); ++i) status = sort.Add(std::to_string(i), "value");
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
}

}  // namespace
}  // namespace quartet::controller
