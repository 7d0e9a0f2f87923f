// SipHash (Aumasson and Bernstein, 2012) with two compression and four finalization rounds and 128 bits of
// output. Ours, and not OpenSSL's: a node that is filled spends a fifth of its time on hashing with that, which sets up a
// context for each of these short messages (docs/adr/0013-siphash-is-ours.md).
#include <bit>
#include <cstring>

#include "dns/base/check.h"
#include "replication/digest/digest.h"

namespace quartet::replication {
namespace {

uint64_t FromLittleEndian(uint64_t number) {
  return std::endian::native == std::endian::little ? number : __builtin_bswap64(number);
}

// Eight bytes as a little-endian number.
uint64_t Word(const char* bytes) {
  uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  return FromLittleEndian(word);
}

// Fewer than eight.
uint64_t PartOfWord(const char* bytes, size_t count) {
  uint64_t word = 0;
  std::memcpy(&word, bytes, count);
  return FromLittleEndian(word);
}

class SipHash {
 public:
  SipHash(uint64_t key_low, uint64_t key_high)
      : v0_(0x736f6d6570736575 ^ key_low),
        v1_(0x646f72616e646f6d ^ key_high ^ 0xee),
        v2_(0x6c7967656e657261 ^ key_low),
        v3_(0x7465646279746573 ^ key_high) {}

  void Update(absl::string_view bytes) {
    const char* at = bytes.data();
    size_t left = bytes.size();
    length_ += left;
    // What was left over before stays in front: all words of these bytes are shifted by as much.
    const unsigned shift = 8 * pending_bytes_;
    for (; left >= 8; at += 8, left -= 8) {
      const uint64_t word = Word(at);
      Compress(pending_ | word << shift);
      pending_ = shift == 0 ? 0 : word >> (64 - shift);
    }
    if (left == 0) return;
    const uint64_t rest = PartOfWord(at, left);
    pending_ |= rest << shift;
    pending_bytes_ += static_cast<unsigned>(left);
    if (pending_bytes_ < 8) return;
    Compress(pending_);
    pending_bytes_ -= 8;
    pending_ = pending_bytes_ == 0 ? 0 : rest >> (64 - shift);
  }

  // Once, at the end.
  void Finish(uint64_t& low, uint64_t& high) {
    Compress(pending_ | length_ << 56);
    v2_ ^= 0xee;
    low = Final();
    v1_ ^= 0xdd;
    high = Final();
  }

 private:
  static uint64_t Rotate(uint64_t word, int bits) { return word << bits | word >> (64 - bits); }

  void Round() {
    v0_ += v1_;
    v1_ = Rotate(v1_, 13) ^ v0_;
    v0_ = Rotate(v0_, 32);
    v2_ += v3_;
    v3_ = Rotate(v3_, 16) ^ v2_;
    v0_ += v3_;
    v3_ = Rotate(v3_, 21) ^ v0_;
    v2_ += v1_;
    v1_ = Rotate(v1_, 17) ^ v2_;
    v2_ = Rotate(v2_, 32);
  }

  void Compress(uint64_t word) {
    v3_ ^= word;
    Round();
    Round();
    v0_ ^= word;
  }

  uint64_t Final() {
    for (int i = 0; i < 4; ++i) Round();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

  uint64_t v0_, v1_, v2_, v3_;
  uint64_t length_ = 0;
  // Bytes that no whole word was made of yet; the rest of it is zero.
  uint64_t pending_ = 0;
  // Invariant: less than 8.
  unsigned pending_bytes_ = 0;
};

}  // namespace

Hasher::Hasher(absl::string_view key) {
  QUARTET_CHECK(key.size() == kKeyBytes);
  key_low_ = Word(key.data());
  key_high_ = Word(key.data() + 8);
}

Digest Hasher::Hash(absl::string_view record_key, absl::string_view value) const {
  const auto length = static_cast<uint32_t>(record_key.size());
  const char length_bytes[] = {static_cast<char>(length >> 24), static_cast<char>(length >> 16),
                               static_cast<char>(length >> 8), static_cast<char>(length)};
  SipHash hash(key_low_, key_high_);
  hash.Update({length_bytes, sizeof(length_bytes)});
  hash.Update(record_key);
  hash.Update(value);
  uint64_t low = 0;
  uint64_t high = 0;
  hash.Finish(low, high);
  return {low, high};
}

}  // namespace quartet::replication
