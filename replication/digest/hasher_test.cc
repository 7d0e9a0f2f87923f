#include <gtest/gtest.h>

#include <random>
#include <utility>

#include "replication/base/format_examples.h"
#include "replication/digest/digest.h"

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

// SipHash-2-4 with 16 bytes of output, straight from the paper and its reference code.
class Reference {
 public:
  explicit Reference(absl::string_view key) {
    const uint64_t k0 = Word(key.substr(0, 8));
    const uint64_t k1 = Word(key.substr(8, 8));
    v_[0] = 0x736f6d6570736575 ^ k0;
    v_[1] = 0x646f72616e646f6d ^ k1 ^ 0xee;
    v_[2] = 0x6c7967656e657261 ^ k0;
    v_[3] = 0x7465646279746573 ^ k1;
  }

  Digest Hash(absl::string_view message) {
    const uint64_t length = message.size();
    for (; message.size() >= 8; message.remove_prefix(8)) Compress(Word(message.substr(0, 8)));
    Compress(Word(message) | length << 56);
    v_[2] ^= 0xee;
    const uint64_t low = Finish();
    v_[1] ^= 0xdd;
    const uint64_t high = Finish();
    std::string out;
    for (const uint64_t half : {low, high}) {
      for (int i = 0; i < 8; ++i) out += static_cast<char>(half >> (8 * i) & 0xff);
    }
    return Digest::FromBytes(out);
  }

 private:
  static uint64_t Word(absl::string_view bytes) {
    uint64_t word = 0;
    for (size_t i = bytes.size(); i-- > 0;) word = word << 8 | static_cast<uint8_t>(bytes[i]);
    return word;
  }
  static uint64_t Rotate(uint64_t word, int bits) { return word << bits | word >> (64 - bits); }

  void Rounds(int count) {
    for (; count > 0; --count) {
      v_[0] += v_[1];
      v_[1] = Rotate(v_[1], 13) ^ v_[0];
      v_[0] = Rotate(v_[0], 32);
      v_[2] += v_[3];
      v_[3] = Rotate(v_[3], 16) ^ v_[2];
      v_[0] += v_[3];
      v_[3] = Rotate(v_[3], 21) ^ v_[0];
      v_[2] += v_[1];
      v_[1] = Rotate(v_[1], 17) ^ v_[2];
      v_[2] = Rotate(v_[2], 32);
    }
  }
  void Compress(uint64_t word) {
    v_[3] ^= word;
    Rounds(2);
    v_[0] ^= word;
  }
  uint64_t Finish() {
    Rounds(4);
    return v_[0] ^ v_[1] ^ v_[2] ^ v_[3];
  }

  uint64_t v_[4];
};

// vectors_sip128 of the reference code: key 00 01 … 0f, message 00 01 … of that length.
TEST(SipHashReference, GivesThePublishedVectors) {
  EXPECT_EQ(Reference(Bytes(16)).Hash(Bytes(0)).ToHex(), "a3817f04ba25a8e66df67214c7550293");
  EXPECT_EQ(Reference(Bytes(16)).Hash(Bytes(1)).ToHex(), "da87c1d86b99af44347659119b22fc45");
  EXPECT_EQ(Reference(Bytes(16)).Hash(Bytes(15)).ToHex(), "5493e99933b0a8117e08ec0f97cfc3d9");
  EXPECT_EQ(Reference(Bytes(16)).Hash(Bytes(63)).ToHex(), "5150d1772f50834a503e069a973fbd7c");
}

TEST(Hasher, IsSipHashOverLengthKeyAndValue) {
  std::mt19937 random(9);
  const std::string key = Bytes(16, 100);
  Hasher hasher(key);
  for (int i = 0; i < 2000; ++i) {
    const std::string record_key = Bytes(random() % 300, static_cast<uint8_t>(random()));
    const std::string value = Bytes(random() % 1000, static_cast<uint8_t>(random()));
    std::string message(4, '\0');
    message[2] = static_cast<char>(record_key.size() >> 8);
    message[3] = static_cast<char>(record_key.size());
    ASSERT_EQ(hasher.Hash(record_key, value), Reference(key).Hash(message + record_key + value));
  }
}

TEST(Hasher, GivesTheExamplesOfTheFormatPage) {
  Hasher hasher(FormatExample("digest.md", "digest-key"));
  const Digest www =
      hasher.Hash(FormatExample("digest.md", "record-key-www"), FormatExample("record_value.md", "served"));
  const Digest mx =
      hasher.Hash(FormatExample("digest.md", "record-key-mx"), FormatExample("record_value.md", "served-mx"));
  EXPECT_EQ(www.ToBytes(), FormatExample("digest.md", "hash-www"));
  EXPECT_EQ(mx.ToBytes(), FormatExample("digest.md", "hash-mx"));
  Digest zone;
  zone += mx;
  zone += www;
  EXPECT_EQ(zone.ToBytes(), FormatExample("digest.md", "digest"));
}

TEST(Hasher, TellsKeyAndValueApart) {
  EXPECT_NE(HashOf("ab", "c"), HashOf("a", "bc"));
  EXPECT_NE(HashOf("", "abc"), HashOf("abc", ""));
  EXPECT_NE(HashOf("a", ""), HashOf("a", std::string(1, '\0')));
}

TEST(Hasher, DependsOnItsKey) {
  EXPECT_NE(Hasher(Bytes(16)).Hash("a", "b"), Hasher(Bytes(16, 1)).Hash("a", "b"));
}

TEST(Hasher, HashesTheSameAgain) {
  Hasher hasher(Bytes(16));
  const Digest first = hasher.Hash("key", "value");
  EXPECT_EQ(hasher.Hash("", ""), HashOf("", ""));
  EXPECT_EQ(hasher.Hash("key", "value"), first);
  Hasher moved = std::move(hasher);
  EXPECT_EQ(moved.Hash("key", "value"), first);
}

}  // namespace
}  // namespace quartet::replication
