#include "admin/domains/ds_text.h"

#include <gtest/gtest.h>

#include <string>

namespace quartet::admin {
namespace {

// RFC 4509 §2.3.
constexpr char kSha256[] = "D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A";

TEST(DsTextTest, ReadsDsRecords) {
  const auto ds = ParseDs(std::string("60485 5 2 ") + kSha256);
  ASSERT_TRUE(ds.ok()) << ds.status();
  EXPECT_EQ(ds->key_tag(), 60485u);
  EXPECT_EQ(ds->algorithm(), 5u);
  EXPECT_EQ(ds->digest_type(), 2u);
  EXPECT_EQ(ds->digest(), kSha256);
  EXPECT_EQ(DsText(*ds), std::string("60485 5 2 ") + kSha256);
}

TEST(DsTextTest, TakesDigestsInPiecesAndSmallLetters) {
  const auto ds = ParseDs("  60485  5 1 2bb183af5f22588179a53b0a 98631fad1a292118\t");
  ASSERT_TRUE(ds.ok()) << ds.status();
  EXPECT_EQ(ds->digest(), "2BB183AF5F22588179A53B0A98631FAD1A292118");
}

TEST(DsTextTest, RefusesWhatIsNoDsRecord) {
  for (const char* text : {"", "60485 5 1", "65536 5 200 00", "-1 5 200 00", "60485 256 200 00",
                           "60485 RSASHA1 200 00", "60485 5 200 0", "60485 5 200 xx", "60485 5 1 00",
                           "60485 5 2 2BB183AF5F22588179A53B0A98631FAD1A292118"}) {
    EXPECT_EQ(ParseDs(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
  EXPECT_EQ(ParseDs("1 5 1 00").status().message(), "a digest of type 1 has 40 hexadecimal digits, not 2");
}

TEST(DsTextTest, ReadsKeys) {
  const auto key = ParseKey("257 3 13 mdss wUyr");
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->flags(), 257u);
  EXPECT_EQ(key->algorithm(), 13u);
  EXPECT_EQ(key->public_key(), "mdsswUyr");
  EXPECT_EQ(DsText(*key), "key 257 3 13 mdsswUyr");
}

TEST(DsTextTest, RefusesWhatIsNoKey) {
  for (const char* text : {"257 3 13", "257 2 13 mdss", "0 3 13 mdss", "257 3 13 m*ss", "257 3 300 mdss"})
    EXPECT_EQ(ParseKey(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
}

}  // namespace
}  // namespace quartet::admin
