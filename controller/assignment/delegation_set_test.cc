#include "controller/assignment/delegation_set.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

const char kSecret[] = "0123456789abcdef0123456789abcdef";

// `slots[i]` nameservers in stripe i, each stripe in a region of its own.
Seats MakeSeats(const std::array<uint32_t, 4>& slots) {
  Seats seats;
  for (size_t stripe = 0; stripe < kStripes; ++stripe) {
    for (uint32_t slot = 0; slot < slots[stripe]; ++slot) {
      seats[stripe][slot] = {absl::StrCat("ns-", stripe, "-", slot), absl::StrCat("region-", stripe), 0};
    }
  }
  return seats;
}

std::vector<DelegationSet> AllSets(const Seats& seats) {
  std::vector<DelegationSet> sets;
  VisitSets(seats, [&](const DelegationSet& set) {
    sets.push_back(set);
    return true;
  });
  return sets;
}

int Shared(const DelegationSet& a, const DelegationSet& b) {
  int shared = 0;
  for (size_t i = 0; i < kStripes; ++i) shared += a[i] == b[i] ? 1 : 0;
  return shared;
}

std::string Text(const DelegationSet& set) {
  std::string text;
  for (const Seat* seat : set) absl::StrAppend(&text, seat->nameserver, " ");
  return text;
}

TEST(DelegationSetTest, CountsAreThoseOfTheDesign) {
  const std::pair<uint32_t, size_t> expected[] = {{1, 1}, {2, 8}, {3, 21}, {4, 64}, {8, 512}};
  for (const auto& [slots, sets] : expected) {
    EXPECT_EQ(AllSets(MakeSeats({slots, slots, slots, slots})).size(), sets) << slots;
  }
}

TEST(DelegationSetTest, TwoSetsShareTwoNameserversAtMost) {
  for (const std::array<uint32_t, 4>& slots :
       {std::array<uint32_t, 4>{4, 4, 4, 4}, {3, 3, 3, 3}, {2, 5, 3, 7}, {1, 8, 1, 8}}) {
    const Seats seats = MakeSeats(slots);
    const std::vector<DelegationSet> sets = AllSets(seats);
    for (size_t i = 0; i < sets.size(); ++i) {
      for (size_t k = i + 1; k < sets.size(); ++k) EXPECT_LE(Shared(sets[i], sets[k]), 2);
    }
  }
}

TEST(DelegationSetTest, AddingNameserversKeepsTheSetsThereWere) {
  const Seats before = MakeSeats({2, 3, 2, 3});
  const Seats after = MakeSeats({4, 4, 4, 4});
  std::set<std::string> texts;
  for (const DelegationSet& set : AllSets(after)) texts.insert(Text(set));
  for (const DelegationSet& set : AllSets(before)) EXPECT_TRUE(texts.contains(Text(set)));
}

TEST(DelegationSetTest, EveryChoiceIsASet) {
  Seats seats = MakeSeats({3, 5, 2, 6});
  std::set<std::string> texts;
  for (const DelegationSet& set : AllSets(seats)) texts.insert(Text(set));
  for (int i = 0; i < 500; ++i) {
    const auto set = ChooseSet(seats, kSecret, absl::StrCat("Z", i), {});
    ASSERT_TRUE(set.has_value());
    EXPECT_TRUE(texts.contains(Text(*set)));
  }
}

TEST(DelegationSetTest, TheChoiceIsTheSameForTheSameZoneAndSecret) {
  const Seats seats = MakeSeats({8, 8, 8, 8});
  int other = 0;
  for (int i = 0; i < 100; ++i) {
    const std::string id = absl::StrCat("Z", i);
    EXPECT_EQ(Text(*ChooseSet(seats, kSecret, id, {})), Text(*ChooseSet(seats, kSecret, id, {})));
    other += Text(*ChooseSet(seats, kSecret, id, {})) != Text(*ChooseSet(seats, "other", id, {})) ? 1 : 0;
  }
  // Who does not know the secret can't tell the set.
  EXPECT_GT(other, 90);
}

TEST(DelegationSetTest, NameserversAreEquallyUsed) {
  for (const uint32_t slots : {2u, 4u, 8u}) {
    Seats seats = MakeSeats({slots, slots, slots, slots});
    const uint64_t zones = uint64_t{slots} * 200;
    for (uint64_t i = 0; i < zones; ++i) {
      const DelegationSet set = *ChooseSet(seats, kSecret, absl::StrCat("Z", i), {});
      for (size_t stripe = 0; stripe < kStripes; ++stripe) ++const_cast<Seat*>(set[stripe])->zones;
    }
    for (const auto& stripe : seats) {
      for (const auto& [slot, seat] : stripe) {
        EXPECT_GT(seat.zones, 190u) << slots;
        EXPECT_LT(seat.zones, 210u) << slots;
      }
    }
  }
}

TEST(DelegationSetTest, ANewNameserverFillsUpFirst) {
  Seats seats = MakeSeats({4, 4, 4, 4});
  for (auto& stripe : seats) {
    for (auto& [slot, seat] : stripe) seat.zones = slot == 3 ? 0 : 1000;
  }
  int with_new = 0;
  for (int i = 0; i < 100; ++i) {
    const DelegationSet set = *ChooseSet(seats, kSecret, absl::StrCat("Z", i), {});
    with_new +=
        std::any_of(set.begin(), set.end(), [](const Seat* seat) { return seat->zones == 0; }) ? 1 : 0;
  }
  EXPECT_GT(with_new, 90);
}

TEST(DelegationSetTest, ExcludedNameserversAreNeverChosen) {
  const Seats seats = MakeSeats({2, 2, 2, 2});
  // Leaves one set of eight: luck alone would miss it at times.
  const std::set<std::string> excluded = {"ns-0-0", "ns-1-0", "ns-2-0", "ns-3-0"};
  for (int i = 0; i < 200; ++i) {
    const auto set = ChooseSet(seats, kSecret, absl::StrCat("Z", i), excluded);
    ASSERT_TRUE(set.has_value());
    EXPECT_EQ(Text(*set), "ns-0-1 ns-1-1 ns-2-1 ns-3-1 ");
  }
  EXPECT_FALSE(ChooseSet(seats, kSecret, "Z", {"ns-0-0", "ns-0-1"}).has_value());
}

TEST(DelegationSetTest, ThereIsNoneWhereAStripeIsEmptyOrSlotsDoNotMeet) {
  EXPECT_FALSE(ChooseSet(MakeSeats({1, 1, 1, 0}), kSecret, "Z", {}).has_value());
  Seats seats = MakeSeats({1, 1, 1, 0});
  seats[3][5] = {"ns-3-5", "region-3", 0};
  EXPECT_FALSE(ChooseSet(seats, kSecret, "Z", {}).has_value());
}

TEST(DelegationSetTest, FourRegionsAreUsedWheneverThereAreFour) {
  Seats seats = MakeSeats({4, 4, 4, 4});
  // An old layout: most of stripe b lies in the region of stripe a.
  for (uint32_t slot = 0; slot < 3; ++slot) seats[1][slot].region = "region-0";
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(Crowding(*ChooseSet(seats, kSecret, absl::StrCat("Z", i), {})), 1);
  }
}

StripeRegions Regions(const std::array<std::vector<std::string>, 4>& of) {
  StripeRegions regions;
  for (size_t i = 0; i < kStripes; ++i) regions[i].insert(of[i].begin(), of[i].end());
  return regions;
}

TEST(RegionRuleTest, WithFourRegionsEachBelongsToOneStripe) {
  const StripeRegions regions = Regions({{{"eu"}, {"us"}, {"ap"}, {"sa"}}});
  EXPECT_EQ(WhyRegionMayNotJoin(regions, 0, "eu"), "");
  EXPECT_NE(WhyRegionMayNotJoin(regions, 1, "eu"), "");
  EXPECT_EQ(WhyRegionMayNotJoin(regions, 1, "af"), "");
}

TEST(RegionRuleTest, WithThreeTheFourthStripeIsSpread) {
  const StripeRegions regions = Regions({{{"eu"}, {"us"}, {"ap"}, {}}});
  EXPECT_EQ(WhyRegionMayNotJoin(regions, 3, "eu"), "");
  const StripeRegions spread = Regions({{{"eu"}, {"us"}, {"ap"}, {"eu", "us"}}});
  EXPECT_EQ(WhyRegionMayNotJoin(spread, 3, "ap"), "");
  EXPECT_NE(WhyRegionMayNotJoin(spread, 0, "ap"), "");
  EXPECT_NE(WhyRegionMayNotJoin(spread, 0, "us"), "");
}

TEST(RegionRuleTest, WithTwoEachHasTwoStripes) {
  EXPECT_EQ(WhyRegionMayNotJoin(Regions({{{"eu"}, {"eu"}, {"us"}, {}}}), 3, "us"), "");
  EXPECT_NE(WhyRegionMayNotJoin(Regions({{{"eu"}, {"eu"}, {"us"}, {}}}), 3, "eu"), "");
}

TEST(RegionRuleTest, WithOneItHasAll) {
  EXPECT_EQ(WhyRegionMayNotJoin(Regions({{{"eu"}, {"eu"}, {"eu"}, {}}}), 3, "eu"), "");
}

}  // namespace
}  // namespace quartet::controller
