#include "replication/digest/digest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

namespace quartet::replication {
namespace {

std::string Bytes(size_t count, uint8_t first = 0) {
  std::string bytes;
  for (size_t i = 0; i < count; ++i) bytes += static_cast<char>(first + i);
  return bytes;
}

Digest HashOf(absl::string_view record_key, absl::string_view value) {
  return Hasher(Bytes(16)).Hash(record_key, value);
}

TEST(Digest, OfNothingIsZero) {
  EXPECT_EQ(Digest().ToBytes(), std::string(16, '\0'));
  EXPECT_EQ(Digest().ToHex(), "00000000000000000000000000000000");
}

TEST(Digest, StoredFormIsLittleEndianAndComesBack) {
  const std::string bytes = Bytes(16, 0xf0);
  const Digest digest = Digest::FromBytes(bytes);
  EXPECT_EQ(digest.ToBytes(), bytes);
  EXPECT_EQ(digest.ToHex(), "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
}

TEST(Digest, BytesOfAnotherLengthGiveZero) {
  EXPECT_EQ(Digest::FromBytes(Bytes(15, 1)), Digest());
  EXPECT_EQ(Digest::FromBytes(Bytes(17, 1)), Digest());
  EXPECT_EQ(Digest::FromBytes(""), Digest());
}

TEST(Digest, AdditionCarriesAcrossAllBytesAndWrapsAround) {
  std::string one(16, '\0');
  one[0] = 1;
  Digest sum = Digest::FromBytes(std::string(8, '\xff') + std::string(8, '\0'));
  sum += Digest::FromBytes(one);
  EXPECT_EQ(sum.ToHex(), "00000000000000000100000000000000");
  sum = Digest::FromBytes(std::string(16, '\xff'));
  sum += Digest::FromBytes(one);
  EXPECT_EQ(sum, Digest());
  sum -= Digest::FromBytes(one);
  EXPECT_EQ(sum.ToBytes(), std::string(16, '\xff'));
}

// 128-bit arithmetic of the compiler as the judge.
TEST(Digest, AddsAndSubtractsAs128BitNumbers) {
  __extension__ using Wide = unsigned __int128;
  const auto digest = [](Wide number) {
    std::string bytes;
    for (int i = 0; i < 16; ++i) bytes += static_cast<char>(number >> (8 * i) & 0xff);
    return Digest::FromBytes(bytes);
  };
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    // Many numbers near the edges of the halves.
    const auto half = [&random]() -> uint64_t { return random() % 3 == 0 ? random() : random() % 4 - 2; };
    const Wide a = Wide{half()} << 64 | half();
    const Wide b = Wide{half()} << 64 | half();
    Digest sum = digest(a);
    sum += digest(b);
    ASSERT_EQ(sum, digest(a + b));
    Digest difference = digest(a);
    difference -= digest(b);
    ASSERT_EQ(difference, digest(a - b));
  }
}

std::vector<std::pair<std::string, std::string>> RecordSets(size_t count) {
  std::mt19937 random(3);
  std::vector<std::pair<std::string, std::string>> sets;
  for (size_t i = 0; i < count; ++i)
    sets.emplace_back(std::to_string(i), Bytes(random() % 300, random() % 256));
  return sets;
}

TEST(Digest, DoesNotDependOnTheOrderOfRecordSets) {
  auto sets = RecordSets(100);
  Digest forward;
  for (const auto& [key, value] : sets) forward += HashOf(key, value);
  std::shuffle(sets.begin(), sets.end(), std::mt19937(5));
  Digest shuffled;
  for (const auto& [key, value] : sets) shuffled += HashOf(key, value);
  EXPECT_EQ(forward, shuffled);
  EXPECT_NE(forward, Digest());
}

TEST(Digest, RemovingWhatWasAddedGivesWhatWasThere) {
  Digest digest = HashOf("a", "1");
  const Digest before = digest;
  for (const auto& [key, value] : RecordSets(100)) digest += HashOf(key, value);
  EXPECT_NE(digest, before);
  for (const auto& [key, value] : RecordSets(100)) digest -= HashOf(key, value);
  EXPECT_EQ(digest, before);
}

}  // namespace
}  // namespace quartet::replication
