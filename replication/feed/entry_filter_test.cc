#include "replication/feed/entry_filter.h"

#include <gtest/gtest.h>

namespace quartet::replication {
namespace {

stored::v1::Entry MakeEntry() {
  stored::v1::Entry entry;
  entry.mutable_header()->set_index(9);
  entry.mutable_header()->set_min_reader(1);
  for (const char* target : {"ns1", "ns2", "old"}) entry.mutable_header()->add_targets(target);
  stored::v1::ZoneEffect* effect = entry.add_effects()->mutable_zone();
  effect->set_prev_revision(3);
  stored::v1::ZoneRow* row = effect->mutable_row();
  row->set_id("Z0000000000001");
  row->set_revision(4);
  row->set_state(stored::v1::ZONE_STATE_ACTIVE);
  row->set_account("secret to the control plane");
  row->set_served_digest("served");
  row->set_control_digest("control");
  row->set_record_sets(1);
  for (const char* target : {"ns1", "ns2"}) {
    stored::v1::Assignment* assignment = row->add_assignments();
    assignment->set_target(target);
    assignment->set_state(stored::v1::ASSIGNMENT_STATE_RETIRING);
  }
  effect->add_removed_keys("gone");
  stored::v1::RecordPut* put = effect->add_puts();
  put->set_key("www");
  put->set_served("answer");
  put->set_control("who wrote it");
  return entry;
}

v1::ZoneDelta Delta(const v1::NodeEntry& entry) {
  v1::ZoneDelta delta;
  EXPECT_TRUE(delta.ParseFromString(entry.delta()));
  return delta;
}

TEST(EntryFilterTest, ANameserverOfTheZoneGetsTheServedPartOnly) {
  const std::vector<v1::NodeEntry> entries = FilterEntry(MakeEntry(), "ns1");
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].index(), 9u);
  const v1::ZoneDelta delta = Delta(entries[0]);
  EXPECT_EQ(delta.prev_revision(), 3u);
  EXPECT_EQ(delta.revision(), 4u);
  EXPECT_EQ(delta.row().served_digest(), "served");
  EXPECT_EQ(delta.row().state(), stored::v1::ASSIGNMENT_STATE_RETIRING);
  ASSERT_EQ(delta.puts_size(), 1);
  EXPECT_EQ(delta.puts(0).served(), "answer");
  EXPECT_EQ(entries[0].SerializeAsString().find("who wrote it"), std::string::npos);
  EXPECT_EQ(entries[0].SerializeAsString().find("secret to"), std::string::npos);
}

TEST(EntryFilterTest, ANameserverThatLostTheZoneLearnsThatItIsGone) {
  const std::vector<v1::NodeEntry> entries = FilterEntry(MakeEntry(), "old");
  ASSERT_EQ(entries.size(), 1u);
  const v1::ZoneDelta delta = Delta(entries[0]);
  EXPECT_FALSE(delta.has_row());
  EXPECT_EQ(delta.revision(), 4u);
  EXPECT_EQ(delta.puts_size(), 0);
}

TEST(EntryFilterTest, ADeletedZoneIsGoneForAll) {
  stored::v1::Entry entry = MakeEntry();
  entry.mutable_effects(0)->mutable_zone()->mutable_row()->set_state(stored::v1::ZONE_STATE_DELETED);
  EXPECT_FALSE(Delta(FilterEntry(entry, "ns1").at(0)).has_row());
}

TEST(EntryFilterTest, OthersGetNothing) { EXPECT_TRUE(FilterEntry(MakeEntry(), "ns3").empty()); }

TEST(EntryFilterTest, AChunkIsNamedByTheEntryOfTheFirst) {
  stored::v1::Entry entry = MakeEntry();
  const stored::v1::RecordPut put = entry.effects(0).zone().puts(0);
  entry.clear_effects();
  stored::v1::StageEffect& effect = *entry.add_effects()->mutable_stage();
  effect.set_zone_id("Z0000000000001");
  effect.set_digest_key_id(3);
  *effect.add_puts() = put;
  const v1::NodeEntry first = FilterEntry(entry, "ns1").at(0);
  EXPECT_EQ(first.zone_id(), "Z0000000000001");
  EXPECT_EQ(first.SerializeAsString().find("who wrote it"), std::string::npos);
  const v1::ZoneDelta delta = Delta(first);
  EXPECT_EQ(delta.chunk().stage(), 9u);
  EXPECT_EQ(delta.chunk().digest_key_id(), 3u);
  EXPECT_EQ(delta.puts(0).served(), "answer");
  EXPECT_FALSE(delta.has_row());
  effect.set_stage(5);
  effect.set_chunk(2);
  EXPECT_EQ(Delta(FilterEntry(entry, "ns1").at(0)).chunk().stage(), 5u);
  EXPECT_EQ(Delta(FilterEntry(entry, "ns1").at(0)).chunk().chunk(), 2u);
  EXPECT_TRUE(FilterEntry(entry, "ns3").empty());
}

TEST(EntryFilterTest, AFlipIsOneForTheNameserversOfTheZoneOnly) {
  stored::v1::Entry entry = MakeEntry();
  stored::v1::FlipEffect flip;
  flip.set_prev_revision(3);
  *flip.mutable_row() = entry.effects(0).zone().row();
  *flip.mutable_puts() = entry.effects(0).zone().puts();
  flip.add_removed_keys("gone");
  flip.set_stage(5);
  flip.set_chunks(2);
  flip.set_stage_record_sets(7);
  flip.set_stage_served_digest("staged");
  flip.set_stage_control_digest("secret");
  *entry.mutable_effects(0)->mutable_flip() = flip;
  const v1::ZoneDelta delta = Delta(FilterEntry(entry, "ns1").at(0));
  EXPECT_EQ(delta.prev_revision(), 3u);
  EXPECT_EQ(delta.revision(), 4u);
  EXPECT_EQ(delta.row().record_sets(), 1u);
  EXPECT_EQ(delta.flip().stage(), 5u);
  EXPECT_EQ(delta.flip().chunks(), 2u);
  EXPECT_EQ(delta.flip().record_sets(), 7u);
  EXPECT_EQ(delta.flip().served_digest(), "staged");
  EXPECT_EQ(delta.puts(0).served(), "answer");
  EXPECT_EQ(delta.removed_keys(0), "gone");
  const v1::ZoneDelta gone = Delta(FilterEntry(entry, "old").at(0));
  EXPECT_FALSE(gone.has_row());
  EXPECT_FALSE(gone.has_flip());
}

TEST(EntryFilterTest, AnAbortNamesItsStage) {
  stored::v1::Entry entry = MakeEntry();
  stored::v1::AbortEffect& abort = *entry.mutable_effects(0)->mutable_abort();
  abort.set_zone_id("Z0000000000001");
  abort.set_stage(5);
  const v1::NodeEntry filtered = FilterEntry(entry, "ns2").at(0);
  EXPECT_EQ(filtered.zone_id(), "Z0000000000001");
  EXPECT_EQ(Delta(filtered).abort().stage(), 5u);
}

TEST(EntryFilterTest, EntriesOfOtherThingsAreForNoNode) {
  stored::v1::Entry entry = MakeEntry();
  entry.clear_effects();
  entry.add_effects()->mutable_object()->set_id("n1");
  EXPECT_TRUE(FilterEntry(entry, "ns1").empty());
}

}  // namespace
}  // namespace quartet::replication
