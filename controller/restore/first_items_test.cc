#include "controller/restore/first_items.h"

#include <string>

#include "controller/restore/node_names.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

using ::testing::ElementsAre;
using ::testing::Key;

TEST(FirstItemsTest, KeepsTheLowestKeysInWhateverOrderTheyCome) {
  FirstItems<int> items(3, 100);
  for (const char* key : {"m", "z", "b", "y", "a", "b", "z"}) {
    const absl::StatusOr<int*> item = items.At(key);
    ASSERT_TRUE(item.ok());
    if (*item != nullptr) ++**item;
  }
  EXPECT_EQ(items.total(), 5u);
  EXPECT_THAT(items.items(), ElementsAre(Key("a"), Key("b"), Key("m")));
  EXPECT_EQ(items.items().at("b"), 2);
  EXPECT_EQ(**items.At("a"), 1);
  EXPECT_EQ(*items.At("z"), nullptr);
}

TEST(FirstItemsTest, AnItemThatPushesAnotherOutIsGivenAndTheOtherIsGone) {
  FirstItems<int> items(1, 100);
  **items.At("b") = 1;
  **items.At("a") = 2;
  EXPECT_THAT(items.items(), ElementsAre(std::pair<const std::string, int>("a", 2)));
}

TEST(FirstItemsTest, CountsNoMoreThanItMay) {
  FirstItems<int> items(1, 2);
  EXPECT_TRUE(items.At("a").ok());
  EXPECT_TRUE(items.At("b").ok());
  EXPECT_EQ(items.At("c").status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(items.At("b").ok());
  EXPECT_EQ(items.total(), 2u);
}

TEST(NodeNamesTest, KeepsTheFirstTen) {
  NodeNames nodes;
  for (int i = 30; i > 0; --i) nodes.Add("n" + std::to_string(100 + i));
  EXPECT_EQ(nodes.total(), 30u);
  EXPECT_EQ(nodes.first().size(), 10u);
  EXPECT_EQ(*nodes.first().rbegin(), "n110");
}

}  // namespace
}  // namespace quartet::controller
