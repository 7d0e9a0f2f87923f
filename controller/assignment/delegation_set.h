// Which four nameservers a zone gets.
//
// A delegation set is the nameservers in slots (a, b, c, a xor b xor c) of the four stripes, where all four
// exist. Any three slots determine the fourth, so two different sets share at most two nameservers, whatever
// is added later.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace quartet::controller {

inline constexpr size_t kStripes = 4;

// A nameserver in its slot.
struct Seat {
  std::string nameserver;
  std::string region;
  // Of the zones it has already.
  uint64_t zones = 0;
};

// Nameservers that new zones may get, by stripe (0 to 3) and slot.
using Seats = std::array<std::map<uint32_t, Seat>, kStripes>;
// In stripe order; pointers into Seats.
using DelegationSet = std::array<const Seat*, kStripes>;

// Calls `visit` for every set there is; it returns false to stop.
void VisitSets(const Seats& seats, const std::function<bool(const DelegationSet&)>& visit);

// How many of the four lie in the region that holds most of them: 1 is best, 4 is worst.
int Crowding(const DelegationSet& set);

// The least used of some candidates drawn by HMAC(secret, zone id, i), none of whose nameservers is in
// `excluded`, among the sets whose crowding is the least to be had. nullopt: there is no set without excluded
// nameservers.
std::optional<DelegationSet> ChooseSet(const Seats& seats, absl::string_view secret,
                                       absl::string_view zone_id, const std::set<std::string>& excluded);

// Regions of the nameservers of each stripe.
using StripeRegions = std::array<std::set<std::string>, kStripes>;

// Whether a nameserver in `region` may join `stripe`. With four regions or more each region belongs to one
// stripe; with three, no two stripes are mixed and a region is in two stripes at most; with two, a region is
// in two stripes at most. Returns why not; empty if it may.
std::string WhyRegionMayNotJoin(const StripeRegions& stripes, size_t stripe, const std::string& region);

}  // namespace quartet::controller
