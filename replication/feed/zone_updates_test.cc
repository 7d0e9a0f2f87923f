#include "replication/feed/zone_updates.h"

#include <gtest/gtest.h>

namespace quartet::replication {
namespace {

using Kind = ZoneUpdate::Kind;

NodeZone MakeZone(const std::string& id, uint64_t revision) {
  NodeZone zone;
  zone.row.set_id(id);
  zone.row.set_revision(revision);
  zone.named = true;
  zone.generation = 1;
  return zone;
}

quartet::replication::v1::ZoneDelta Put(const std::string& key) {
  quartet::replication::v1::ZoneDelta delta;
  delta.add_puts()->set_key(key);
  return delta;
}

TEST(ZoneUpdatesTest, ChangesOfAZoneAreOneUpdateWithTheLastBehind) {
  ZoneUpdates updates;
  updates.Change(MakeZone("a", 2), Put("x"));
  updates.Change(MakeZone("b", 5), Put("y"));
  updates.Change(MakeZone("a", 3), Put("z"));
  const std::vector<ZoneUpdate> taken = updates.Take();
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_EQ(taken[0].zone_id, "a");
  EXPECT_EQ(taken[0].revision, 3u);
  ASSERT_EQ(taken[0].records.size(), 2u);
  EXPECT_EQ(taken[0].records[0].key, "x");
  EXPECT_EQ(taken[0].records[1].key, "z");
  EXPECT_EQ(taken[1].zone_id, "b");
  EXPECT_TRUE(updates.Take().empty());
}

TEST(ZoneUpdatesTest, ChangesBehindARemovalAreNotPutInFrontOfIt) {
  ZoneUpdates updates;
  updates.Change(MakeZone("a", 2), Put("x"));
  updates.Remove("a", dns::Name());
  updates.Change(MakeZone("a", 4), Put("y"));
  const std::vector<ZoneUpdate> taken = updates.Take();
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_EQ(taken[0].kind, Kind::kRemove);
  ASSERT_EQ(taken[1].records.size(), 1u);
  EXPECT_EQ(taken[1].records[0].key, "y");
}

TEST(ZoneUpdatesTest, ALoadSaysTheStateThatTheWriteLeaves) {
  ZoneUpdates updates;
  updates.Load(MakeZone("a", 2));
  updates.Change(MakeZone("a", 3), Put("x"));
  const std::vector<ZoneUpdate> taken = updates.Take();
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(taken[0].kind, Kind::kLoad);
  EXPECT_EQ(taken[0].revision, 3u);
}

TEST(ZoneUpdatesTest, ALoadTakesThePlaceOfWhatCameBefore) {
  ZoneUpdates updates;
  updates.Change(MakeZone("a", 2), Put("x"));
  updates.Change(MakeZone("b", 7), Put("x"));
  updates.Remove("a", dns::Name());
  updates.Load(MakeZone("a", 1));
  const std::vector<ZoneUpdate> taken = updates.Take();
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_EQ(taken[0].zone_id, "b");
  EXPECT_EQ(taken[1].kind, Kind::kLoad);
}

TEST(ZoneUpdatesTest, AZoneThatGoesIsNotLoadedFirst) {
  ZoneUpdates updates;
  updates.Load(MakeZone("a", 2));
  updates.Remove("a", dns::Name());
  const std::vector<ZoneUpdate> taken = updates.Take();
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(taken[0].kind, Kind::kRemove);
}

TEST(ZoneUpdatesTest, AZoneWithNothingToServeFails) {
  ZoneUpdates updates;
  NodeZone zone = MakeZone("a", 0);
  zone.generation = 0;
  zone.behind = "not fetched yet";
  updates.Load(zone);
  const std::vector<ZoneUpdate> taken = updates.Take();
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(taken[0].kind, Kind::kFail);
  EXPECT_EQ(taken[0].reason, "not fetched yet");
}

// The nodes of a nameserver that serves the zone above may be asked for the names below: they answer with its delegation.
TEST(ZoneUpdatesTest, AJoinersZoneWithNothingToServeIsNotThere) {
  ZoneUpdates updates;
  NodeZone zone = MakeZone("a", 0);
  zone.generation = 0;
  zone.row.set_state(stored::v1::ASSIGNMENT_STATE_JOINING);
  updates.Load(zone);
  EXPECT_EQ(updates.Take().at(0).kind, Kind::kRemove);
  zone.generation = 1;
  updates.Load(zone);
  EXPECT_EQ(updates.Take().at(0).kind, Kind::kLoad) << "who asks gets what it has";
}

TEST(ZoneUpdatesTest, AZoneWithoutANameIsNotServed) {
  ZoneUpdates updates;
  NodeZone zone = MakeZone("a", 1);
  zone.named = false;
  updates.Load(zone);
  EXPECT_TRUE(updates.Take().empty());
}

}  // namespace
}  // namespace quartet::replication
