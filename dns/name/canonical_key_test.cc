#include "dns/name/canonical_key.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

namespace quartet::dns {
namespace {

Name Of(absl::string_view text) { return Name::Parse(text).value(); }

TEST(CanonicalKeyTest, TheApexHasTheEmptyKey) {
  EXPECT_EQ(CanonicalKey(Of("example.com."), Of("EXAMPLE.com.")), "");
  EXPECT_EQ(*NameFromCanonicalKey("", Of("EXAMPLE.com.")), Of("example.com."));
}

TEST(CanonicalKeyTest, LabelsAreReversedLoweredAndTerminated) {
  EXPECT_EQ(CanonicalKey(Of("www.Sub.example.com."), Of("example.com.")), std::string("sub\0www\0", 8));
}

TEST(CanonicalKeyTest, ZeroAndOneAreEscaped) {
  EXPECT_EQ(CanonicalKey(Of("\\000\\001\\002.example."), Of("example.")),
            std::string("\x01\x01\x01\x02\x02\x00", 6));
}

TEST(CanonicalKeyTest, NamesBelowBeginWithTheKey) {
  const Name apex = Of("example.");
  const std::string parent = CanonicalKey(Of("a.example."), apex);
  EXPECT_EQ(CanonicalKey(Of("b.a.example."), apex).rfind(parent, 0), 0u);
  EXPECT_NE(CanonicalKey(Of("aa.example."), apex).rfind(parent, 0), 0u);
  EXPECT_NE(CanonicalKey(Of("a\\000.example."), apex).rfind(parent, 0), 0u);
}

TEST(CanonicalKeyTest, TheLongestNameFitsKMaxKey) {
  Name name;
  for (int i = 0; i < 3; ++i) name = *name.Prepend(std::string(63, '\0'));
  name = *name.Prepend(std::string(61, '\1'));
  ASSERT_EQ(name.wire().size(), Name::kMaxWire);
  const std::string key = CanonicalKey(name, Name());
  EXPECT_EQ(key.size(), 2 * (63 * 3 + 61) + 4u);
  EXPECT_LE(key.size(), kMaxKey);
  EXPECT_EQ(*NameFromCanonicalKey(key, Name()), name);
}

TEST(CanonicalKeyTest, BytesThatAreNoKeyAreRefused) {
  const Name apex = Of("example.");
  for (const std::string& bad :
       {std::string("www"), std::string("\0", 1), std::string("a\0\0", 3), std::string("WWW\0", 4),
        std::string("\x01\0", 2), std::string("\x01\x03\0", 3), std::string("\x01"),
        std::string(64, 'a') + std::string(1, '\0'), std::string(600, 'a')}) {
    EXPECT_EQ(NameFromCanonicalKey(bad, apex).status().code(), absl::StatusCode::kInvalidArgument);
  }
  // Each label is fine, all of them are over 255 octets.
  std::string five;
  for (int i = 0; i < 5; ++i) five += std::string(60, 'a') + std::string(1, '\0');
  EXPECT_FALSE(NameFromCanonicalKey(five, apex).ok());
}

TEST(CanonicalKeyTest, WriteReadsOnlyTheLabelsAskedFor) {
  const Name name = Of("B.a.example.com.");
  std::array<uint8_t, kMaxKey> out;
  EXPECT_EQ(WriteCanonicalKey(name.wire().data(), 0, out.data()), 0u);
  const size_t size = WriteCanonicalKey(name.wire().data(), 2, out.data());
  EXPECT_EQ(std::string(out.begin(), out.begin() + size), std::string("a\0b\0", 4));
}

TEST(CanonicalKeyTest, OrderAndNamesSurviveTheKey) {
  std::mt19937 random(4034);
  // Few distinct octets, the awkward ones, so that names share prefixes and labels.
  const std::string octets("\0\1\2aAbZ_*\xff", 10);
  std::vector<Name> names;
  for (int i = 0; i < 400; ++i) {
    Name name;
    for (size_t labels = random() % 4; labels > 0; --labels) {
      std::string label(1 + random() % 3, '\0');
      for (char& c : label) c = octets[random() % octets.size()];
      name = *name.Prepend(label);
    }
    names.push_back(name);
  }
  for (const Name& a : names) {
    ASSERT_TRUE(NameFromCanonicalKey(CanonicalKey(a, Name()), Name())->SameCase(a.ToLower()));
    for (const Name& b : names) {
      const int order = CanonicalKey(a, Name()).compare(CanonicalKey(b, Name()));
      ASSERT_EQ(order <=> 0, a <=> b) << a.ToString() << " " << b.ToString();
      const bool prefix = CanonicalKey(a, Name()).rfind(CanonicalKey(b, Name()), 0) == 0;
      ASSERT_EQ(prefix, a.IsWithin(b)) << a.ToString() << " " << b.ToString();
    }
  }
}

}  // namespace
}  // namespace quartet::dns
