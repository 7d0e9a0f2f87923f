// Plans with a cache, with one that is far too small, and without one make the same entries; and zones that were changed at
// random keep the rules.
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/roster/roster_plans.h"
#include "controller/sequencer/plan_fixture.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_plans.h"
#include "replication/log/embedded_log.h"
#include "replication/record/record_key.h"

namespace quartet::controller {
namespace {

using admin::v1::RecordSetChange;
using dns::Type;
using replication::FullView;

constexpr int kZones = 4;
constexpr int kSteps = 600;

dns::Name N(absl::string_view text) { return *dns::Name::Parse(text); }

// A controller's sequencer with a store of its own. Two that are told the same do the same.
class Side {
 public:
  explicit Side(size_t cache_bytes) {
    log_ = std::move(replication::OpenEmbeddedLog(store_, replication::MakeEpoch(1'700'000'000, 7))).value();
    sequencer_ = std::move(Sequencer::Open(*log_, store_, clock_, random_,
                                           {.controller = "c-1", .cache_bytes = cache_bytes}))
                     .value();
  }

  void Add(PlanFn plan, const std::string& request_id = "") {
    Proposal proposal;
    proposal.principal = "quartet://admin/test";
    proposal.request_id = request_id;
    proposal.plan = std::move(plan);
    sequencer_->Add(proposal, nullptr);
    clock_.now_us += 250'000'000;
  }

  // What came of those added, as text.
  std::vector<std::string> Flush() {
    std::vector<std::string> results;
    for (const Sequencer::Settled& settled : sequencer_->Flush().settled) {
      const absl::StatusOr<Outcome>& result = settled.result;
      results.push_back(result.ok() ? absl::StrCat(ToString(result->position), " ", result->change_id, " ",
                                                   result->zone_id, result->duplicate ? " again" : "")
                                    : result.status().ToString());
    }
    return results;
  }

  // All keys with their values.
  std::map<std::string, std::string> Contents() const {
    std::map<std::string, std::string> contents;
    for (auto it = store_.Scan("", ""); it->Valid(); it->Next())
      contents.emplace(std::string(it->key()), std::string(it->value()));
    return contents;
  }

  const store::Store& store() const { return store_; }

 private:
  ManualClock clock_;
  SeededRandom random_;
  store::MemoryStore store_;
  std::unique_ptr<replication::Log> log_;
  std::unique_ptr<Sequencer> sequencer_;
};

void MakeNameservers(Side& side) {
  for (int i = 0; i < 4; ++i) {
    const std::string stripe(1, static_cast<char>('a' + i));
    const std::string address{10, 0, static_cast<char>(i), 1};
    side.Add([=](const PlanContext& context) {
      return PlanStripeDomain(context, stripe, N(absl::StrCat("ns-", stripe, ".test.")));
    });
    side.Add([=](const PlanContext& context) {
      return PlanNameserver(context, {"ns-" + stripe, stripe, 0, "region-" + stripe, {address}});
    });
    side.Flush();
  }
}

std::string ZoneName(int number) { return absl::StrCat("z", number, ".test."); }

PlanFn MakeZone(int number) {
  return [zone = NewZone{N(ZoneName(number)), "", "", {}}](const PlanContext& context) {
    return PlanNewZone(context, zone, [](const std::string&) { return 0; });
  };
}

std::vector<std::string> ValuesOf(const std::string& type, uint64_t number) {
  if (type == "A") return {absl::StrCat("192.0.2.", number % 256)};
  if (type == "TXT") return {absl::StrCat("\"", number, "\"")};
  if (type == "DS") return {"1 13 2 " + std::string(64, 'a')};
  return {absl::StrCat("target-", number, ".example.")};
}

// A batch of up to three edits that may or may not be allowed.
std::vector<RecordSetEdit> AnyEdits(SeededRandom& random, const dns::Name& apex) {
  constexpr const char* kOwners[] = {"a", "b", "x.a", "y.x.a", "*.b"};
  constexpr const char* kTypes[] = {"A", "A", "A", "TXT", "CNAME", "DNAME", "NS", "DS"};
  google::protobuf::RepeatedPtrField<RecordSetChange> changes;
  for (uint64_t i = random.Next() % 3; i < 3; ++i) {
    RecordSetChange& change = *changes.Add();
    const std::string type = kTypes[random.Next() % 8];
    change.set_action(static_cast<RecordSetChange::Action>(random.Next() % 3 + 1));
    change.mutable_record_set()->set_owner(kOwners[random.Next() % 5]);
    change.mutable_record_set()->set_type(type);
    change.mutable_record_set()->set_ttl(300);
    if (change.action() == RecordSetChange::ACTION_DELETE) continue;
    for (const std::string& value : ValuesOf(type, random.Next() % 1000))
      change.mutable_record_set()->add_values(value);
  }
  FaultList faults;
  return ReadChanges(changes, apex, faults);
}

void ExpectRulesKept(const FullView& view, const std::string& zone_id, const dns::Name& apex) {
  std::map<std::string, std::set<Type>> types;
  const auto visit = [&](const FullView::Record& record) {
    const auto parts = replication::SplitRecordKey(record.key);
    types[std::string(parts->owner_key)].insert(parts->type);
    return true;
  };
  ASSERT_TRUE(view.VisitRecords(zone_id, *view.ZoneGeneration(zone_id), "", "", visit).ok());
  for (const auto& [owner, here] : types) {
    EXPECT_TRUE(!here.contains(Type::kCname) || here.size() == 1) << owner << " in " << apex.ToString();
    EXPECT_TRUE(!here.contains(Type::kDs) || here.contains(Type::kNs)) << owner << " in " << apex.ToString();
    if (!here.contains(Type::kDname)) continue;
    const auto next = types.upper_bound(owner);
    EXPECT_TRUE(next == types.end() || next->first.compare(0, owner.size(), owner) != 0)
        << next->first << " in " << apex.ToString();
  }
}

TEST(PlanCacheTest, MakesTheEntriesThatPlansWithoutItMake) {
  Side with(64 << 20);
  Side small(4 << 10);
  Side without(0);
  const std::vector<Side*> sides = {&with, &small, &without};
  for (Side* side : sides) {
    MakeNameservers(*side);
    for (int i = 0; i < kZones; ++i) side->Add(MakeZone(i));
    ASSERT_EQ(side->Flush().size(), size_t{kZones});
  }
  std::vector<std::string> zones;
  zones.reserve(kZones);
  for (int i = 0; i < kZones; ++i)
    zones.push_back(FullView(with.store()).ZonesNamed("", N(ZoneName(i)))->front());

  SeededRandom random(99);
  int refused = 0;
  for (int step = 0; step < kSteps; ++step) {
    const uint64_t number = random.Next() % kZones;
    const std::vector<RecordSetEdit> edits = AnyEdits(random, N(ZoneName(static_cast<int>(number))));
    const std::string request = random.Next() % 4 == 0 ? absl::StrCat("r", random.Next() % 30) : "";
    const bool flush = random.Next() % 3 == 0;
    std::vector<std::vector<std::string>> results;
    for (Side* side : sides) {
      side->Add([zone = zones[number],
                 edits](const PlanContext& context) { return PlanChanges(context, zone, edits); },
                request);
      if (flush) results.push_back(side->Flush());
    }
    if (!flush) continue;
    ASSERT_EQ(results[0], results[2]) << "step " << step;
    ASSERT_EQ(results[1], results[2]) << "step " << step;
    for (const std::string& result : results[0])
      refused += result.find("FAILED_PRECONDITION") != std::string::npos;
  }
  for (Side* side : sides) side->Flush();
  EXPECT_EQ(with.Contents(), without.Contents());
  EXPECT_EQ(small.Contents(), without.Contents());
  EXPECT_GT(refused, kSteps / 20);
  EXPECT_LT(refused, kSteps * 19 / 20);
  for (int i = 0; i < kZones; ++i) ExpectRulesKept(FullView(with.store()), zones[i], N(ZoneName(i)));
}

}  // namespace
}  // namespace quartet::controller
