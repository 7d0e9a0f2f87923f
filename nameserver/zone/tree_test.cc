#include "nameserver/zone/tree.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "dns/rdata/record_data.h"
#include "dns/record_set/record_set.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"

namespace quartet::nameserver {
namespace {

const dns::Name& Apex() {
  static const auto& apex = *new dns::Name(*dns::Name::Parse("zone.test."));
  return apex;
}

// Record key -> served value: what a tree should hold.
using Model = std::map<std::string, std::string>;

void Put(Model* model, const dns::Name& owner, dns::Type type, const std::vector<std::string>& data) {
  std::vector<dns::RecordData> records;
  records.reserve(data.size());
  for (const std::string& text : data) records.push_back(*dns::RecordData::Parse(type, text, Apex()));
  const auto set = dns::RecordSet::Create(owner, 300, records);
  (*model)[replication::RecordKey(owner, Apex(), type)] = replication::EncodeServed(*set, Apex());
}

dns::Name At(const std::string& text) { return *dns::Name::Parse(text, Apex()); }

Model Minimal() {
  Model model;
  Put(&model, Apex(), dns::Type::kSoa, {"ns1 admin 1 7200 900 1209600 300"});
  return model;
}

absl::StatusOr<const ZoneTree*> Build(const Model& model) {
  ZoneBuilder builder(Apex());
  for (const auto& [key, value] : model) {
    if (absl::Status status = builder.Add(key, value); !status.ok()) return status;
  }
  return builder.Finish();
}

void Free(const ZoneTree* tree) {
  BlockList blocks;
  CollectTree(tree, &blocks);
  FreeNow(blocks);
}

LookupKey KeyOf(const dns::Name& name) {
  LookupName lookup;
  EXPECT_EQ(lookup.Read(name.wire()), name.wire().size());
  LookupKey key;
  key.Assign(lookup, Apex().label_count());
  return key;
}

// What the tree should say of a name, by looking at every record set.
struct Expected {
  std::vector<uint16_t> types;
  bool exists = false;
  size_t encloser = 0;
};

Expected Look(const Model& model, const dns::Name& name) {
  Expected expected;
  const std::string own = dns::CanonicalKey(name, Apex());
  const LookupKey key = KeyOf(name);
  for (const auto& [record_key, value] : model) {
    const auto parts = *replication::SplitRecordKey(record_key);
    const std::string owner(parts.owner_key);
    if (owner == own) expected.types.push_back(static_cast<uint16_t>(parts.type));
    for (size_t labels = 0; labels <= key.labels; ++labels) {
      if (owner.compare(0, key.end[labels], own, 0, key.end[labels]) != 0) break;
      expected.encloser = std::max(expected.encloser, labels);
    }
  }
  expected.exists = expected.encloser == key.labels;
  return expected;
}

void ExpectLikeModel(const ZoneTree& tree, const Model& model, const dns::Name& name) {
  const Expected expected = Look(model, name);
  const LookupKey key = KeyOf(name);
  const ZoneTree::Search found = tree.Find(key);
  ASSERT_EQ(found.name.valid(), !expected.types.empty()) << name.ToString();
  EXPECT_EQ(found.exists, expected.exists) << name.ToString();
  EXPECT_EQ(found.encloser, expected.encloser) << name.ToString();
  EXPECT_EQ(tree.FindAncestor(key, key.labels), found.name);
  if (!found.name.valid()) return;
  ASSERT_EQ(found.name.set_count(), expected.types.size());
  const uint8_t* set = found.name.sets();
  for (const uint16_t type : expected.types) {
    EXPECT_EQ(RecordSetView(set).type(), type);
    EXPECT_EQ(found.name.FindSet(type), set);
    set = NameView::NextSet(set);
  }
}

// Same pages as a tree built at once would not have, but the same totals.
void ExpectTotals(const ZoneTree& tree, const Model& model) {
  uint64_t names = 0;
  uint32_t cuts = 0;
  uint32_t dnames = 0;
  std::string last = "none";
  for (const auto& [record_key, value] : model) {
    const auto parts = *replication::SplitRecordKey(record_key);
    if (parts.owner_key != last) ++names;
    last = std::string(parts.owner_key);
    if (parts.type == dns::Type::kNs && !last.empty()) ++cuts;
    if (parts.type == dns::Type::kDname) ++dnames;
  }
  EXPECT_EQ(tree.names, names);
  EXPECT_EQ(tree.cuts, cuts);
  EXPECT_EQ(tree.dnames, dnames);
}

dns::Name RandomOwner(std::mt19937* random) {
  static const char* const kLabels[] = {"a", "b", "*", "host", "a-longer-label-of-some-length", "x\\000y"};
  std::string text = kLabels[(*random)() % 6];
  if ((*random)() % 3 == 0) text += std::to_string((*random)() % 200);
  if ((*random)() % 2 == 0) text += std::string(".") + kLabels[(*random)() % 6];
  if ((*random)() % 4 == 0) text += "." + std::to_string((*random)() % 20);
  return At(text);
}

void PutRandom(std::mt19937* random, Model* model, const dns::Name& owner) {
  switch ((*random)() % 6) {
    case 0:
      return Put(model, owner, dns::Type::kNs, {"ns1", "ns2.other.example."});
    case 1:
      return Put(model, owner, dns::Type::kMx, {"10 mail", "20 mail.other.example."});
    case 2:
      // Outside the page.
      return Put(model, owner, dns::Type::kTxt,
                 {std::string(200, 'a'), std::string(250, 'b'), std::string(251, 'c'), std::string(252, 'd'),
                  std::string(253, 'e')});
    case 3:
      return Put(model, owner, dns::Type::kDname, {"elsewhere.example."});
    default:
      return Put(model, owner, dns::Type::kA, {"192.0.2." + std::to_string((*random)() % 256)});
  }
}

TEST(TreeTest, RandomBatchesGiveWhatTheModelHas) {
  std::mt19937 random(4);
  Model model = Minimal();
  const ZoneTree* tree = *Build(model);
  for (int round = 0; round < 150; ++round) {
    // Grows, then shrinks, then grows again.
    const bool shrink = round / 50 == 1;
    Model next = model;
    std::map<std::string, std::optional<std::string>> batch;
    for (size_t count = 1 + random() % 60; count > 0; --count) {
      if (random() % 4 < (shrink ? 3u : 1u)) {
        auto victim = next.lower_bound(replication::RecordKey(RandomOwner(&random), Apex(), dns::Type::kA));
        if (victim == next.end() || victim->first == Minimal().begin()->first) continue;
        batch[victim->first] = std::nullopt;
        next.erase(victim);
      } else {
        Model one;
        PutRandom(&random, &one, RandomOwner(&random));
        batch[one.begin()->first] = one.begin()->second;
        next[one.begin()->first] = one.begin()->second;
      }
    }
    std::vector<RecordUpdate> updates;
    updates.reserve(batch.size());
    for (const auto& [key, value] : batch) {
      updates.push_back({key, value ? std::optional<absl::string_view>(*value) : std::nullopt});
    }
    std::shuffle(updates.begin(), updates.end(), random);
    BlockList retired;
    const auto updated = UpdateTree(*tree, Apex(), updates, &retired);
    ASSERT_TRUE(updated.ok()) << updated.status();
    // The version before still stands as it was.
    for (int i = 0; i < 5; ++i) ExpectLikeModel(*tree, model, RandomOwner(&random));
    FreeNow(retired);
    tree = *updated;
    model = std::move(next);
    ExpectTotals(*tree, model);
    for (int i = 0; i < 30; ++i) ExpectLikeModel(*tree, model, RandomOwner(&random));
  }
  Free(tree);
}

TEST(TreeTest, LargeZoneIsSearchedAndUpdated) {
  Model model = Minimal();
  for (int i = 0; i < 20000; ++i) {
    Put(&model, At("host" + std::to_string(i)), dns::Type::kA, {"192.0.2.1"});
  }
  const ZoneTree* tree = *Build(model);
  EXPECT_GE(tree->root->level, 1);
  EXPECT_EQ(tree->names, 20001u);
  EXPECT_LT(tree->bytes, 20001u * 64);
  for (int i = 0; i < 20000; i += 7) {
    EXPECT_TRUE(tree->Find(KeyOf(At("host" + std::to_string(i)))).name.valid());
    const auto missing = tree->Find(KeyOf(At("x.host" + std::to_string(i))));
    EXPECT_FALSE(missing.exists);
    EXPECT_EQ(missing.encloser, 1);
  }
  // One change leaves all pages but one way from the root in place.
  Model one;
  Put(&one, At("host777"), dns::Type::kA, {"192.0.2.2"});
  const std::vector<RecordUpdate> updates = {{one.begin()->first, absl::string_view(one.begin()->second)}};
  BlockList retired;
  const ZoneTree* next = *UpdateTree(*tree, Apex(), updates, &retired);
  EXPECT_EQ(retired.size(), next->root->level + 2u);
  FreeNow(retired);
  // All hosts go: one page is left.
  std::vector<RecordUpdate> removals;
  for (const auto& [key, value] : model) {
    if (key != Minimal().begin()->first) removals.push_back({key, std::nullopt});
  }
  retired.clear();
  const ZoneTree* empty = *UpdateTree(*next, Apex(), removals, &retired);
  FreeNow(retired);
  EXPECT_EQ(empty->root->level, 0);
  EXPECT_EQ(empty->names, 1u);
  EXPECT_EQ(empty->bytes, empty->root->bytes);
  Free(empty);
}

TEST(TreeTest, LastOfTwoUpdatesOfAKeyCounts) {
  const Model model = Minimal();
  const ZoneTree* tree = *Build(model);
  Model one;
  Put(&one, At("www"), dns::Type::kA, {"192.0.2.2"});
  const absl::string_view key = one.begin()->first;
  const absl::string_view value = one.begin()->second;
  for (const bool removed_last : {true, false}) {
    std::vector<RecordUpdate> updates = {{key, value}, {key, std::nullopt}};
    if (!removed_last) std::swap(updates[0], updates[1]);
    BlockList retired;
    tree = *UpdateTree(*tree, Apex(), updates, &retired);
    FreeNow(retired);
    EXPECT_EQ(tree->Find(KeyOf(At("www"))).name.valid(), !removed_last);
  }
  Free(tree);
}

TEST(TreeTest, RefusedBatchChangesNothing) {
  const Model model = Minimal();
  const ZoneTree* tree = *Build(model);
  Model one;
  Put(&one, At("www"), dns::Type::kTxt,
      {"\"" + std::string(250, 'a') + "\" \"" + std::string(250, 'b') + "\" \"" + std::string(250, 'c') +
       "\" \"" + std::string(250, 'd') + "\" \"" + std::string(250, 'e') + "\""});
  const absl::string_view key = one.begin()->first;
  const absl::string_view value = one.begin()->second;
  BlockList retired;
  const auto update = [&](std::vector<RecordUpdate> updates) {
    return UpdateTree(*tree, Apex(), updates, &retired).status().code();
  };
  EXPECT_EQ(update({{key, value}, {"no key", value}}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(update({{key, value}, {model.begin()->first, value.substr(0, 20)}}),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(update({{key, value}, {model.begin()->first, std::nullopt}}),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(retired.empty());
  EXPECT_FALSE(tree->Find(KeyOf(At("www"))).exists);
  Free(tree);
}

TEST(ZoneBuilderTest, RefusesDisorderDamageAndAMissingSoa) {
  Model model = Minimal();
  Put(&model, At("www"), dns::Type::kA, {"192.0.2.2"});
  EXPECT_EQ(ZoneBuilder(Apex()).Finish().status().code(), absl::StatusCode::kFailedPrecondition);
  ZoneBuilder builder(Apex());
  EXPECT_TRUE(builder.Add(model.rbegin()->first, model.rbegin()->second).ok());
  EXPECT_EQ(builder.Add(model.begin()->first, model.begin()->second).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(builder.Finish().status().code(), absl::StatusCode::kFailedPrecondition);
  // An MX whose exchange ends early.
  std::string damaged("\1\1\0\0\1\54\0\0\1\0\5\0\12\4mai", 16);
  const std::string key = replication::RecordKey(At("www"), Apex(), dns::Type::kMx);
  EXPECT_EQ(ZoneBuilder(Apex()).Add(key, damaged).code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace quartet::nameserver
