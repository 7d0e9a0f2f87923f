#include "controller/registrar/upkeep/domains_by_zone.h"

#include <gtest/gtest.h>

namespace quartet::controller {
namespace {

using Names = std::vector<std::string>;

TEST(DomainsByZoneTest, FollowsWhatIsNoted) {
  DomainsByZone domains;
  domains.Loaded();
  domains.Note("a.test", "Z1");
  domains.Note("b.test", "Z1");
  EXPECT_EQ(domains.Of("Z1"), (Names{"a.test", "b.test"}));
  domains.Note("a.test", "Z2");
  EXPECT_EQ(domains.Of("Z1"), (Names{"b.test"}));
  EXPECT_EQ(domains.Of("Z2"), (Names{"a.test"}));
  domains.Note("a.test", "");
  EXPECT_FALSE(domains.Has("Z2"));
  EXPECT_EQ(domains.Of("Z2"), Names());
}

TEST(DomainsByZoneTest, WhatWasReadIsOlderThanWhatWasNoted) {
  DomainsByZone domains;
  domains.Note("a.test", "Z2");
  domains.Note("b.test", "");
  domains.Load("a.test", "Z1");
  domains.Load("b.test", "Z1");
  domains.Load("c.test", "Z1");
  EXPECT_FALSE(domains.loaded());
  domains.Loaded();
  EXPECT_TRUE(domains.loaded());
  EXPECT_EQ(domains.Of("Z1"), (Names{"c.test"}));
  EXPECT_EQ(domains.Of("Z2"), (Names{"a.test"}));
}

}  // namespace
}  // namespace quartet::controller
