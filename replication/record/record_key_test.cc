#include "replication/record/record_key.h"

#include <gtest/gtest.h>

#include "replication/base/format_examples.h"

namespace quartet::replication {
namespace {

dns::Name NameOf(absl::string_view text) {
  auto name = dns::Name::Parse(text);
  EXPECT_TRUE(name.ok()) << name.status();
  return *name;
}

std::string Octets(std::initializer_list<int> octets) {
  std::string bytes;
  for (int octet : octets) bytes += static_cast<char>(octet);
  return bytes;
}

void ExpectRefused(const std::string& key) {
  EXPECT_EQ(SplitRecordKey(key).status().code(), absl::StatusCode::kInvalidArgument)
      << ::testing::PrintToString(key);
}

TEST(RecordKey, IsAsTheFormatPageSays) {
  const dns::Name apex = NameOf("example.com.");
  EXPECT_EQ(RecordKey(NameOf("www.example.com."), apex, dns::Type::kA),
            FormatExample("replica.md", "record-key"));
  EXPECT_EQ(RecordKey(NameOf("*.Dev.example.com."), apex, dns::Type::kTxt),
            FormatExample("replica.md", "record-key-wildcard"));
  EXPECT_EQ(RecordKey(NameOf("\\000\\001.example.com."), apex, dns::Type::kNs),
            FormatExample("replica.md", "record-key-escapes"));
}

TEST(RecordKey, SplitsIntoWhatItWasMadeOf) {
  for (const char* page_example : {"record-key", "record-key-wildcard", "record-key-escapes"}) {
    const std::string key = FormatExample("replica.md", page_example);
    const auto parts = SplitRecordKey(key);
    ASSERT_TRUE(parts.ok()) << parts.status();
    EXPECT_EQ(parts->owner_key, key.substr(0, key.size() - 3));
    EXPECT_EQ(parts->set_identifier, "");
  }
  EXPECT_EQ(SplitRecordKey(FormatExample("replica.md", "record-key-wildcard"))->type, dns::Type::kTxt);
}

TEST(RecordKey, ApexHasAnEmptyOwner) {
  const dns::Name apex = NameOf("example.com.");
  const std::string key = RecordKey(apex, apex, dns::Type::kCaa);
  EXPECT_EQ(key, Octets({0, 1, 1}));
  const auto parts = SplitRecordKey(key);
  ASSERT_TRUE(parts.ok());
  EXPECT_EQ(parts->owner_key, "");
  EXPECT_EQ(parts->type, dns::Type::kCaa);
}

TEST(RecordKey, DoesNotDependOnCase) {
  EXPECT_EQ(RecordKey(NameOf("WWW.Example.COM."), NameOf("example.com."), dns::Type::kA),
            RecordKey(NameOf("www.example.com."), NameOf("EXAMPLE.com."), dns::Type::kA));
}

TEST(RecordKey, SortsByCanonicalOrderThenType) {
  const dns::Name apex = NameOf("example.");
  // RFC 4034 §6.1's own example.
  const char* const names[] = {"example.",         "a.example.",      "yljkjljk.a.example.",
                               "Z.a.example.",     "zABC.a.EXAMPLE.", "z.example.",
                               "\\001.z.example.", "*.z.example.",    "\\200.z.example."};
  std::string before;
  for (const char* name : names) {
    for (const dns::Type type : {dns::Type::kA, dns::Type::kTxt, dns::Type::kCaa}) {
      const std::string key = RecordKey(NameOf(name), apex, type);
      EXPECT_LT(before, key) << name;
      before = key;
    }
  }
}

TEST(RecordKey, KeepsASetIdentifier) {
  const std::string key = FormatExample("replica.md", "record-key") + std::string("eu\0west", 7);
  const auto parts = SplitRecordKey(key);
  ASSERT_TRUE(parts.ok());
  EXPECT_EQ(parts->set_identifier, absl::string_view("eu\0west", 7));
}

TEST(RecordKey, DamagedKeysAreRefused) {
  ExpectRefused("");
  ExpectRefused("www");
  ExpectRefused(Octets({'w', 0}));
  ExpectRefused(Octets({'w', 0, 0}));
  ExpectRefused(Octets({'w', 0, 0, 1}));
  ExpectRefused(Octets({'W', 0, 0, 0, 1}));
  ExpectRefused(Octets({1, 3, 0, 0, 0, 1}));
  ExpectRefused(Octets({1, 0, 0, 0, 1}));
  ExpectRefused(Octets({1}));
}

TEST(RecordKey, TooLongLabelsNamesAndIdentifiersAreRefused) {
  const std::string type = Octets({0, 0, 1});
  const std::string label = std::string(63, 'a') + '\0';
  EXPECT_TRUE(SplitRecordKey(label + type).ok());
  ExpectRefused("a" + label + type);
  // Three labels of 63 and one of 61 are 255 octets with the root's.
  EXPECT_TRUE(SplitRecordKey(label + label + label + label.substr(2) + type).ok());
  ExpectRefused(label + label + label + label.substr(1) + type);
  EXPECT_TRUE(SplitRecordKey(type + std::string(255, 'x')).ok());
  ExpectRefused(type + std::string(256, 'x'));
}

TEST(RecordKey, EscapedOctetsCountOnceTowardsALabelsLength) {
  std::string label;
  for (int i = 0; i < 63; ++i) label += Octets({1, 1});
  EXPECT_TRUE(SplitRecordKey(label + Octets({0, 0, 0, 1})).ok());
  ExpectRefused(label + Octets({'a', 0, 0, 0, 1}));
}

}  // namespace
}  // namespace quartet::replication
