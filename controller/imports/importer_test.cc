#include "controller/imports/importer.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/imports/import_fixture.h"
#include "controller/zones/faults.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_founding.h"
#include "controller/zones/zone_plans.h"
#include "controller/zones/zone_settings.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

constexpr char kBefore[] = "$TTL 300\nwww A 192.0.2.1\nmail A 192.0.2.2\n@ MX 10 mail\n";

std::string Hosts(int count, int from = 0) {
  std::string text = "$TTL 60\n";
  for (int i = from; i < from + count; ++i)
    absl::StrAppend(&text, "host", i, " A 10.0.", i / 250, ".", i % 250, "\n");
  return text;
}

class ZoneImporterTest : public ImportTest {};

TEST_F(ZoneImporterTest, ASmallDifferenceIsOneOrdinaryEntry) {
  const std::string zone = MakeZone("example.com", kBefore);
  TakeCommitted();
  const auto imported = Import(Merge(zone), "$TTL 300\nwww A 192.0.2.9\nnew TXT hello\nmail A 192.0.2.2\n");
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_EQ(imported->difference.added, 1u);
  EXPECT_EQ(imported->difference.changed, 1u);
  EXPECT_EQ(imported->difference.removed, 0u);
  const auto committed = TakeCommitted();
  ASSERT_EQ(committed.size(), 1u);
  EXPECT_TRUE(committed[0].entry.effects(0).has_zone());
  EXPECT_EQ(Row(zone).revision(), 2u);
  EXPECT_EQ(Row(zone).serial(), 2u);
  const auto contents = Contents(zone);
  EXPECT_EQ(contents.size(), 5u);
  EXPECT_EQ(contents.back(), "www.example.com. 300 A | 192.0.2.9");
}

TEST_F(ZoneImporterTest, ALargeOneIsStagedInChunksAndFlipped) {
  const std::string zone = MakeZone("example.com", kBefore);
  TakeCommitted();
  const auto imported = Import(Merge(zone), Hosts(40));
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_EQ(imported->difference.added, 40u);
  EXPECT_FALSE(imported->outcome.change_id.empty());
  EXPECT_EQ(imported->outcome.zone_id, zone);
  const auto committed = TakeCommitted();
  ASSERT_GT(committed.size(), 5u);
  for (size_t i = 0; i + 1 < committed.size(); ++i) {
    const stored::v1::StageEffect& chunk = committed[i].entry.effects(0).stage();
    EXPECT_EQ(chunk.chunk(), i);
    EXPECT_EQ(chunk.stage(), i == 0 ? 0 : committed[0].position.index);
    EXPECT_EQ(committed[i].entry.header().targets_size(), 4);
    EXPECT_EQ(committed[i].entry.header().principal(), "quartet://admin/test");
  }
  EXPECT_TRUE(committed.back().entry.effects(0).has_flip());
  EXPECT_EQ(Row(zone).revision(), 2u);
  EXPECT_EQ(Row(zone).serial(), 2u);
  EXPECT_EQ(Row(zone).record_sets(), 45u);
  EXPECT_EQ(Contents(zone).size(), 44u);
  EXPECT_FALSE(StageIsOpen());
  ASSERT_FALSE(told_.empty());
  EXPECT_EQ(told_.back().phase(), v1::ImportProgress::PHASE_STAGING);
}

TEST_F(ZoneImporterTest, MergeKeepsAndReplaceRemovesWhatTheFileDoesNotHave) {
  const std::string merged = MakeZone("merged.test", kBefore);
  const std::string replaced = MakeZone("replaced.test", kBefore);
  ASSERT_TRUE(Import(Merge(merged), Hosts(10)).ok());
  const auto imported = Import(Replace(replaced, 1), Hosts(10));
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_EQ(imported->difference.removed, 3u);
  EXPECT_EQ(Contents(merged).size(), 14u);
  EXPECT_EQ(Contents(replaced).size(), 11u);
  EXPECT_EQ(Contents(replaced)[0].substr(0, 24), "replaced.test. 172800 NS");
}

TEST_F(ZoneImporterTest, MakesAZoneWholeOrNotAtAll) {
  for (const int hosts : {1, 50}) {
    const auto imported = Import(NewZoneStart(absl::StrCat("new", hosts, ".test")), Hosts(hosts));
    ASSERT_TRUE(imported.ok()) << imported.status();
    const stored::v1::ZoneRow row = Row(imported->outcome.zone_id);
    EXPECT_EQ(row.revision(), 1u);
    EXPECT_EQ(row.serial(), 1u);
    EXPECT_EQ(row.assignments_size(), 4);
    EXPECT_EQ(row.record_sets(), hosts + kOwnRecordSets);
    EXPECT_EQ(Contents(row.id()).size(), hosts + 1u);
    EXPECT_EQ(row.create_time_us(), clock_.now_us);
  }
  EXPECT_FALSE(Import(NewZoneStart("bad.test"), Hosts(50) + "x CNAME y\nx A 10.0.0.1\n").ok());
  EXPECT_TRUE(view_.ZonesNamed("", *dns::Name::Parse("bad.test"))->empty());
}

TEST_F(ZoneImporterTest, WhatIsSoAlreadyChangesNothing) {
  const std::string zone = MakeZone("example.com", kBefore);
  TakeCommitted();
  for (const auto& start : {Merge(zone), Replace(zone, 1), Force(zone)}) {
    const auto imported = Import(start, kBefore);
    ASSERT_TRUE(imported.ok()) << imported.status();
    EXPECT_TRUE(imported->outcome.change_id.empty());
    EXPECT_EQ(imported->zone_id, zone);
  }
  EXPECT_TRUE(TakeCommitted().empty());
}

TEST_F(ZoneImporterTest, AnEmptyFileReplacesAZoneByNothing) {
  const std::string zone = MakeZone("example.com", kBefore);
  const auto imported = Import(Replace(zone, 1), "; nothing\n");
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_EQ(imported->difference.removed, 3u);
  EXPECT_EQ(Contents(zone).size(), 1u);
}

TEST_F(ZoneImporterTest, FaultsAreToldWithTheirPlacesAndCounted) {
  const std::string zone = MakeZone("example.com", kBefore);
  std::string text = "$TTL 60\nwww CNAME other\nok A 192.0.2.1\n";
  for (int i = 0; i < 1200; ++i) absl::StrAppend(&text, "d", i, " DS 1 8 2 ", std::string(64, 'a'), "\n");
  TakeCommitted();
  const auto imported = Import(Merge(zone), text);
  ASSERT_EQ(imported.status().code(), absl::StatusCode::kFailedPrecondition) << imported.status();
  const auto faults = FaultsOf(imported.status());
  ASSERT_TRUE(faults.has_value());
  EXPECT_EQ(faults->total(), 1201u);
  EXPECT_EQ(faults->faults_size(), 1000);
  EXPECT_EQ(faults->faults(0).rule(), "ds-without-ns");
  EXPECT_EQ(faults->faults(0).line(), 4u);
  EXPECT_EQ(faults->faults(0).file(), "test.zone");
  EXPECT_TRUE(TakeCommitted().empty());
  const auto form = Import(Merge(zone), "$TTL 60\nx A nonsense\nwww CNAME y\n");
  EXPECT_TRUE(absl::IsInvalidArgument(form.status()));
  EXPECT_EQ(FaultsOf(form.status())->total(), 1u);
}

TEST_F(ZoneImporterTest, WhatCantBeStoredIsRefusedWithItsCountsOrLeftOut) {
  const std::string zone = MakeZone("example.com", kBefore);
  std::string text = "$TTL 60\nx A 192.0.2.7\n";
  for (int i = 0; i < 1100; ++i) absl::StrAppend(&text, "h", i, " NSEC h A\n");
  // However it is written.
  absl::StrAppend(&text, "x TYPE48 \\# 8 0100030812345678\nx CNAME y\n");
  v1::ImportStart start = Merge(zone);
  const auto refused = Import(start, text);
  ASSERT_TRUE(absl::IsInvalidArgument(refused.status())) << refused.status();
  const auto faults = FaultsOf(refused.status());
  ASSERT_EQ(faults->total(), 2u);
  EXPECT_EQ(faults->faults(0).type(), "NSEC");
  EXPECT_EQ(faults->faults(0).line(), 3u);
  EXPECT_EQ(faults->faults(0).message().substr(0, 10), "1,100 NSEC");
  EXPECT_EQ(faults->faults(1).type(), "DNSKEY");
  start.set_skip_unsupported(true);
  // What is left is held to the rules.
  EXPECT_EQ(FaultsOf(Import(start, text).status())->faults(0).rule(), "cname-beside-other-types");
  const auto imported = Import(start, text.substr(0, text.rfind("x CNAME")));
  ASSERT_TRUE(imported.ok()) << imported.status();
  ASSERT_EQ(imported->skipped.size(), 2);
  EXPECT_EQ(imported->skipped[0].type(), "NSEC");
  EXPECT_EQ(imported->skipped[0].records(), 1100u);
  EXPECT_EQ(imported->skipped[1].records(), 1u);
  EXPECT_EQ(imported->difference.added, 1u);
}

TEST_F(ZoneImporterTest, TheFilesSoaAndNameserversAreLeftOutWithAWarning) {
  const std::string zone = MakeZone("example.com", kBefore);
  const auto imported =
      Import(Merge(zone), "$TTL 60\n@ SOA a b 7 1 1 1 1\n@ NS old.test.\n@ NS older.test.\nx A 192.0.2.1\n");
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_EQ(imported->total_warnings, 2u);
  EXPECT_EQ(imported->difference.added, 1u);
  EXPECT_EQ(Row(zone).serial(), 2u);
}

// A small difference and a staged one.
TEST_F(ZoneImporterTest, ImportsKeepAZonesSettings) {
  const std::string id = MakeZone("example.com", "");
  admin::v1::UpdateZoneRequest request;
  request.set_hostmaster("admin");
  request.set_serial(100);
  request.set_ns_ttl(600);
  Warnings warnings;
  const ZoneSettings settings = *ReadSettings(request, *ApexOf(Row(id)), warnings);
  ASSERT_TRUE(Commit([&](const PlanContext& context) { return PlanSettings(context, id, settings); }).ok());
  std::string many = "$TTL 60\n@ SOA a. b. 9 9 9 9 9\n@ NS c.\n";
  for (int i = 0; i < 100; ++i) absl::StrAppend(&many, "h", i, " A 192.0.2.1\n");
  for (const std::string& text : {std::string("$TTL 60\nwww A 192.0.2.1\n"), many}) {
    const uint32_t serial = Row(id).serial();
    const auto imported = Import(Merge(id), text);
    ASSERT_TRUE(imported.ok()) << imported.status();
    admin::v1::Zone zone;
    ASSERT_TRUE(ShowSettings(store_, Row(id), zone).ok());
    EXPECT_EQ(zone.soa().hostmaster(), "admin.example.com.");
    EXPECT_EQ(zone.ns_ttl(), 600u);
    EXPECT_EQ(Row(id).serial(), serial + 1);
  }
}

TEST_F(ZoneImporterTest, AChangeMeanwhileAbortsAMergeAndAReplacementOfARevision) {
  for (const bool replace : {false, true}) {
    const std::string zone = MakeZone(replace ? "replace.test" : "merge.test", kBefore);
    // In the middle of its chunks.
    before_proposal_ = [&](size_t before) {
      if (before == 3) {
        ASSERT_TRUE(Upsert(zone, "meanwhile", "192.0.2.7").ok());
      }
    };
    const auto imported = Import(replace ? Replace(zone, 1) : Merge(zone), Hosts(40));
    EXPECT_TRUE(absl::IsAborted(imported.status())) << imported.status();
    before_proposal_ = nullptr;
    EXPECT_FALSE(StageIsOpen());
    EXPECT_EQ(Row(zone).revision(), 2u);
    EXPECT_EQ(Contents(zone).size(), 5u);
    ASSERT_TRUE(Import(replace ? Replace(zone, 2) : Merge(zone), Hosts(40)).ok());
  }
}

TEST_F(ZoneImporterTest, AChangeJustBeforeASmallMergeAbortsItToo) {
  const std::string zone = MakeZone("example.com", kBefore);
  before_proposal_ = [&](size_t) { ASSERT_TRUE(Upsert(zone, "meanwhile", "192.0.2.7").ok()); };
  EXPECT_TRUE(absl::IsAborted(Import(Merge(zone), "$TTL 60\nx A 192.0.2.1\n").status()));
  EXPECT_EQ(Contents(zone).size(), 5u);
}

TEST_F(ZoneImporterTest, AForcedReplacementReplacesWhatWasChangedMeanwhile) {
  const std::string zone = MakeZone("example.com", kBefore);
  before_proposal_ = [&](size_t before) {
    if (before % 3 == 1) {
      ASSERT_TRUE(Upsert(zone, absl::StrCat("m", before), "192.0.2.7").ok());
    }
  };
  ASSERT_TRUE(Import(Force(zone), Hosts(40)).ok());
  EXPECT_EQ(Contents(zone).size(), 41u);
  EXPECT_GT(Row(zone).revision(), 4u);
  EXPECT_EQ(Row(zone).serial(), Row(zone).revision());
}

TEST_F(ZoneImporterTest, AForcedReplacementThatIsSmallIsLookedAtAgainAndThenStaged) {
  const std::string zone = MakeZone("example.com", kBefore);
  const std::string text = absl::StrCat(kBefore, "x A 192.0.2.1\n");
  // Once: the second look fits. The change of www is replaced.
  before_proposal_ = [&](size_t before) {
    if (before == 0) {
      ASSERT_TRUE(Upsert(zone, "www", "192.0.2.7").ok());
    }
  };
  ASSERT_TRUE(Import(Force(zone), text).ok());
  EXPECT_EQ(Contents(zone).size(), 5u);
  EXPECT_EQ(Contents(zone)[3], "www.example.com. 300 A | 192.0.2.1");
  // Always.
  int n = 0;
  before_proposal_ = [&](size_t) {
    ASSERT_TRUE(Upsert(zone, "www", absl::StrCat("192.0.2.", 10 + ++n)).ok());
  };
  ASSERT_TRUE(Import(Force(zone), kBefore).ok());
  EXPECT_EQ(Contents(zone).size(), 4u);
  EXPECT_EQ(Contents(zone)[3], "www.example.com. 300 A | 192.0.2.1");
}

TEST_F(ZoneImporterTest, ADeletionMeanwhileAborts) {
  const std::string zone = MakeZone("example.com", kBefore);
  before_proposal_ = [&](size_t before) {
    if (before != 3) return;
    ASSERT_TRUE(
        Commit([&](const PlanContext& context) { return PlanZoneDeletion(context, zone, true); }).ok());
  };
  EXPECT_TRUE(absl::IsAborted(Import(Force(zone), Hosts(40)).status()));
  EXPECT_FALSE(StageIsOpen());
  before_proposal_ = nullptr;
  EXPECT_TRUE(absl::IsNotFound(Import(Force(zone), Hosts(40)).status()));
}

TEST_F(ZoneImporterTest, RestsOnTheRevisionItWasToldBeforeAnythingElse) {
  const std::string zone = MakeZone("example.com", kBefore);
  EXPECT_TRUE(absl::IsAborted(Import(Replace(zone, 7), Hosts(40)).status()));
  v1::ImportStart merge = Merge(zone);
  merge.set_if_revision(7);
  EXPECT_TRUE(absl::IsAborted(Import(merge, kBefore).status()));
  merge.set_if_revision(1);
  EXPECT_TRUE(Import(merge, kBefore).ok());
}

TEST_F(ZoneImporterTest, AClientThatGoesEndsItsImport) {
  const std::string zone = MakeZone("example.com", kBefore);
  for (const size_t when : {0, 3, 9}) {
    before_proposal_ = [&](size_t before) {
      if (before == when) stream_->Go();
    };
    EXPECT_TRUE(absl::IsAborted(Import(Merge(zone), Hosts(60)).status())) << when;
    EXPECT_FALSE(StageIsOpen());
    EXPECT_EQ(Row(zone).revision(), 1u);
  }
}

TEST_F(ZoneImporterTest, ACrashInTheMiddleLeavesTheOldZoneAndALaterImportWorks) {
  const std::string zone = MakeZone("example.com", kBefore);
  const auto before = Contents(zone);
  before_proposal_ = [&](size_t proposals) {
    // The import's thread is gone with its process: what it proposes afterwards reaches nobody who leads.
    if (proposals == 4) Reopen();
  };
  EXPECT_TRUE(absl::IsAborted(Import(Merge(zone), Hosts(40)).status()));
  before_proposal_ = nullptr;
  EXPECT_FALSE(StageIsOpen());
  EXPECT_EQ(Contents(zone), before);
  ASSERT_TRUE(Import(Merge(zone), Hosts(40)).ok());
  EXPECT_EQ(Contents(zone).size(), before.size() + 40);
}

TEST_F(ZoneImporterTest, ACrashOfANewZonesImportLeavesNoZone) {
  before_proposal_ = [&](size_t proposals) {
    if (proposals == 4) Reopen();
  };
  EXPECT_TRUE(absl::IsAborted(Import(NewZoneStart("new.test"), Hosts(40)).status()));
  before_proposal_ = nullptr;
  EXPECT_TRUE(view_.ZonesNamed("", *dns::Name::Parse("new.test"))->empty());
  EXPECT_TRUE(Import(NewZoneStart("new.test"), Hosts(40)).ok());
}

TEST_F(ZoneImporterTest, ANewZoneWhoseNameserversWereGivenAwayMeanwhileIsNotMade) {
  // All sets of that name but one are taken; the last one goes while the import fills its stage.
  before_proposal_ = [&](size_t proposals) {
    if (proposals != 4) return;
    for (int i = 0; i < 8; ++i) {
      const NewZone zone{*dns::Name::Parse("new.test"), absl::StrCat("account", i), "", {}};
      Commit([&](const PlanContext& context) {
        return PlanNewZone(context, zone, [](const std::string&) { return 0; });
      }).IgnoreError();
    }
  };
  const auto imported = Import(NewZoneStart("new.test"), Hosts(40));
  EXPECT_TRUE(absl::IsAborted(imported.status())) << imported.status();
  EXPECT_FALSE(StageIsOpen());
}

TEST_F(ZoneImporterTest, TheSameRequestIsDoneOnce) {
  const std::string zone = MakeZone("example.com", kBefore);
  for (const int hosts : {1, 40}) {
    v1::ImportStart start = Merge(zone);
    start.set_request_id(absl::StrCat("request-", hosts));
    const auto first = Import(start, Hosts(hosts, hosts));
    ASSERT_TRUE(first.ok()) << first.status();
    const auto again = Import(start, Hosts(hosts, hosts));
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_TRUE(again->outcome.duplicate);
    EXPECT_EQ(again->outcome.change_id, first->outcome.change_id);
    EXPECT_EQ(again->outcome.zone_id, zone);
    EXPECT_TRUE(absl::IsAlreadyExists(Import(start, Hosts(hosts, 500)).status()));
  }
  EXPECT_FALSE(StageIsOpen());
}

TEST_F(ZoneImporterTest, OneImportOfAZoneAtATimeAndAFewOfAll) {
  const std::string zone = MakeZone("example.com", kBefore);
  const std::string other = MakeZone("other.test", kBefore);
  const std::string third = MakeZone("third.test", kBefore);
  bool asked = false;
  before_proposal_ = [&](size_t) {
    if (std::exchange(asked, true)) return;
    ScriptedStream* const mine = stream_;
    const size_t proposals = proposals_;
    EXPECT_TRUE(absl::IsAborted(Import(Merge(zone), kBefore).status()));
    EXPECT_TRUE(Import(Merge(other), "$TTL 60\nx A 192.0.2.1\n").ok());
    stream_ = mine;
    proposals_ = proposals;
  };
  ASSERT_TRUE(Import(Merge(zone), Hosts(40)).ok());
  EXPECT_TRUE(asked);

  ZoneImporter::Options one = SmallOptions();
  one.imports = 1;
  Open(one);
  asked = false;
  before_proposal_ = [&](size_t) {
    if (std::exchange(asked, true)) return;
    ScriptedStream* const mine = stream_;
    EXPECT_TRUE(absl::IsResourceExhausted(Import(Merge(third), kBefore).status()));
    stream_ = mine;
  };
  EXPECT_TRUE(Import(Merge(zone), Hosts(40, 100)).ok());
}

TEST_F(ZoneImporterTest, TextThatIsCutOffIsRefused) {
  const std::string zone = MakeZone("example.com", kBefore);
  auto messages = Messages(Merge(zone), kBefore);
  messages.pop_back();
  ScriptedStream without_end(messages);
  EXPECT_TRUE(absl::IsInvalidArgument(importer_->Import("quartet://admin/test", without_end).status()));
  messages.emplace_back().mutable_end()->set_bytes(1);
  ScriptedStream wrong_end(messages);
  EXPECT_TRUE(absl::IsInvalidArgument(importer_->Import("quartet://admin/test", wrong_end).status()));
}

TEST_F(ZoneImporterTest, ContradictionsInTheStartAreRefused) {
  const std::string zone = MakeZone("example.com", kBefore);
  v1::ImportStart no_mode = Merge(zone);
  no_mode.set_mode(v1::IMPORT_MODE_UNSPECIFIED);
  v1::ImportStart both = Replace(zone, 1);
  both.set_force(true);
  v1::ImportStart forced_merge = Merge(zone);
  forced_merge.set_force(true);
  v1::ImportStart new_with_mode = NewZoneStart("new.test");
  new_with_mode.set_mode(v1::IMPORT_MODE_MERGE);
  for (const auto& start : {no_mode, both, forced_merge, new_with_mode, Replace(zone, 0), v1::ImportStart(),
                            NewZoneStart("*.test"), NewZoneStart("")}) {
    EXPECT_TRUE(absl::IsInvalidArgument(Import(start, kBefore).status())) << start.ShortDebugString();
  }
  EXPECT_TRUE(absl::IsNotFound(Import(Merge("none.test"), kBefore).status()));
}

TEST_F(ZoneImporterTest, ASourceThatCameUpEmptyDoesNotEmptyTheZone) {
  const std::string zone = MakeZone("example.com", kBefore);
  ASSERT_TRUE(Import(Merge(zone), Hosts(50)).ok());
  const size_t before = Contents(zone).size();
  v1::ImportStart start = Replace(zone, 0);
  start.set_force(true);
  const absl::Status refused = Import(start, kBefore).status();
  const auto faults = FaultsOf(refused);
  ASSERT_TRUE(faults.has_value()) << refused;
  EXPECT_EQ(faults->faults(0).rule(), "mass-deletion");
  EXPECT_EQ(Contents(zone).size(), before);
  start.add_allow("mass-deletion");
  EXPECT_TRUE(Import(start, kBefore).ok());
  EXPECT_LT(Contents(zone).size(), before);
}

TEST_F(ZoneImporterTest, AFullSpoolRefusesAndIsFreedWhateverHappens) {
  const std::string zone = MakeZone("example.com", kBefore);
  ZoneImporter::Options options = SmallOptions();
  options.spool.bytes = 600'000;
  Open(options);
  EXPECT_TRUE(absl::IsResourceExhausted(Import(Merge(zone), Hosts(30'000)).status()));
  EXPECT_TRUE(Import(Merge(zone), Hosts(50)).ok());
}

TEST_F(ZoneImporterTest, IsNeverManyChunksAheadOfAConnectedNode) {
  ZoneImporter::Options options = SmallOptions();
  options.stage.patience = std::chrono::hours(1);
  // However slow the machine: none took long.
  options.stage.window = {.least = 2, .most = 8, .queueing = std::chrono::hours(1)};
  Open(options);
  const std::string zone = MakeZone("example.com", kBefore);
  uint64_t acknowledged = sequencer_->head().index;
  // It takes an entry whenever it is looked at.
  connected_ = [&]() -> std::vector<NodePlace> {
    acknowledged = std::min(acknowledged + 1, sequencer_->head().index);
    moved_();
    return {{"quick", sequencer_->head().index}, {"slow", acknowledged}};
  };
  uint64_t most_behind = 0;
  before_proposal_ = [&](size_t) {
    most_behind = std::max(most_behind, sequencer_->head().index - acknowledged);
  };
  ASSERT_TRUE(Import(Merge(zone), Hosts(200)).ok());
  EXPECT_GE(most_behind, options.stage.window.most);
  // The flip does not wait.
  EXPECT_LE(most_behind, options.stage.window.most + 1);
  EXPECT_EQ(Contents(zone).size(), 204u);
}

TEST_F(ZoneImporterTest, DoesNotWaitForANodeThatStandsStill) {
  const std::string zone = MakeZone("example.com", kBefore);
  const uint64_t stuck = sequencer_->head().index;
  connected_ = [&]() -> std::vector<NodePlace> { return {{"stuck", stuck}}; };
  ASSERT_TRUE(Import(Merge(zone), Hosts(200)).ok());
  EXPECT_EQ(Contents(zone).size(), 204u);
}

}  // namespace
}  // namespace quartet::controller
