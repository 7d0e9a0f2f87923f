#include "replication/entry/entry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <utility>
#include <vector>

#include "quartet/stored/v1/entry.pb.h"
#include "replication/base/format_examples.h"

namespace quartet::replication {
namespace {

using ::testing::HasSubstr;

std::string Example(absl::string_view name) { return FormatExample("entries.md", name); }

// The stored form of a position, as entries.md gives it.
std::string Stored(const Position& position) {
  std::string bytes;
  for (const uint64_t number : {position.epoch, position.index}) {
    for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xff);
  }
  return bytes.append(reinterpret_cast<const char*>(position.chain.data()), position.chain.size());
}

stored::v1::Entry TermEntry(absl::string_view controller) {
  stored::v1::Entry entry;
  entry.mutable_header()->set_min_reader(1);
  entry.add_effects()->mutable_term()->set_controller(std::string(controller));
  return entry;
}

SealedEntry MustSeal(stored::v1::Entry entry, const Position& head) {
  auto sealed = Seal(entry, head);
  EXPECT_TRUE(sealed.ok()) << sealed.status();
  return *std::move(sealed);
}

TEST(Entry, ExamplesOfTheFormatPageAreEntries) {
  const auto first = OpenEntry(Example("entry-1"));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->header().epoch(), MakeEpoch(1731000000, 0xa1b2c3));
  EXPECT_EQ(first->header().index(), 1U);
  EXPECT_EQ(first->effects(0).term().controller(), "c1");
  const auto second = OpenEntry(Example("entry-2"));
  ASSERT_TRUE(second.ok()) << second.status();
  const Chain chain = ChainOf(Example("entry-1"));
  EXPECT_EQ(second->header().prev_chain(), std::string(chain.begin(), chain.end()));
  EXPECT_EQ(second->header().change_id(), "C0123456789ABC");
  EXPECT_EQ(second->effects(0).insync().change_ids(0), "C0000000000000");
  const auto third = OpenEntry(Example("entry-3"));
  ASSERT_TRUE(third.ok()) << third.status();
  EXPECT_EQ(third->effects(0).stage().zone_id(), "Z0123456789ABC");
  EXPECT_EQ(third->effects(0).stage().puts_size(), 1);
  const auto fourth = OpenEntry(Example("entry-4"));
  ASSERT_TRUE(fourth.ok()) << fourth.status();
  EXPECT_EQ(fourth->effects(0).history_cut().revision(), 7U);
  EXPECT_EQ(fourth->effects(1).purge().prev_revision(), 5U);
}

TEST(Entry, SealingGivesTheExamplesOfTheFormatPage) {
  stored::v1::Entry first = TermEntry("c1");
  first.mutable_header()->set_term(1);
  first.mutable_header()->set_time_us(1731000001000000);
  const SealedEntry sealed = MustSeal(first, {MakeEpoch(1731000000, 0xa1b2c3), 0, {}});
  EXPECT_EQ(sealed.bytes, Example("entry-1"));
  EXPECT_EQ(Stored(sealed.position), Example("position-1"));

  stored::v1::Entry second;
  second.mutable_header()->set_min_reader(1);
  second.mutable_header()->set_term(1);
  second.mutable_header()->set_time_us(1731000002000000);
  second.mutable_header()->set_change_id("C0123456789ABC");
  second.add_effects()->mutable_insync()->add_change_ids("C0000000000000");
  const SealedEntry behind = MustSeal(second, sealed.position);
  EXPECT_EQ(behind.bytes, Example("entry-2"));
  EXPECT_EQ(Stored(behind.position), Example("position-2"));

  stored::v1::Entry third;
  third.mutable_header()->set_term(1);
  third.mutable_header()->set_time_us(1731000003000000);
  third.mutable_header()->add_targets("ns-1");
  stored::v1::StageEffect& stage = *third.add_effects()->mutable_stage();
  stage.set_zone_id("Z0123456789ABC");
  stored::v1::RecordPut& put = *stage.add_puts();
  put.set_key(std::string("www\0\0\0\1", 7));
  put.set_served("served");
  put.set_control("control");
  const SealedEntry staged = MustSeal(third, behind.position);
  EXPECT_EQ(staged.bytes, Example("entry-3"));

  stored::v1::Entry fourth;
  fourth.mutable_header()->set_term(1);
  fourth.mutable_header()->set_time_us(1731000004000000);
  stored::v1::HistoryCutEffect& cut = *fourth.add_effects()->mutable_history_cut();
  cut.set_zone_id("Z0123456789ABC");
  cut.set_revision(7);
  stored::v1::PurgeEffect& purge = *fourth.add_effects()->mutable_purge();
  purge.set_zone_id("Z0000000000001");
  purge.set_prev_revision(5);
  EXPECT_EQ(MustSeal(fourth, staged.position).bytes, Example("entry-4"));
}

TEST(Entry, ChainTellsHistoriesApart) {
  const Position start = {7, 0, {}};
  const SealedEntry one = MustSeal(TermEntry("one"), start);
  const SealedEntry other = MustSeal(TermEntry("other"), start);
  EXPECT_NE(one.position, other.position);
  // The same entry behind each of them.
  EXPECT_NE(MustSeal(TermEntry("c"), one.position).position.chain,
            MustSeal(TermEntry("c"), other.position).position.chain);
}

TEST(Entry, LargestFitsAndLargerIsRefusedWithItsSize) {
  stored::v1::Entry entry = TermEntry("");
  const size_t overhead =
      MustSeal(TermEntry(std::string(kMaxEntryBytes / 2, 'x')), {}).bytes.size() - kMaxEntryBytes / 2;
  entry = TermEntry(std::string(kMaxEntryBytes - overhead, 'x'));
  const SealedEntry largest = MustSeal(entry, {});
  EXPECT_EQ(largest.bytes.size(), kMaxEntryBytes);
  EXPECT_TRUE(OpenEntry(largest.bytes).ok());

  entry = TermEntry(std::string(kMaxEntryBytes - overhead + 1, 'x'));
  const auto refused = Seal(entry, {}).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(refused.message()), HasSubstr(std::to_string(kMaxEntryBytes + 1)));
}

TEST(Entry, ForANewerReaderIsNotReadButItsHeaderIs) {
  stored::v1::Entry entry = TermEntry("c1");
  entry.mutable_header()->set_min_reader(kEntryFormat + 1);
  const SealedEntry sealed = MustSeal(entry, {7, 41, {}});
  const auto status = OpenEntry(sealed.bytes).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(status.message()), HasSubstr("upgrade"));
  const auto header = OpenHeader(sealed.bytes);
  ASSERT_TRUE(header.ok()) << header.status();
  EXPECT_EQ(header->index(), 42U);
}

TEST(Entry, OnlyEntriesWithWhatCameLaterNeedALaterReader) {
  EXPECT_EQ(OpenHeader(MustSeal(TermEntry("c1"), {}).bytes)->min_reader(), 1U);
  const std::vector<std::pair<uint32_t, void (*)(stored::v1::Effect&)>> later = {
      {2, [](stored::v1::Effect& effect) { effect.mutable_stage(); }},
      {2, [](stored::v1::Effect& effect) { effect.mutable_flip(); }},
      {2, [](stored::v1::Effect& effect) { effect.mutable_abort(); }},
      {3, [](stored::v1::Effect& effect) { effect.mutable_history_cut(); }},
      {3, [](stored::v1::Effect& effect) { effect.mutable_purge(); }},
  };
  for (const auto& [format, add] : later) {
    stored::v1::Entry entry = TermEntry("c1");
    add(*entry.add_effects());
    const absl::StatusOr<stored::v1::Entry> opened = OpenEntry(MustSeal(entry, {}).bytes);
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(opened->header().min_reader(), format);
  }
}

TEST(Entry, DamagedBytesAreNoEntry) {
  const std::string bytes = Example("entry-2");
  for (size_t size = 0; size < bytes.size(); ++size) {
    // A cut between the two fields leaves an entry without effects; its chain is another one.
    if (size == 62) continue;
    EXPECT_EQ(OpenEntry(absl::string_view(bytes).substr(0, size)).status().code(),
              absl::StatusCode::kDataLoss)
        << size;
  }
  EXPECT_EQ(OpenEntry(std::string(kMaxEntryBytes + 1, 'x')).status().code(), absl::StatusCode::kDataLoss);
}

TEST(Entry, WithoutAPlaceInTheLogIsNoEntry) {
  stored::v1::Entry entry = TermEntry("c1");
  entry.mutable_header()->set_format(1);
  entry.mutable_header()->set_index(1);
  entry.mutable_header()->set_prev_chain(std::string(16, '\0'));
  ASSERT_TRUE(OpenEntry(entry.SerializeAsString()).ok());
  for (const auto& damage : std::vector<void (*)(stored::v1::EntryHeader&)>{
           [](stored::v1::EntryHeader& header) { header.clear_format(); },
           [](stored::v1::EntryHeader& header) { header.clear_index(); },
           [](stored::v1::EntryHeader& header) { header.set_prev_chain("short"); },
       }) {
    stored::v1::Entry damaged = entry;
    damage(*damaged.mutable_header());
    EXPECT_EQ(OpenEntry(damaged.SerializeAsString()).status().code(), absl::StatusCode::kDataLoss);
  }
}

TEST(Entry, SecondHeaderCannotUndoTheChecksOfTheFirst) {
  stored::v1::Entry second;
  second.mutable_header()->set_min_reader(9);
  EXPECT_EQ(OpenEntry(Example("entry-1") + second.SerializeAsString()).status().code(),
            absl::StatusCode::kUnimplemented);
}

TEST(Entry, EffectOfNoKnownKindIsNotSkipped) {
  stored::v1::Entry entry = TermEntry("c1");
  entry.add_effects();
  EXPECT_EQ(OpenEntry(MustSeal(entry, {}).bytes).status().code(), absl::StatusCode::kDataLoss);
}

TEST(Entry, RandomDamageDoesNoHarm) {
  std::mt19937 random(5);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = MustSeal(TermEntry("c1"), {}).bytes;
    for (size_t left = random() % 4 + 1; left > 0; --left)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    const auto header = OpenHeader(bytes);
    const auto entry = OpenEntry(bytes);
    // What opens whole opens by its header too.
    EXPECT_TRUE(header.ok() || !entry.ok());
  }
}

}  // namespace
}  // namespace quartet::replication
