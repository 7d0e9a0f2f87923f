#include "nameserver/zone/lookup_name.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "dns/name/canonical_key.h"
#include "dns/name/name.h"

namespace quartet::nameserver {
namespace {

dns::Name RandomName(std::mt19937* random) {
  dns::Name name;
  for (size_t labels = (*random)() % 8; labels > 0; --labels) {
    std::string label((*random)() % 4 == 0 ? 1 + (*random)() % 63 : 1 + (*random)() % 9, ' ');
    for (char& octet : label)
      octet = static_cast<char>((*random)() % 3 == 0 ? (*random)() % 4 : (*random)() % 256);
    auto longer = name.Prepend(label);
    if (!longer.ok()) break;
    name = *longer;
  }
  return name;
}

LookupName Read(const dns::Name& name) {
  LookupName read;
  EXPECT_EQ(read.Read(name.wire()), name.wire().size());
  return read;
}

TEST(LookupNameTest, HasLowerCaseAndLabels) {
  const dns::Name name = *dns::Name::Parse("WWW.eXample.Com.");
  const LookupName read = Read(name);
  EXPECT_EQ(read.labels, 3);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(read.wire), read.size),
            std::string("\3www\7example\3com\0", 17));
  EXPECT_EQ(read.SuffixStart(2), 4u);
  EXPECT_EQ(read.SuffixStart(0), 16u);
}

TEST(LookupNameTest, OnlyLettersChange) {
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    const dns::Name name = RandomName(&random);
    const LookupName read = Read(name);
    const dns::Name lower = name.ToLower();
    EXPECT_EQ(std::vector<uint8_t>(read.wire, read.wire + read.size),
              std::vector<uint8_t>(lower.wire().begin(), lower.wire().end()));
  }
}

TEST(LookupNameTest, IsPlainWithoutOctetsThatNeedEscapesAndLabelsOfOneOctet) {
  for (const char* plain : {"ab.", "www.example.com.", "a-label-of-more-than-sixteen-octets.example."})
    EXPECT_TRUE(Read(*dns::Name::Parse(plain)).plain) << plain;
  for (const char* other : {"a.", "w.example.com.", "ab\\000.", "ab\\001-and-much-more-than-sixteen.example.",
                            "label-of-many-octets-\\000.example."})
    EXPECT_FALSE(Read(*dns::Name::Parse(other)).plain) << other;
}

TEST(LookupNameTest, RefusesWhatIsNoName) {
  LookupName name;
  EXPECT_EQ(name.Read({}), 0u);
  EXPECT_EQ(name.Read(std::vector<uint8_t>{1, 'a'}), 0u);
  EXPECT_EQ(name.Read(std::vector<uint8_t>{2, 'a', 0}), 0u);
  EXPECT_EQ(name.Read(std::vector<uint8_t>{0xc0, 0x0c}), 0u);
  EXPECT_EQ(name.Read(std::vector<uint8_t>{0x40, 'a', 0}), 0u);
  std::vector<uint8_t> longest;
  for (int i = 0; i < 127; ++i) longest.insert(longest.end(), {1, 'a'});
  longest.push_back(0);
  EXPECT_EQ(name.Read(longest), 255u);
  EXPECT_EQ(name.labels, 127);
  longest.insert(longest.begin(), {1, 'a'});
  EXPECT_EQ(name.Read(longest), 0u);
}

TEST(LookupNameTest, EqualSuffixesHashEqually) {
  const auto hash = [](const char* text, uint64_t seed, size_t most) {
    std::vector<uint64_t> hashes(most + 1);
    Read(*dns::Name::Parse(text)).HashSuffixes(seed, most, hashes.data());
    return hashes;
  };
  const std::vector<uint64_t> a = hash("www.example.com.", 7, 3);
  const std::vector<uint64_t> b = hash("A.much.longer-name.EXAMPLE.com.", 7, 3);
  for (size_t labels = 0; labels <= 2; ++labels) EXPECT_EQ(a[labels], b[labels]);
  EXPECT_NE(a[3], b[3]);
  EXPECT_NE(a[1], a[2]);
  EXPECT_NE(a[2], hash("www.example.com.", 8, 2)[2]);
}

TEST(LookupKeyTest, IsTheCanonicalKey) {
  std::mt19937 random(2);
  for (int i = 0; i < 5000; ++i) {
    const dns::Name name = RandomName(&random);
    const size_t apex_labels = random() % (name.label_count() + 1);
    LookupKey key;
    key.Assign(Read(name), apex_labels);
    const dns::Name apex = name.Ancestor(name.label_count() - apex_labels);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(key.bytes), key.size), dns::CanonicalKey(name, apex));
    ASSERT_EQ(key.labels, name.label_count() - apex_labels);
    for (size_t labels = 0; labels <= key.labels; ++labels) {
      EXPECT_EQ(key.end[labels], dns::CanonicalKey(name.Ancestor(key.labels - labels), apex).size());
    }
  }
}

TEST(LookupKeyTest, WildcardIsBelowItsBase) {
  LookupKey key;
  key.Assign(Read(*dns::Name::Parse("a.b.c.example.")), 1);
  LookupKey wildcard;
  wildcard.AssignWildcard(key, 2);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(wildcard.bytes), wildcard.size),
            std::string("c\0b\0*\0", 6));
  EXPECT_EQ(wildcard.labels, 3);
  EXPECT_EQ(wildcard.end[3], 6);
}

}  // namespace
}  // namespace quartet::nameserver
