#include "replication/replica/node_zones.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace quartet::replication {
namespace {

std::string Id(int number) {
  const std::string digits = std::to_string(number);
  return "Z" + std::string(13 - digits.size(), '0') + digits;
}

NodeZone MakeZone(const std::string& id, const std::string& label) {
  stored::v1::NodeZoneRow row;
  row.set_id(id);
  row.set_name(std::string(1, static_cast<char>(label.size())) + label + std::string("\7example\0", 9));
  row.set_revision(300);
  row.set_served_digest(std::string(16, 'd'));
  row.set_digest_key_id(1);
  row.set_record_sets(18);
  NodeZone zone;
  EXPECT_TRUE(SetRow(zone, id, row).ok());
  zone.generation = 7;
  zone.epoch = uint64_t{1'731'000'000} << 24;
  return zone;
}

void ExpectSame(const NodeZone& a, const NodeZone& b) {
  EXPECT_EQ(a.row.SerializeAsString(), b.row.SerializeAsString());
  EXPECT_EQ(a.apex, b.apex);
  EXPECT_EQ(a.named, b.named);
  EXPECT_EQ(a.generation, b.generation);
  EXPECT_EQ(a.epoch, b.epoch);
  EXPECT_EQ(a.behind, b.behind);
  EXPECT_EQ(a.differs, b.differs);
  EXPECT_EQ(a.damaged, b.damaged);
  EXPECT_EQ(a.repair, b.repair);
  EXPECT_EQ(a.unloadable, b.unloadable);
  EXPECT_EQ(a.listed_only, b.listed_only);
}

TEST(NodeZonesTest, GivesBackWhatWasPut) {
  NodeZones zones;
  NodeZone plain = MakeZone(Id(1), "plain");
  NodeZone behind = MakeZone(Id(2), "Behind");
  behind.row.add_vpc_ids("vpc-1");
  behind.row.set_private_zone(true);
  behind.behind = "entry for revision 3, has 1";
  behind.differs = true;
  behind.repair = stored::v1::REPAIR_STATE_STOPPED;
  NodeZone damaged = MakeZone(Id(3), "damaged");
  damaged.damaged = true;
  damaged.unloadable = true;
  damaged.behind = "x";
  NodeZone unnamed;
  unnamed.row.set_id(Id(4));
  unnamed.behind = "entry 5 can't be read by this version";
  NodeZone listed = MakeZone("a-longer-id-than-any-of-ours", "listed");
  listed.listed_only = true;
  for (const NodeZone* zone : {&plain, &behind, &damaged, &unnamed, &listed}) zones.Put(*zone);
  EXPECT_EQ(zones.size(), 5u);
  EXPECT_EQ(zones.named(), 4u);
  for (const NodeZone* zone : {&plain, &behind, &damaged, &unnamed, &listed})
    ExpectSame(zones.Find(zone->row.id()).value(), *zone);
  EXPECT_FALSE(zones.Find(Id(5)).has_value());
}

TEST(NodeZonesTest, GoesThroughThemInOrder) {
  NodeZones zones;
  for (const int number : {3, 1, 2}) zones.Put(MakeZone(Id(number), "zone" + std::to_string(number)));
  std::vector<std::string> names;
  for (const auto& [id, zone] : zones) names.push_back(id + " " + zone.apex.ToString());
  EXPECT_EQ(names, (std::vector<std::string>{Id(1) + " zone1.example.", Id(2) + " zone2.example.",
                                             Id(3) + " zone3.example."}));
  EXPECT_EQ(zones.Behind(Id(1)).id(), Id(2));
  EXPECT_TRUE(zones.Behind(Id(3)) == zones.end());
}

TEST(NodeZonesTest, CountsItsBytesThroughChangesAndRemovals) {
  NodeZones zones;
  for (int i = 0; i < 1000; ++i) zones.Put(MakeZone(Id(i), "zone" + std::to_string(i)));
  const size_t plain = zones.bytes();
  // What the memory budget of a node leaves for it (docs/residency.md).
  EXPECT_LE(plain / 1000, 160u);
  EXPECT_GE(plain / 1000, 100u);
  NodeZone behind = MakeZone(Id(1), "zone1");
  behind.behind = std::string(1000, 'x');
  zones.Put(behind);
  EXPECT_GT(zones.bytes(), plain + 900);
  zones.Put(MakeZone(Id(1), "zone1"));
  EXPECT_EQ(zones.bytes(), plain);
  for (int i = 0; i < 1000; ++i) zones.Erase(Id(i));
  zones.Erase(Id(1));
  EXPECT_EQ(zones.bytes(), 0u);
  EXPECT_EQ(zones.named(), 0u);
  EXPECT_TRUE(zones.empty());
}

}  // namespace
}  // namespace quartet::replication
