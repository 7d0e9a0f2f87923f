// The small form of giant_zone_bench: what of it needs no clock.
#include "tests/bench/giant_zone.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "nameserver/answer/answer.h"
#include "nameserver/answer/test_server.h"
#include "nameserver/zone/rcu.h"

namespace quartet::tests {
namespace {

constexpr size_t kNames = 300'000;
// What a zone of ten million names may have, so that all of them have it.
constexpr double kBytesOverData = 64;

class GiantZoneTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { zone_ = std::make_unique<GiantZone>(kNames); }
  static void TearDownTestSuite() { zone_.reset(); }
  static GiantZone& zone() { return *zone_; }
  std::vector<uint8_t> Ask(size_t i, bool missing) {
    std::vector<uint8_t> out(1232);
    out.resize(nameserver::Answer(zone().Query(i, missing), {}, zone().directory(), out));
    return out;
  }

  static inline std::unique_ptr<GiantZone> zone_;
  nameserver::RcuThread rcu_;
};

TEST_F(GiantZoneTest, NamesTakeLittleMoreThanTheirData) {
  const auto bytes = static_cast<double>(zone().tree().bytes);
  EXPECT_GT(bytes, static_cast<double>(zone().data_bytes()) / 2);
  EXPECT_LT((bytes - static_cast<double>(zone().data_bytes())) / kNames, kBytesOverData);
}

// The cost of a query and of a change grows with the tree's height: each level multiplies the names by a hundred.
TEST_F(GiantZoneTest, TheTreeIsLow) { EXPECT_LE(zone().tree().root->level, 2); }

TEST_F(GiantZoneTest, EveryNameIsFoundAndNoneBeside) {
  for (size_t i = 0; i < kNames; i += 101) {
    EXPECT_EQ(nameserver::ReadReply(Ask(i, false)).answer.size(), 1u) << i;
    EXPECT_EQ(nameserver::ReadReply(Ask(i, true)).rcode, "NXDOMAIN") << i;
  }
}

// Changes take a page each at most; a tree that fell apart would show here.
TEST_F(GiantZoneTest, ChangesAreSeenAndLeaveTheTreeAsItIs) {
  const uint64_t before = zone().tree().bytes;
  for (uint32_t i = 0; i < 1000; ++i) {
    const size_t name = i * size_t{7919} % kNames;
    zone().Change(name, 0xc6336400 + i);
    const std::vector<uint8_t> answer = Ask(name, false);
    ASSERT_GT(answer.size(), 4u);
    EXPECT_EQ(answer[answer.size() - 1], i & 0xff);
    rcu_.Quiescent();
  }
  EXPECT_EQ(zone().tree().names, kNames + 1);
  EXPECT_NEAR(static_cast<double>(zone().tree().bytes), static_cast<double>(before),
              static_cast<double>(before) / 100);
}

}  // namespace
}  // namespace quartet::tests
