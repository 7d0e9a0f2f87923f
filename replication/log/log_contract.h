// What every Log promises, as tests. A log's test file instantiates them with a harness:
//
//   struct Harness {                    // default-constructible, with an empty log of epoch kContractEpoch
//     Log& log();
//     // Power fails, and the log is opened again: what was not synced is gone, where the harness can make it
//     so. void Crash();
//     // From now on writes fail (true) or work again.
//     void FailWrites(bool fail);
//     // The value of a key that an append's effects wrote; nullopt if it is not there.
//     std::optional<std::string> Effect(absl::string_view key);
//     static constexpr bool kCanFail;   // whether FailWrites does anything
//   };
//   INSTANTIATE_TYPED_TEST_SUITE_P(Memory, LogContract, MemoryHarness);
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "quartet/stored/v1/entry.pb.h"
#include "replication/log/log.h"

namespace quartet::replication {

inline constexpr uint64_t kContractEpoch = 77;

// `count` entries one behind the other, the first behind `head`; `mark` makes them different from others.
inline std::vector<SealedEntry> SealedBehind(Position head, int count, const std::string& mark = "") {
  std::vector<SealedEntry> entries;
  for (int i = 0; i < count; ++i) {
    stored::v1::Entry entry;
    entry.mutable_header()->set_min_reader(1);
    entry.add_effects()->mutable_term()->set_controller(mark);
    auto sealed = Seal(entry, head);
    EXPECT_TRUE(sealed.ok()) << sealed.status();
    head = sealed->position;
    entries.push_back(*std::move(sealed));
  }
  return entries;
}

inline std::vector<std::string> BytesOf(const std::vector<SealedEntry>& entries) {
  std::vector<std::string> bytes;
  for (const auto& entry : entries) bytes.push_back(entry.bytes);
  return bytes;
}

template <typename Harness>
class LogContract : public ::testing::Test {
 protected:
  Log& log() { return harness_.log(); }
  Harness& harness() { return harness_; }

  Log::Head Head() {
    auto head = log().ReadHead();
    EXPECT_TRUE(head.ok()) << head.status();
    return head.ok() ? *head : Log::Head();
  }

  uint64_t Lead() {
    auto term = log().BeginTerm();
    EXPECT_TRUE(term.ok()) << term.status();
    return term.ok() ? *term : 0;
  }

  // Appends `count` entries behind the head and returns them.
  std::vector<SealedEntry> Fill(uint64_t term, int count, const std::string& mark = "") {
    const Position head = Head().position;
    auto entries = SealedBehind(head, count, mark);
    const auto status = log().Append(head, term, entries, store::Batch());
    EXPECT_TRUE(status.ok()) << status;
    return entries;
  }

  std::vector<SealedEntry> ReadAll(uint64_t after = 0) {
    auto entries = log().Read(after, 1 << 30);
    EXPECT_TRUE(entries.ok()) << entries.status();
    return entries.ok() ? *std::move(entries) : std::vector<SealedEntry>();
  }

  void ExpectHeadAndEntries(const Position& head, const std::vector<SealedEntry>& entries) {
    EXPECT_EQ(Head().position, head);
    EXPECT_EQ(BytesOf(ReadAll()), BytesOf(entries));
  }

 private:
  Harness harness_;
};

TYPED_TEST_SUITE_P(LogContract);

TYPED_TEST_P(LogContract, EmptyLogStartsBeforeTheFirstEntry) {
  EXPECT_EQ(this->Head().position, (Position{kContractEpoch, 0, {}}));
  EXPECT_EQ(this->Head().term, 0U);
  EXPECT_EQ(this->log().FirstIndex().value(), 1U);
  EXPECT_TRUE(this->ReadAll().empty());
  EXPECT_EQ(this->log().PositionAt(0).value(), this->Head().position);
}

TYPED_TEST_P(LogContract, EachTermIsHigherThanAllBefore) {
  EXPECT_EQ(this->Lead(), 1U);
  EXPECT_EQ(this->Lead(), 2U);
  this->harness().Crash();
  EXPECT_EQ(this->Head().term, 2U);
  EXPECT_EQ(this->Lead(), 3U);
}

TYPED_TEST_P(LogContract, EntriesComeBackAsTheyWereAndInOrder) {
  const uint64_t term = this->Lead();
  auto entries = this->Fill(term, 3, "first");
  const auto more = this->Fill(term, 2, "second");
  entries.insert(entries.end(), more.begin(), more.end());
  const auto read = this->ReadAll();
  ASSERT_EQ(BytesOf(read), BytesOf(entries));
  for (size_t i = 0; i < entries.size(); ++i) EXPECT_EQ(read[i].position, entries[i].position);
  EXPECT_EQ(this->Head().position, entries.back().position);
}

TYPED_TEST_P(LogContract, AppendedEntriesSurviveACrash) {
  const auto entries = this->Fill(this->Lead(), 3);
  this->harness().Crash();
  this->ExpectHeadAndEntries(entries.back().position, entries);
}

TYPED_TEST_P(LogContract, EffectsAreWrittenWithTheirEntries) {
  const uint64_t term = this->Lead();
  const Position head = this->Head().position;
  store::Batch effects;
  effects.Put("x", "effect");
  ASSERT_TRUE(this->log().Append(head, term, SealedBehind(head, 1), effects).ok());
  this->harness().Crash();
  EXPECT_EQ(this->Head().position.index, 1U);
  EXPECT_EQ(this->harness().Effect("x"), "effect");
}

TYPED_TEST_P(LogContract, WrongHeadIsAbortedAndNothingIsWritten) {
  const uint64_t term = this->Lead();
  const Position old_head = this->Head().position;
  const auto entries = this->Fill(term, 1, "first");
  store::Batch effects;
  effects.Put("x", "effect");
  const auto status = this->log().Append(old_head, term, SealedBehind(old_head, 1, "late"), effects);
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted) << status;
  EXPECT_EQ(this->harness().Effect("x"), std::nullopt);
  this->ExpectHeadAndEntries(entries.back().position, entries);
}

TYPED_TEST_P(LogContract, ForkOfTheHeadIsAborted) {
  const uint64_t term = this->Lead();
  const auto entries = this->Fill(term, 1);
  Position fork = entries[0].position;
  fork.chain[0] ^= 1;
  EXPECT_EQ(this->log().Append(fork, term, SealedBehind(fork, 1), store::Batch()).code(),
            absl::StatusCode::kAborted);
  Position other_epoch = entries[0].position;
  other_epoch.epoch += 1;
  EXPECT_EQ(this->log().Append(other_epoch, term, SealedBehind(other_epoch, 1), store::Batch()).code(),
            absl::StatusCode::kAborted);
  this->ExpectHeadAndEntries(entries.back().position, entries);
}

TYPED_TEST_P(LogContract, DeposedLeaderCanNeitherAppendNorTrim) {
  const uint64_t old_term = this->Lead();
  const auto entries = this->Fill(old_term, 2);
  const uint64_t term = this->Lead();
  // Even where it knows the right head.
  const Position head = this->Head().position;
  EXPECT_EQ(this->log().Append(head, old_term, SealedBehind(head, 1), store::Batch()).code(),
            absl::StatusCode::kAborted);
  EXPECT_EQ(this->log().Trim(head, old_term, 1).code(), absl::StatusCode::kAborted);
  EXPECT_EQ(this->log().Append(head, term + 1, SealedBehind(head, 1), store::Batch()).code(),
            absl::StatusCode::kAborted);
  this->ExpectHeadAndEntries(head, entries);
  this->Fill(term, 1);
}

TYPED_TEST_P(LogContract, NobodyAppendsBeforeTheFirstTerm) {
  const Position head = this->Head().position;
  EXPECT_EQ(this->log().Append(head, 1, SealedBehind(head, 1), store::Batch()).code(),
            absl::StatusCode::kAborted);
}

TYPED_TEST_P(LogContract, EntriesThatDoNotFollowAreRefusedAllOfThem) {
  const uint64_t term = this->Lead();
  const auto before = this->Fill(term, 1);
  const Position head = this->Head().position;
  const auto good = SealedBehind(head, 3);
  const auto refused = [&](std::vector<SealedEntry> entries) {
    const auto status = this->log().Append(head, term, entries, store::Batch());
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    this->ExpectHeadAndEntries(head, before);
  };
  refused({});
  refused({good[1]});
  refused({good[0], good[2]});
  refused({good[0], good[0]});
  refused({good[0], SealedBehind(SealedBehind(head, 1, "fork")[0].position, 1)[0]});
  SealedEntry wrong_position = good[0];
  wrong_position.position.chain[3] ^= 1;
  refused({wrong_position});
  SealedEntry wrong_bytes = good[0];
  wrong_bytes.bytes = "no entry";
  refused({wrong_bytes});
}

TYPED_TEST_P(LogContract, OutcomeOfAFailedAppendIsToldByTheHead) {
  if (!TypeParam::kCanFail) GTEST_SKIP() << "this store's writes can't be made to fail";
  const uint64_t term = this->Lead();
  const Position head = this->Head().position;
  this->harness().FailWrites(true);
  store::Batch effects;
  effects.Put("x", "effect");
  const auto entries = SealedBehind(head, 2);
  const auto status = this->log().Append(head, term, entries, effects);
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.code(), absl::StatusCode::kAborted);
  this->harness().FailWrites(false);
  // All or none; the head says which, and an append behind it works.
  const Position now = this->Head().position;
  ASSERT_TRUE(now == head || now == entries.back().position) << ToString(now);
  EXPECT_EQ(this->harness().Effect("x").has_value(), now != head);
  EXPECT_TRUE(this->log().Append(now, term, SealedBehind(now, 1), store::Batch()).ok());
}

TYPED_TEST_P(LogContract, ReadsInPages) {
  const auto entries = this->Fill(this->Lead(), 10, std::string(100, 'x'));
  const size_t size = entries[0].bytes.size();
  std::vector<SealedEntry> read;
  while (read.size() < entries.size()) {
    const auto page = this->log().Read(read.size(), 3 * size + size / 2);
    ASSERT_TRUE(page.ok()) << page.status();
    ASSERT_EQ(page->size(), std::min<size_t>(3, entries.size() - read.size()));
    read.insert(read.end(), page->begin(), page->end());
  }
  EXPECT_EQ(BytesOf(read), BytesOf(entries));
}

TYPED_TEST_P(LogContract, PageHasOneEntryHoweverLarge) {
  const auto entries = this->Fill(this->Lead(), 2, std::string(1000, 'x'));
  EXPECT_EQ(this->log().Read(0, 1).value().size(), 1U);
  EXPECT_EQ(this->log().Read(1, 0).value().size(), 1U);
  EXPECT_TRUE(this->log().Read(2, 1000).value().empty());
}

TYPED_TEST_P(LogContract, ReadBehindTheHeadIsOutOfRange) {
  this->Fill(this->Lead(), 2);
  EXPECT_EQ(this->log().Read(3, 1000).status().code(), absl::StatusCode::kOutOfRange);
}

TYPED_TEST_P(LogContract, PositionsHaveTheChainOfTheirEntries) {
  const auto entries = this->Fill(this->Lead(), 4);
  for (const auto& entry : entries)
    EXPECT_EQ(this->log().PositionAt(entry.position.index).value(), entry.position);
  EXPECT_EQ(this->log().PositionAt(5).status().code(), absl::StatusCode::kOutOfRange);
}

TYPED_TEST_P(LogContract, TrimForgetsUpToAnIndexAndSaysSo) {
  const uint64_t term = this->Lead();
  const auto entries = this->Fill(term, 5);
  const Position head = this->Head().position;
  ASSERT_TRUE(this->log().Trim(head, term, 3).ok());
  EXPECT_EQ(this->log().FirstIndex().value(), 4U);
  EXPECT_EQ(BytesOf(this->ReadAll(3)), BytesOf({entries[3], entries[4]}));
  const auto trimmed = this->log().Read(2, 1000).status();
  EXPECT_EQ(trimmed.code(), absl::StatusCode::kOutOfRange);
  EXPECT_NE(trimmed.message().find("4"), absl::string_view::npos) << trimmed;
  EXPECT_EQ(this->log().PositionAt(2).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(this->log().PositionAt(4).value(), entries[3].position);
}

TYPED_TEST_P(LogContract, ChainBeforeTheFirstEntryIsKnownAfterATrim) {
  const uint64_t term = this->Lead();
  const auto entries = this->Fill(term, 5);
  ASSERT_TRUE(this->log().Trim(this->Head().position, term, 3).ok());
  EXPECT_EQ(this->log().PositionAt(3).value(), entries[2].position);
}

TYPED_TEST_P(LogContract, TrimNeverTakesTheHead) {
  const uint64_t term = this->Lead();
  const auto entries = this->Fill(term, 3);
  const Position head = this->Head().position;
  EXPECT_EQ(this->log().Trim(head, term, 4).code(), absl::StatusCode::kInvalidArgument);
  ASSERT_TRUE(this->log().Trim(head, term, 3).ok());
  EXPECT_EQ(this->Head().position, head);
  EXPECT_EQ(this->log().FirstIndex().value(), 4U);
  EXPECT_TRUE(this->ReadAll(3).empty());
  EXPECT_EQ(this->log().PositionAt(3).value(), head);
  const auto more = this->Fill(term, 2);
  EXPECT_EQ(BytesOf(this->ReadAll(3)), BytesOf(more));
}

TYPED_TEST_P(LogContract, TrimOfWhatIsGoneIsNoError) {
  const uint64_t term = this->Lead();
  this->Fill(term, 3);
  const Position head = this->Head().position;
  ASSERT_TRUE(this->log().Trim(head, term, 2).ok());
  EXPECT_TRUE(this->log().Trim(head, term, 1).ok());
  EXPECT_EQ(this->log().FirstIndex().value(), 3U);
}

TYPED_TEST_P(LogContract, TrimWithAnotherHeadIsAborted) {
  const uint64_t term = this->Lead();
  const Position old_head = this->Fill(term, 2).back().position;
  this->Fill(term, 1);
  EXPECT_EQ(this->log().Trim(old_head, term, 1).code(), absl::StatusCode::kAborted);
  EXPECT_EQ(this->log().FirstIndex().value(), 1U);
}

TYPED_TEST_P(LogContract, CrashAfterATrimLeavesAWholeLog) {
  const uint64_t term = this->Lead();
  const auto entries = this->Fill(term, 5);
  ASSERT_TRUE(this->log().Trim(this->Head().position, term, 3).ok());
  this->harness().Crash();
  EXPECT_EQ(this->Head().position, entries.back().position);
  // Trimmed or not, what is there is whole.
  const uint64_t first = this->log().FirstIndex().value();
  ASSERT_TRUE(first == 1 || first == 4) << first;
  EXPECT_EQ(this->ReadAll(first - 1).size(), 6 - first);
  this->Fill(term, 1);
}

// Two who both believe they lead append as fast as they can: each entry is there once, in one chain.
TYPED_TEST_P(LogContract, RivalsNeverBothAppendAtOnePosition) {
  const uint64_t term = this->Lead();
  std::atomic<int> appended = 0;
  const auto append = [&](const std::string& mark) {
    for (int i = 0; i < 60; ++i) {
      const Position head = this->Head().position;
      const auto status = this->log().Append(head, term, SealedBehind(head, 1, mark), store::Batch());
      if (status.ok()) ++appended;
      EXPECT_TRUE(status.ok() || status.code() == absl::StatusCode::kAborted) << status;
    }
  };
  std::thread rival([&] { append("a"); });
  append("b");
  rival.join();
  EXPECT_EQ(this->Head().position.index, static_cast<uint64_t>(appended));
  EXPECT_EQ(this->ReadAll().size(), static_cast<size_t>(appended));
}

TYPED_TEST_P(LogContract, ReadsBesideAppendsAndTrimsAreOfOneMoment) {
  const uint64_t term = this->Lead();
  this->Fill(term, 10);
  std::atomic<bool> done = false;
  std::thread reader([&] {
    while (!done) {
      const uint64_t first = this->log().FirstIndex().value();
      const auto entries = this->log().Read(first - 1, 1 << 20);
      EXPECT_TRUE(entries.ok() || entries.status().code() == absl::StatusCode::kOutOfRange)
          << entries.status();
    }
  });
  for (int i = 0; i < 50; ++i) {
    const auto added = this->Fill(term, 2);
    EXPECT_TRUE(this->log().Trim(this->Head().position, term, added[0].position.index - 5).ok());
  }
  done = true;
  reader.join();
}

REGISTER_TYPED_TEST_SUITE_P(LogContract, EmptyLogStartsBeforeTheFirstEntry, EachTermIsHigherThanAllBefore,
                            EntriesComeBackAsTheyWereAndInOrder, AppendedEntriesSurviveACrash,
                            EffectsAreWrittenWithTheirEntries, WrongHeadIsAbortedAndNothingIsWritten,
                            ForkOfTheHeadIsAborted, DeposedLeaderCanNeitherAppendNorTrim,
                            NobodyAppendsBeforeTheFirstTerm, EntriesThatDoNotFollowAreRefusedAllOfThem,
                            OutcomeOfAFailedAppendIsToldByTheHead, ReadsInPages, PageHasOneEntryHoweverLarge,
                            ReadBehindTheHeadIsOutOfRange, PositionsHaveTheChainOfTheirEntries,
                            TrimForgetsUpToAnIndexAndSaysSo, ChainBeforeTheFirstEntryIsKnownAfterATrim,
                            TrimNeverTakesTheHead, TrimOfWhatIsGoneIsNoError, TrimWithAnotherHeadIsAborted,
                            CrashAfterATrimLeavesAWholeLog, RivalsNeverBothAppendAtOnePosition,
                            ReadsBesideAppendsAndTrimsAreOfOneMoment);

}  // namespace quartet::replication
