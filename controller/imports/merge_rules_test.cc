// Imports by merge and changes by UPSERT find the same faults, and make the same zone.
#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "controller/imports/import_fixture.h"
#include "controller/zones/faults.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_import.h"
#include "controller/zones/zone_plans.h"
#include "dns/name/canonical_key.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

using Fault = std::tuple<std::string, std::string, std::string, uint32_t>;

// Without the name of the zone, which has two labels: each side has a zone of its own.
std::string InZone(const std::string& owner) {
  const std::vector<std::string> labels = absl::StrSplit(absl::AsciiStrToLower(owner), '.');
  // The last one is the root.
  if (labels.size() < 3) return owner;
  return absl::StrJoin(labels.begin(), labels.end() - 3, ".");
}

std::multiset<Fault> FaultsIn(const absl::Status& status) {
  std::multiset<Fault> out;
  const auto faults = FaultsOf(status);
  if (!faults.has_value()) return out;
  for (const auto& fault : faults->faults()) {
    out.emplace(InZone(fault.owner()), fault.type(), fault.rule(), fault.line());
  }
  return out;
}

// Some record set is refused for what it is by itself, whatever else there is.
bool OfOneSet(const absl::Status& status) {
  const std::set<std::string> rules = {"cname-at-apex", "ds-at-apex", "ns-at-wildcard", "dname-at-wildcard"};
  const std::multiset<Fault> faults = FaultsIn(status);
  return std::any_of(faults.begin(), faults.end(),
                     [&](const Fault& fault) { return rules.count(std::get<2>(fault)) != 0; });
}

class MergeRulesTest : public ImportTest {
 protected:
  // As UPSERTs of one batch, in canonical order: the rules look at owners in the order of the batch.
  absl::StatusOr<Outcome> Change(const std::string& zone_id, const std::string& text) {
    FaultList faults;
    google::protobuf::RepeatedPtrField<admin::v1::Fault> warnings;
    const dns::Name apex = *ApexOf(Row(zone_id));
    auto edits = ImportZoneFile(text, "test.zone", apex, faults, warnings);
    EXPECT_TRUE(faults.empty()) << faults.ToStatus();
    for (RecordSetEdit& edit : edits) edit.action = RecordSetEdit::Action::kUpsert;
    std::stable_sort(edits.begin(), edits.end(), [&](const RecordSetEdit& a, const RecordSetEdit& b) {
      return dns::CanonicalKey(a.owner, apex) < dns::CanonicalKey(b.owner, apex);
    });
    absl::StatusOr<Outcome> outcome =
        Commit([&](const PlanContext& context) { return PlanChanges(context, zone_id, edits); });
    if (outcome.ok() || !FaultsOf(outcome.status()).has_value()) return outcome;
    FaultList located;
    const auto faults_of = FaultsOf(outcome.status());
    for (const auto& fault : faults_of->faults()) located.Add(FaultList::Kind::kRule, fault);
    LocateFaults("test.zone", edits, located);
    return located.ToStatus();
  }
};

TEST_F(MergeRulesTest, FindTheSameFaultsAndMakeTheSameZone) {
  const std::vector<std::string> owners = {"@", "a", "b.a", "c.b.a", "*.a", "d", "e.d", "F.e.d", "*", "g"};
  const std::vector<std::string> data = {
      "A 192.0.2.1",   "A 192.0.2.2",   "TXT x",  "NS ns.test.",
      "CNAME t.test.", "DNAME d.test.", "MX 1 m", "DS 1 8 2 " + std::string(64, 'a')};
  int accepted = 0;
  int refused = 0;
  for (unsigned seed = 1; seed <= 150; ++seed) {
    std::mt19937 random(seed);
    const std::string imported = MakeZone(absl::StrCat("i", seed, ".test"), "");
    const std::string changed = MakeZone(absl::StrCat("c", seed, ".test"), "");
    for (int step = 0; step < 8; ++step) {
      std::string text = "$TTL 300\n";
      for (unsigned lines = 1 + random() % (seed % 3 == 0 ? 12 : 4); lines > 0; --lines) {
        absl::StrAppend(&text, owners[random() % owners.size()], " ", data[random() % data.size()], "\n");
      }
      const auto by_import = Import(Merge(imported), text);
      const auto by_change = Change(changed, text);
      const std::multiset<Fault> found = FaultsIn(by_import.status());
      const std::multiset<Fault> expected = FaultsIn(by_change.status());
      // An import says what is wrong with single record sets first; the batch also looks at what else is there.
      const bool same = OfOneSet(by_change.status())
                            ? std::includes(expected.begin(), expected.end(), found.begin(), found.end())
                            : found == expected;
      ASSERT_TRUE(same) << by_import.status() << "\n"
                        << by_change.status() << "\nseed " << seed << "\n"
                        << text << "into\n"
                        << absl::StrJoin(Contents(imported), "\n");
      ASSERT_EQ(by_import.ok(), by_change.ok()) << by_import.status() << " " << by_change.status();
      ++(by_import.ok() ? accepted : refused);
      ASSERT_EQ(Row(imported).record_sets(), Row(changed).record_sets());
      auto one = Contents(imported);
      auto other = Contents(changed);
      ASSERT_EQ(one.size(), other.size());
      // But for the names and nameservers of the two zones themselves.
      for (size_t i = 0; i < one.size(); ++i) {
        const auto relative = [](std::string line, char kind, unsigned number) {
          const std::string apex = absl::StrCat(std::string(1, kind), number, ".test.");
          for (size_t at = line.find(apex); at != std::string::npos; at = line.find(apex))
            line.replace(at, apex.size(), "@");
          return line;
        };
        if (one[i].find(" 172800 NS") != std::string::npos) continue;
        EXPECT_EQ(relative(one[i], 'i', seed), relative(other[i], 'c', seed));
      }
    }
  }
  EXPECT_GT(accepted, 100);
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace quartet::controller
