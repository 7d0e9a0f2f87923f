#include "controller/history/past_records.h"

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/history/past_merge.h"
#include "controller/imports/import_fixture.h"
#include "controller/zones/record_set_request.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_plans.h"
#include "gtest/gtest.h"
#include "replication/record/record_key.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"

namespace quartet::controller {
namespace {

namespace layout = replication::layout;
namespace v1 = admin::v1;
using Sets = std::map<std::string, std::string>;

class PastRecordsTest : public ImportTest {
 protected:
  // All record sets of the zone as they are, read without its history.
  Sets Live(const std::string& zone_id) {
    Sets contents;
    const absl::Status status = view_.VisitRecords(
        zone_id, *view_.ZoneGeneration(zone_id), "", "", [&](const replication::FullView::Record& record) {
          contents[record.key] = record.served + "/" + record.control;
          return true;
        });
    EXPECT_TRUE(status.ok()) << status;
    return contents;
  }

  absl::StatusOr<Sets> At(const std::string& zone_id, uint64_t revision, size_t window_bytes) {
    absl::StatusOr<ZonePast> past = ZonePast::Of(store_, Row(zone_id));
    if (!past.ok()) return past.status();
    absl::StatusOr<std::unique_ptr<PastRecords>> records = PastRecords::At(*past, revision, window_bytes);
    if (!records.ok()) return records.status();
    Sets contents;
    std::string last;
    absl::StatusOr<bool> more = (*records)->Next();
    for (; more.ok() && *more; more = (*records)->Next()) {
      const std::string key((*records)->key());
      EXPECT_TRUE(contents.empty() || last < key) << "keys don't ascend";
      last = key;
      contents[key] = absl::StrCat((*records)->served(), "/", (*records)->control());
    }
    if (!more.ok()) return more.status();
    return contents;
  }

  absl::StatusOr<Outcome> Change(const std::string& zone_id) {
    const dns::Name apex = *ApexOf(Row(zone_id));
    std::vector<RecordSetEdit> edits;
    std::map<uint64_t, bool> used;
    for (uint64_t i = random_.Next() % 4 + 1; i > 0; --i) {
      const uint64_t name = random_.Next() % 12;
      if (!used.try_emplace(name, true).second) continue;
      const dns::Name owner = *apex.Prepend(absl::StrCat("n", name));
      RecordSetEdit edit{RecordSetEdit::Action::kUpsert, owner, dns::Type::kTxt, std::nullopt, ""};
      const std::string key = replication::RecordKey(owner, apex, dns::Type::kTxt);
      if (random_.Next() % 3 == 0 && Live(zone_id).count(key) != 0) {
        edit.action = RecordSetEdit::Action::kDelete;
      } else {
        const auto data =
            dns::RecordData::Parse(dns::Type::kTxt, absl::StrCat("t", random_.Next() % 5), dns::Name());
        edit.record_set = *dns::RecordSet::Create(owner, 60, {*data});
      }
      edits.push_back(std::move(edit));
    }
    BatchConditions conditions;
    conditions.allowed.mass_deletion = true;
    return Commit(
        [&](const PlanContext& context) { return PlanChanges(context, zone_id, edits, conditions); });
  }

  absl::StatusOr<Imported> ImportMany(const std::string& zone_id) {
    std::string text;
    for (uint64_t i = random_.Next() % 8 + 1; i > 0; --i)
      absl::StrAppend(&text, "n", i, " 60 IN TXT i", random_.Next() % 5, "\n");
    v1::ImportStart start = Force(zone_id);
    start.add_allow("mass-deletion");
    return Import(start, text);
  }

  absl::StatusOr<Outcome> Cut(const std::string& zone_id, uint64_t revision) {
    return Commit([&](const PlanContext&) -> absl::StatusOr<Plan> {
      Plan plan;
      stored::v1::HistoryCutEffect& cut = *plan.entry.add_effects()->mutable_history_cut();
      cut.set_zone_id(zone_id);
      cut.set_revision(revision);
      return plan;
    });
  }
};

// What history counts is what lies in the store.
uint64_t StoredHistoryBytes(const store::Reader& reader, const std::string& zone_id, uint64_t live) {
  uint64_t bytes = 0;
  const auto add = [&](const std::string& begin, bool with_key_tail_only, uint64_t skip_generation) {
    for (auto it = reader.Scan(begin, store::PrefixEnd(begin)); it->Valid(); it->Next()) {
      if (with_key_tail_only) {
        const uint64_t generation = layout::ReadBigEndian64(it->key().substr(1 + layout::kZoneIdBytes, 8));
        if (generation == skip_generation) continue;
      }
      bytes += it->value().size() + it->key().size() - (with_key_tail_only ? layout::kGenerationBytes : 0);
    }
  };
  add(layout::AllHistory(zone_id), false, 0);
  add(layout::AllRecords(zone_id), true, live);
  // A key counts once for both its parts.
  for (auto it = reader.Scan(layout::AllControls(zone_id), store::PrefixEnd(layout::AllControls(zone_id)));
       it->Valid(); it->Next()) {
    if (layout::ReadBigEndian64(it->key().substr(1 + layout::kZoneIdBytes, 8)) != live)
      bytes += it->value().size();
  }
  return bytes;
}

// The model: after every step the zone as of each revision that is kept is what a plain map remembered.
TEST_F(PastRecordsTest, AnyRevisionIsWhatItWas) {
  const std::string zone = MakeZone("example.com.", "n1 60 IN TXT a\nn2 60 IN TXT b\n");
  std::map<uint64_t, Sets> model;
  model[1] = Live(zone);
  uint64_t oldest = 1;
  size_t flips = 0;
  for (int step = 0; step < 120; ++step) {
    const uint64_t dice = random_.Next() % 10;
    if (dice == 0) {
      const auto imported = ImportMany(zone);
      ASSERT_TRUE(imported.ok()) << imported.status();
      flips += imported->difference.staged ? 1 : 0;
    } else if (dice == 1 && Row(zone).revision() > oldest) {
      oldest += random_.Next() % ((Row(zone).revision() - oldest + 1) / 2) + 1;
      const auto cut = Cut(zone, oldest);
      ASSERT_TRUE(cut.ok()) << cut.status();
      model.erase(model.begin(), model.lower_bound(oldest));
    } else {
      const auto changed = Change(zone);
      ASSERT_TRUE(changed.ok()) << changed.status();
    }
    model[Row(zone).revision()] = Live(zone);
    for (const auto& [revision, contents] : model) {
      for (const size_t window : {size_t{1}, size_t{700}, PastRecords::kWindowBytes}) {
        const auto then = At(zone, revision, window);
        ASSERT_TRUE(then.ok()) << then.status() << " at " << revision << " in step " << step;
        ASSERT_EQ(*then, contents) << "revision " << revision << ", step " << step << ", window " << window;
      }
    }
    if (oldest > 1) {
      EXPECT_EQ(At(zone, oldest - 1, 1000).status().code(), absl::StatusCode::kOutOfRange);
    }
    stored::v1::ZoneLocalRow local;
    ASSERT_TRUE(local.ParseFromString(**store_.Get(layout::ZoneLocal(zone))));
    ASSERT_EQ(local.history_bytes(), StoredHistoryBytes(store_, zone, local.generation())) << step;
  }
  EXPECT_GT(flips, 2u);
  EXPECT_GT(Row(zone).revision(), 80u);
}

TEST_F(PastRecordsTest, DamageIsFound) {
  const std::string zone = MakeZone("example.com.", "n1 60 IN TXT a\nn2 60 IN TXT b\n");
  ASSERT_TRUE(Upsert(zone, "n3", "192.0.2.1").ok());
  ASSERT_TRUE(Upsert(zone, "n3", "192.0.2.2").ok());
  ASSERT_TRUE(At(zone, 2, 1000).ok());
  stored::v1::HistoryRow row;
  ASSERT_TRUE(row.ParseFromString(**store_.Get(layout::History(zone, 3))));
  row.mutable_records(0)->set_control("another");
  store::Batch batch;
  batch.Put(layout::History(zone, 3), row.SerializeAsString());
  ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kYes).ok());
  EXPECT_EQ(At(zone, 2, 1000).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(At(zone, 3, 1000).ok());
}

TEST_F(PastRecordsTest, RevisionsAreFoundByTime) {
  const int64_t made = clock_.now_us;
  const std::string zone = MakeZone("example.com.", "");
  std::vector<int64_t> times = {0, made};
  for (int i = 0; i < 9; ++i) {
    clock_.now_us += int64_t{1'000'000} * (i + 1);
    ASSERT_TRUE(Upsert(zone, "www", absl::StrCat("192.0.2.", i)).ok());
    times.push_back(clock_.now_us);
  }
  const ZonePast past = *ZonePast::Of(store_, Row(zone));
  for (uint64_t revision = 1; revision < times.size(); ++revision) {
    stored::v1::HistoryRow row = *past.Revision(revision);
    EXPECT_EQ(*past.RevisionAt(row.time_us()), revision);
    EXPECT_EQ(*past.RevisionAt(row.time_us() + 999'000), revision);
  }
  EXPECT_EQ(past.RevisionAt(made - 1).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_NE(past.RevisionAt(made - 1).status().message().find("was made at"), std::string::npos);
  ASSERT_TRUE(Cut(zone, 4).ok());
  const ZonePast cut = *ZonePast::Of(store_, Row(zone));
  EXPECT_EQ(cut.oldest(), 4u);
  EXPECT_EQ(*cut.RevisionAt(times[4]), 4u);
  EXPECT_EQ(cut.RevisionAt(times[4] - 1).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_NE(cut.RevisionAt(times[4] - 1).status().message().find("reaches back to revision 4"),
            std::string::npos);
}

TEST_F(PastRecordsTest, AMergeShowsBothSides) {
  const std::string zone = MakeZone("example.com.", "a 60 IN A 192.0.2.1\nb 60 IN A 192.0.2.2\n");
  ASSERT_TRUE(Upsert(zone, "c", "192.0.2.3").ok());
  ASSERT_TRUE(Upsert(zone, "b", "192.0.2.4").ok());
  const ZonePast past = *ZonePast::Of(store_, Row(zone));
  PastMerge merge(*PastRecords::At(past, 1), *PastRecords::At(past, 3));
  std::string shown;
  absl::StatusOr<bool> more = merge.Next();
  for (; more.ok() && *more; more = merge.Next()) {
    const bool same = merge.before() == merge.after();
    absl::StrAppend(&shown, merge.before().has_value() ? "b" : "-", merge.after().has_value() ? "a" : "-",
                    same ? "= " : " ");
  }
  ASSERT_TRUE(more.ok()) << more.status();
  // NS, SOA, a, b, c.
  EXPECT_EQ(shown, "ba= ba ba= ba -a ");
}

}  // namespace
}  // namespace quartet::controller
