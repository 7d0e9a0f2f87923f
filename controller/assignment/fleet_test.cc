// Properties of ChooseSet and its regions over fleets that grow, shrink and have nameservers replaced.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/assignment/delegation_set.h"
#include "controller/sequencer/plan_fixture.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

const char kSecret[] = "0123456789abcdef0123456789abcdef";
const std::array<std::vector<std::string>, 4> kRegions = {
    {{"eu-west", "eu-north"}, {"us-east"}, {"ap-south", "ap-east", "af-south"}, {"sa-east"}}};

// Where each zone is: stripe and slot are for ever, whoever sits there.
using Slots = std::array<uint32_t, kStripes>;

// A service's nameservers and the zones they have, changed at random under a seed.
class Fleet {
 public:
  explicit Fleet(uint64_t seed) : random_(seed) {
    for (size_t stripe = 0; stripe < kStripes; ++stripe) Add(stripe);
  }

  void Grow() { Add(random_.Next() % kStripes); }

  // One that drains takes no zones, and keeps its slot; one stays in each stripe.
  void Drain() {
    const size_t stripe = random_.Next() % kStripes;
    if (active_[stripe].size() < 2) return;
    active_[stripe].erase(Any(active_[stripe]));
  }

  void Replace() {
    Seat& seat = Any(active_[random_.Next() % kStripes])->second;
    seat.nameserver = absl::StrCat("ns-", ++named_);
  }

  // False: there is no set.
  bool MakeZone() {
    const std::optional<DelegationSet> set =
        ChooseSet(active_, kSecret, absl::StrCat("Z", zones_.size()), {});
    if (!set.has_value()) return false;
    EXPECT_EQ(Crowding(*set), 1) << "four regions exist";
    Slots slots{};
    for (size_t stripe = 0; stripe < kStripes; ++stripe) {
      for (auto& [slot, seat] : active_[stripe]) {
        if (&seat != (*set)[stripe]) continue;
        slots[stripe] = slot;
        ++seat.zones;
      }
    }
    zones_.push_back(slots);
    return true;
  }

  const std::vector<Slots>& zones() const { return zones_; }

 private:
  std::map<uint32_t, Seat>::iterator Any(std::map<uint32_t, Seat>& stripe) {
    return std::next(stripe.begin(), static_cast<ptrdiff_t>(random_.Next() % stripe.size()));
  }

  void Add(size_t stripe) {
    const std::vector<std::string>& regions = kRegions[stripe];
    StripeRegions present;
    for (size_t i = 0; i < kStripes; ++i) {
      for (const auto& [slot, seat] : active_[i]) present[i].insert(seat.region);
    }
    const std::string& region = regions[random_.Next() % regions.size()];
    ASSERT_EQ(WhyRegionMayNotJoin(present, stripe, region), "");
    active_[stripe][next_slot_[stripe]++] = {absl::StrCat("ns-", ++named_), region, 0};
  }

  SeededRandom random_;
  Seats active_;
  std::array<uint32_t, kStripes> next_slot_{};
  int named_ = 0;
  std::vector<Slots> zones_;
};

int Shared(const Slots& a, const Slots& b) {
  int shared = 0;
  for (size_t i = 0; i < kStripes; ++i) shared += a[i] == b[i] ? 1 : 0;
  return shared;
}

TEST(FleetTest, TwoSetsShareTwoSlotsAtMostWhateverBecameOfTheFleet) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Fleet fleet(seed);
    SeededRandom random(seed + 1000);
    size_t made = 0;
    for (int step = 0; step < 400; ++step) {
      switch (random.Next() % 8) {
        case 0:
          fleet.Grow();
          break;
        case 1:
          fleet.Drain();
          break;
        case 2:
          fleet.Replace();
          break;
        default:
          made += fleet.MakeZone() ? 1 : 0;
      }
    }
    EXPECT_GT(made, 100u) << "seed " << seed;
    const std::set<Slots> sets(fleet.zones().begin(), fleet.zones().end());
    for (auto one = sets.begin(); one != sets.end(); ++one) {
      for (auto other = std::next(one); other != sets.end(); ++other)
        ASSERT_LE(Shared(*one, *other), 2) << "seed " << seed;
    }
  }
}

// Over unequal stripes a nameserver's share is what its stripe's slots allow: those of one stripe are alike.
TEST(FleetTest, NameserversOfAStripeAreWithin20PercentAt100000Zones) {
  for (const std::array<uint32_t, kStripes>& slots :
       {std::array<uint32_t, kStripes>{8, 8, 8, 8}, {4, 4, 4, 4}, {3, 4, 3, 4}}) {
    Seats seats;
    for (size_t stripe = 0; stripe < kStripes; ++stripe) {
      for (uint32_t slot = 0; slot < slots[stripe]; ++slot)
        seats[stripe][slot] = {absl::StrCat("ns-", stripe, "-", slot), kRegions[stripe][0], 0};
    }
    for (int i = 0; i < 100'000; ++i) {
      const DelegationSet set = *ChooseSet(seats, kSecret, absl::StrCat("Z", i), {});
      for (const Seat* seat : set) ++const_cast<Seat*>(seat)->zones;
    }
    for (size_t stripe = 0; stripe < kStripes; ++stripe) {
      const double fair = 100'000.0 / slots[stripe];
      for (const auto& [slot, seat] : seats[stripe]) {
        EXPECT_GT(static_cast<double>(seat.zones), 0.8 * fair) << seat.nameserver;
        EXPECT_LT(static_cast<double>(seat.zones), 1.2 * fair) << seat.nameserver;
      }
    }
  }
}

TEST(FleetTest, ANewNameserverCatchesUpWithTheOthersOfItsStripe) {
  Seats seats;
  const auto add = [&](uint32_t slot) {
    for (size_t stripe = 0; stripe < kStripes; ++stripe)
      seats[stripe][slot] = {absl::StrCat("ns-", stripe, "-", slot), kRegions[stripe][0], 0};
  };
  const auto fill = [&](int from, int to) {
    for (int i = from; i < to; ++i) {
      const DelegationSet set = *ChooseSet(seats, kSecret, absl::StrCat("Z", i), {});
      for (const Seat* seat : set) ++const_cast<Seat*>(seat)->zones;
    }
  };
  add(0);
  add(1);
  fill(0, 2000);
  add(2);
  add(3);
  fill(2000, 8000);
  for (const auto& stripe : seats) {
    for (const auto& [slot, seat] : stripe) {
      EXPECT_GT(seat.zones, 1600u) << seat.nameserver;
      EXPECT_LT(seat.zones, 2400u) << seat.nameserver;
    }
  }
}

}  // namespace
}  // namespace quartet::controller
