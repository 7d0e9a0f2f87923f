#include "controller/verify/record_set_comparison.h"

#include <gtest/gtest.h>

#include <map>

#include "replication/replica/layout.h"
#include "replication/store/memory_store.h"

namespace quartet::controller {
namespace {

using Kind = RecordSetComparison::Difference::Kind;

const std::string kKey = "0123456789abcdef";
const std::string kZone = "Z0123456789ABC";

class RecordSetComparisonTest : public testing::Test {
 protected:
  RecordSetComparisonTest() {
    zone_.zone_id = kZone;
    zone_.generation = 3;
    zone_.digest_key = kKey;
    zone_.parts.push_back({"record sets", replication::layout::Generation(kZone, 3), {}});
    store::Batch batch;
    for (const char* key : {"a", "c", "e"}) batch.Put(replication::layout::Record(kZone, 3, key), "value");
    // Of others.
    batch.Put(replication::layout::Record(kZone, 2, "b"), "value");
    batch.Put(replication::layout::Record(kZone, 4, "b"), "value");
    EXPECT_TRUE(store_.Write(batch, store::Store::Sync::kYes).ok());
    zone_.record_sets = 3;
  }

  replication::v1::RecordReport Record(const std::string& key, const std::string& value) {
    replication::v1::RecordReport record;
    record.set_key(key);
    record.set_served(value);
    record.set_digest(hasher_.Hash(key, value).ToBytes());
    return record;
  }

  // What a node with these record sets differs in: "-c" it has not, "+b" it has too much, "!a" it has otherwise.
  std::vector<std::string> Compare(const std::map<std::string, std::string>& node) {
    RecordSetComparison comparison(store_, zone_, options_);
    for (const auto& [key, value] : node) EXPECT_TRUE(comparison.Take(Record(key, value)).ok());
    EXPECT_TRUE(comparison.Finish().ok());
    EXPECT_EQ(comparison.record_sets(), node.size());
    total_ = comparison.total();
    std::vector<std::string> found;
    for (const auto& one : comparison.differences()) {
      found.push_back((one.kind == Kind::kMissing ? "-" : one.kind == Kind::kExtra ? "+" : "!") + one.key);
    }
    return found;
  }

  store::MemoryStore store_;
  replication::Hasher hasher_{kKey};
  replication::ZoneOnDisk zone_;
  RecordSetComparison::Options options_;
  uint64_t total_ = 0;
};

using Found = std::vector<std::string>;

TEST_F(RecordSetComparisonTest, EqualRecordSetsAreNoDifference) {
  EXPECT_EQ(Compare({{"a", "value"}, {"c", "value"}, {"e", "value"}}), Found());
}

TEST_F(RecordSetComparisonTest, EveryKindOfDifferenceIsFoundInItsPlace) {
  EXPECT_EQ(Compare({{"a", "other"}, {"b", "value"}, {"e", "value"}, {"f", "value"}}),
            (Found{"!a", "+b", "-c", "+f"}));
  EXPECT_EQ(Compare({}), (Found{"-a", "-c", "-e"}));
}

TEST_F(RecordSetComparisonTest, SoManyAreKeptAndAllAreCounted) {
  options_.kept = 2;
  EXPECT_EQ(Compare({{"x", "value"}}), (Found{"-a", "-c"}));
  EXPECT_EQ(total_, 4u);
}

TEST_F(RecordSetComparisonTest, ItAddsUpWhatTheNodeTells) {
  RecordSetComparison comparison(store_, zone_, options_);
  ASSERT_TRUE(comparison.Take(Record("a", "x")).ok());
  ASSERT_TRUE(comparison.Take(Record("b", "y")).ok());
  replication::Digest sum = hasher_.Hash("a", "x");
  sum += hasher_.Hash("b", "y");
  EXPECT_EQ(comparison.digest(), sum);
}

TEST_F(RecordSetComparisonTest, ANodeThatTellsWithoutEndIsEnded) {
  RecordSetComparison comparison(store_, zone_, options_);
  absl::Status status;
  int told = 0;
  for (; status.ok() && told < 100'000; ++told)
    status = comparison.Take(Record(std::string(1, '\xff'), "value"));
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_LT(told, 11'000);
}

TEST_F(RecordSetComparisonTest, ContentsMustBeWhatTheirDigestsSayAndAreBounded) {
  options_.content_bytes = 20;
  RecordSetComparison comparison(store_, zone_, options_);
  replication::v1::RecordReport lie = Record("a", "value");
  lie.set_served("another");
  EXPECT_EQ(comparison.Take(lie).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(comparison.Take(Record("b", "0123456789")).ok());
  EXPECT_EQ(comparison.differences().back().served, "0123456789");
  EXPECT_EQ(comparison.Take(Record("d", "0123456789")).code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace quartet::controller
