#include "controller/assignment/delegation_set.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"

namespace quartet::controller {
namespace {

// Candidates compared by use, and draws made to find them. Draws miss where the stripes are unequal.
constexpr int kCandidates = 8;
constexpr int kDraws = 256;
constexpr size_t kDrawBytes = 32;

using Draw = std::array<unsigned char, kDrawBytes>;

Draw Hmac(absl::string_view secret, absl::string_view zone_id, int i) {
  const std::string message = absl::StrCat(zone_id, "/", i);
  Draw draw{};
  unsigned int length = kDrawBytes;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), draw.data(), &length);
  return draw;
}

// The slot that a 64-bit number of the draw falls on.
std::pair<uint32_t, const Seat*> Pick(const std::map<uint32_t, Seat>& stripe, const Draw& draw,
                                      size_t number) {
  uint64_t value = 0;
  for (size_t i = 0; i < 8; ++i) value = value << 8 | draw[8 * number + i];
  const auto seat = std::next(stripe.begin(), static_cast<ptrdiff_t>(value % stripe.size()));
  return {seat->first, &seat->second};
}

std::optional<DelegationSet> DrawSet(const Seats& seats, const Draw& draw) {
  DelegationSet set;
  uint32_t fourth = 0;
  for (size_t stripe = 0; stripe + 1 < kStripes; ++stripe) {
    const auto [slot, seat] = Pick(seats[stripe], draw, stripe);
    set[stripe] = seat;
    fourth ^= slot;
  }
  const auto last = seats[kStripes - 1].find(fourth);
  if (last == seats[kStripes - 1].end()) return std::nullopt;
  set[kStripes - 1] = &last->second;
  return set;
}

bool Touches(const DelegationSet& set, const std::set<std::string>& excluded) {
  return std::any_of(set.begin(), set.end(),
                     [&](const Seat* seat) { return excluded.contains(seat->nameserver); });
}

// Fewer is better: crowding, then zones of the busiest of the four, then zones of all four.
struct Cost {
  int crowding;
  uint64_t busiest = 0;
  uint64_t all = 0;

  explicit Cost(const DelegationSet& set) : crowding(Crowding(set)) {
    for (const Seat* seat : set) {
      busiest = std::max(busiest, seat->zones);
      all += seat->zones;
    }
  }
  // NOLINTNEXTLINE(modernize-use-nullptr): a false one, on what the compiler writes.
  auto operator<=>(const Cost&) const = default;
};

// The best set seen so far; of equal ones the first.
class Best {
 public:
  void Offer(const DelegationSet& set) {
    const Cost cost(set);
    if (set_.has_value() && !(cost < *cost_)) return;
    set_ = set;
    cost_ = cost;
  }
  const std::optional<DelegationSet>& set() const { return set_; }
  int crowding() const { return cost_->crowding; }

 private:
  std::optional<DelegationSet> set_;
  std::optional<Cost> cost_;
};

// The least crowding that so many regions could allow.
int LeastCrowding(const Seats& seats) {
  std::set<std::string> regions;
  for (const auto& stripe : seats) {
    for (const auto& [slot, seat] : stripe) regions.insert(seat.region);
  }
  return regions.size() >= kStripes ? 1 : regions.size() > 1 ? 2 : static_cast<int>(kStripes);
}

}  // namespace

void VisitSets(const Seats& seats, const std::function<bool(const DelegationSet&)>& visit) {
  for (const auto& [a, seat_a] : seats[0]) {
    for (const auto& [b, seat_b] : seats[1]) {
      for (const auto& [c, seat_c] : seats[2]) {
        const auto d = seats[3].find(a ^ b ^ c);
        if (d == seats[3].end()) continue;
        if (!visit({&seat_a, &seat_b, &seat_c, &d->second})) return;
      }
    }
  }
}

int Crowding(const DelegationSet& set) {
  std::ptrdiff_t most = 0;
  for (const Seat* seat : set) {
    most = std::max(most, std::count_if(set.begin(), set.end(),
                                        [&](const Seat* other) { return other->region == seat->region; }));
  }
  return static_cast<int>(most);
}

std::optional<DelegationSet> ChooseSet(const Seats& seats, absl::string_view secret,
                                       absl::string_view zone_id, const std::set<std::string>& excluded) {
  for (const auto& stripe : seats) {
    if (stripe.empty()) return std::nullopt;
  }
  Best best;
  int candidates = 0;
  for (int i = 0; i < kDraws && candidates < kCandidates; ++i) {
    const std::optional<DelegationSet> set = DrawSet(seats, Hmac(secret, zone_id, i));
    if (!set.has_value() || Touches(*set, excluded)) continue;
    best.Offer(*set);
    ++candidates;
  }
  if (best.set().has_value() && best.crowding() <= LeastCrowding(seats)) return best.set();
  // Luck found none, or none that is spread well: look at all there are.
  VisitSets(seats, [&](const DelegationSet& set) {
    if (!Touches(set, excluded)) best.Offer(set);
    return true;
  });
  return best.set();
}

std::string WhyRegionMayNotJoin(const StripeRegions& stripes, size_t stripe, const std::string& region) {
  StripeRegions after = stripes;
  after[stripe].insert(region);
  std::set<std::string> regions;
  std::string others;
  size_t mixed = 0;
  for (size_t i = 0; i < kStripes; ++i) {
    regions.insert(after[i].begin(), after[i].end());
    mixed += after[i].size() > 1 ? 1 : 0;
    if (i != stripe && after[i].contains(region)) others.push_back("abcd"[i]);
  }
  if (regions.size() >= kStripes && !others.empty()) {
    return absl::StrCat(
        "region ", region, " has nameservers in stripe ", others.substr(0, 1),
        ": with four regions or more each region belongs to one stripe, so that a zone's four "
        "nameservers are in four regions");
  }
  if (regions.size() > 1 && others.size() > 1) {
    return absl::StrCat("region ", region,
                        " has nameservers in two other stripes already: a zone could have three "
                        "of its four nameservers in one region");
  }
  if (regions.size() == 3 && mixed > 1 && after[stripe].size() > 1 && !stripes[stripe].contains(region)) {
    return absl::StrCat("with three regions only one stripe may hold nameservers of several");
  }
  return "";
}

}  // namespace quartet::controller
