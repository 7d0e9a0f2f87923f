// 100,000 random batches, and what a model makes of them: the same are taken, the others are refused for the same faults,
// and the zone holds what the model holds.
#include "controller/zones/batch_model.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "controller/zones/faults.h"
#include "controller/zones/zone_fixture.h"
#include "dns/name/name.h"
#include "gtest/gtest.h"
#include "replication/digest/digest.h"
#include "replication/replica/apply.h"
#include "replication/replica/record_changes.h"

namespace quartet::controller {
namespace {

using admin::v1::ChangeRecordSetsRequest;
using admin::v1::RecordSetChange;
using Action = ModelChange::Action;
using Result = ModelZone::Result;

// A sanitizer's build is ten times slower.
#if defined(__SANITIZE_ADDRESS__)
constexpr int kSeeds = 10;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr int kSeeds = 10;
#else
constexpr int kSeeds = 100;
#endif
#else
constexpr int kSeeds = 100;
#endif
constexpr int kBatches = 1000;

constexpr const char* kOwners[] = {"@", "a", "b.a", "c.b.a", "*.a", "d", "e.d", "*", "f", "g", "h", "i"};
constexpr const char* kTypes[] = {"A", "A", "A", "A", "TXT", "TXT", "MX", "CNAME", "DNAME", "NS", "NS", "DS"};

// Values in their normalised form, two of each type.
std::string ValueOf(const std::string& type, uint64_t number) {
  if (type == "A") return absl::StrCat("192.0.2.", number + 1);
  if (type == "TXT") return absl::StrCat("\"text ", number, "\"");
  if (type == "MX") return absl::StrCat(10 + number, " mail.example.com.");
  if (type == "DS") return absl::StrCat(10 + number, " 13 2 ", std::string(64, 'a'));
  if (type == "SOA") return absl::StrCat("a. b. ", number, " 1 1 1 1");
  return absl::StrCat("target-", number, ".test.");
}

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  ModelBatch Next(const ModelZone& zone) {
    ModelBatch batch;
    if (OneIn(6)) batch.only_writer = "w1";
    if (OneIn(10)) batch.if_revision = OneIn(2) ? zone.revision() : zone.revision() + 1 - Below(2) * 2;
    batch.allow_mass_deletion = OneIn(3);
    const uint64_t size = OneIn(10) ? 8 + Below(10) : 1 + Below(3);
    for (uint64_t i = 0; i < size; ++i) batch.changes.push_back(Change(zone));
    if (OneIn(40) && !zone.sets().empty()) DeleteAll(zone, batch);
    return batch;
  }

 private:
  uint64_t Below(uint64_t bound) { return random_.Next() % bound; }
  bool OneIn(uint64_t bound) { return Below(bound) == 0; }

  ModelChange Change(const ModelZone& zone) {
    ModelChange change{static_cast<Action>(Below(3)),
                       kOwners[Below(std::size(kOwners))],
                       OneIn(25) ? "SOA" : kTypes[Below(std::size(kTypes))],
                       {},
                       OneIn(80)};
    // Mostly one that has a chance.
    if (change.action == Action::kDelete && !zone.sets().empty() && !OneIn(5)) {
      const auto there = std::next(zone.sets().begin(), static_cast<long>(Below(zone.sets().size())));
      std::tie(change.owner, change.type) = there->first;
      if (OneIn(2)) change.set = there->second;
      if (OneIn(2)) return change;
    }
    if (change.action == Action::kDelete && OneIn(2) && !change.unread) return change;
    change.set.ttl = OneIn(2) ? 300 : 60;
    for (uint64_t i = OneIn(4) ? 2 : 1; i > 0; --i) change.set.values.insert(ValueOf(change.type, Below(2)));
    if (OneIn(6)) change.set.writer = OneIn(2) ? "w1" : "w2";
    return change;
  }

  static void DeleteAll(const ModelZone& zone, ModelBatch& batch) {
    batch.changes.clear();
    for (const auto& [key, set] : zone.sets()) {
      batch.changes.push_back({Action::kDelete, key.first, key.second, {}});
    }
  }

  SeededRandom random_;
};

ChangeRecordSetsRequest RequestOf(const ModelBatch& batch) {
  ChangeRecordSetsRequest request;
  request.set_only_writer(batch.only_writer);
  request.set_if_revision(batch.if_revision);
  if (batch.allow_mass_deletion) request.add_allow("mass-deletion");
  for (const ModelChange& change : batch.changes) {
    RecordSetChange& out = *request.add_changes();
    out.set_action(static_cast<RecordSetChange::Action>(static_cast<int>(change.action) + 1));
    admin::v1::RecordSet& set = *out.mutable_record_set();
    set.set_owner(change.owner);
    set.set_type(change.type);
    set.set_ttl(change.set.ttl);
    set.set_writer(change.set.writer);
    for (const std::string& value : change.set.values) set.add_values(value);
    if (change.unread) set.add_values("(");
  }
  return request;
}

// Owners as the model has them.
ModelFaults FaultsIn(const absl::Status& status) {
  ModelFaults out;
  const auto faults = FaultsOf(status);
  if (!faults.has_value()) return out;
  for (const admin::v1::Fault& fault : faults->faults()) {
    absl::string_view owner = fault.owner();
    if (owner == "example.com.") owner = "@";
    absl::ConsumeSuffix(&owner, ".example.com.");
    out.emplace(fault.rule(), std::string(owner), fault.type());
  }
  return out;
}

std::string Text(const ModelFaults& faults) {
  std::vector<std::string> lines;
  for (const auto& [rule, owner, type] : faults) lines.push_back(absl::StrCat(rule, " ", owner, " ", type));
  return absl::StrJoin(lines, "; ");
}

class BatchModelTest : public ZoneTest, public ::testing::WithParamInterface<int> {
 protected:
  void ExpectTheModelsZone(const ModelZone& model) {
    std::map<std::string, std::set<std::string>> expected;
    for (const auto& [key, set] : model.sets()) expected[key.first + " " + key.second] = set.values;
    std::map<std::string, std::set<std::string>> found;
    for (const auto& [key, values] : Contents(id_)) {
      found[key] = std::set<std::string>(values.begin(), values.end());
    }
    EXPECT_EQ(found, expected);
  }

  // Whether the digests in the row are those of what is stored.
  void ExpectItsDigest() {
    replication::Hasher hasher(replication::ReadDigestKey(store_)->key);
    const auto totals = replication::RehashRecords(store_, {id_, *view_.ZoneGeneration(id_)}, hasher);
    ASSERT_TRUE(totals.ok()) << totals.status();
    EXPECT_EQ(Row(id_).served_digest(), totals->served.ToBytes());
    EXPECT_EQ(Row(id_).control_digest(), totals->control.ToBytes());
  }

  const std::string id_ = NewZoneOf("example.com.");
};

TEST_P(BatchModelTest, TheZoneIsWhatTheModelSays) {
  Generator generator(static_cast<uint64_t>(GetParam()));
  ModelZone model;
  std::set<std::string> rules;
  int made = 0;
  for (int number = 0; number < kBatches; ++number) {
    const ModelBatch batch = generator.Next(model);
    const ChangeRecordSetsRequest request = RequestOf(batch);
    ModelFaults expected;
    const Result result = model.Apply(batch, expected);
    const absl::Status status = Change(id_, request).status();
    ASSERT_EQ(status.ok(), result == Result::kMade) << status << "\n"
                                                    << Text(expected) << request.DebugString();
    ASSERT_EQ(absl::IsAborted(status), result == Result::kStale) << status;
    ASSERT_EQ(Text(FaultsIn(status)), Text(expected)) << number << request.DebugString();
    for (const auto& fault : expected) rules.insert(std::get<0>(fault));
    const stored::v1::ZoneRow row = Row(id_);
    ASSERT_EQ(row.revision(), model.revision());
    ASSERT_EQ(row.serial(), model.revision());
    ASSERT_EQ(row.record_sets(), model.sets().size() + 2);
    made += result == Result::kMade ? 1 : 0;
    if (number % 20 == 0) ExpectTheModelsZone(model);
    if (HasFailure()) FAIL() << "batch " << number << request.DebugString();
  }
  ExpectTheModelsZone(model);
  ExpectItsDigest();
  EXPECT_GT(made, kBatches / 5);
  EXPECT_LT(made, kBatches * 4 / 5);
  const std::set<std::string> all = {
      "bad-value",         "named-twice",     "apex-soa",          "soa-below-apex",
      "apex-ns",           "cname-at-apex",   "ds-at-apex",        "ns-at-wildcard",
      "dname-at-wildcard", "many-cnames",     "many-dnames",       "exists",
      "not-found",         "differs",         "other-writer",      "cname-beside-other-types",
      "ds-without-ns",     "dname-beside-ns", "names-below-dname", "mass-deletion"};
  EXPECT_EQ(rules, all);
}

INSTANTIATE_TEST_SUITE_P(Seeds, BatchModelTest, ::testing::Range(1, kSeeds + 1));

}  // namespace
}  // namespace quartet::controller
