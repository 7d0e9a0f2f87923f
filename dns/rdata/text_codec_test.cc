#include "dns/rdata/text_codec.h"

#include <gtest/gtest.h>

namespace quartet::dns {
namespace {

TEST(ParseNumber, TakesDigitsUpToItsMaximumOnly) {
  uint32_t value = 0;
  EXPECT_TRUE(ParseNumber("0", 255, &value));
  EXPECT_TRUE(ParseNumber("00255", 255, &value));
  EXPECT_EQ(value, 255);
  for (const char* text :
       {"", "256", "-1", "+1", "1 ", "0x1", "18446744073709551616", "99999999999999999999999999"}) {
    EXPECT_FALSE(ParseNumber(text, 255, &value)) << text;
  }
}

TEST(ParseSeconds, TakesUnits) {
  uint32_t seconds = 0;
  EXPECT_TRUE(ParseSeconds("3600", &seconds));
  EXPECT_EQ(seconds, 3600);
  EXPECT_TRUE(ParseSeconds("1w2D3h4m5S", &seconds));
  EXPECT_EQ(seconds, 604800 + 2 * 86400 + 3 * 3600 + 4 * 60 + 5);
  for (const char* text : {"", "abc", "1h30", "h", "1y", "1.5h", "4294967296", "7102w", "-1h"}) {
    EXPECT_FALSE(ParseSeconds(text, &seconds)) << text;
  }
}

TEST(ParseTime, AgreesWithItsText) {
  uint32_t time = 0;
  for (uint64_t at = 0; at <= UINT32_MAX; at += 86399 * 7) {
    ASSERT_TRUE(ParseTime(TimeText(static_cast<uint32_t>(at)), &time)) << at;
    ASSERT_EQ(time, at);
  }
  EXPECT_EQ(TimeText(951782400), "20000229000000");
  for (const char* text : {"", "20250229000000", "19691231235959", "21060207062816", "20250101240000",
                           "2025010100000", "4294967296", "2025010100000x"}) {
    EXPECT_FALSE(ParseTime(text, &time)) << text;
  }
}

TEST(Base32Hex, AgreesWithRfc4648) {
  for (const auto& [octets, text] : {std::pair<std::string, std::string>{"f", "co"},
                                     {"fo", "cpng"},
                                     {"foo", "cpnmu"},
                                     {"foob", "cpnmuog"},
                                     {"fooba", "cpnmuoj1"},
                                     {"foobar", "cpnmuoj1e8"}}) {
    std::string read;
    EXPECT_TRUE(AppendBase32Hex(text, &read)) << text;
    EXPECT_EQ(read, octets);
    EXPECT_EQ(Base32HexText({reinterpret_cast<const uint8_t*>(octets.data()), octets.size()}), text);
  }
}

TEST(Base32Hex, RefusesBitsLeftOver) {
  std::string read;
  for (const char* text : {"c", "cp", "cpn", "cw", "c="}) EXPECT_FALSE(AppendBase32Hex(text, &read)) << text;
  EXPECT_EQ(read, "");
}

TEST(Base64, IsStrict) {
  std::string read;
  EXPECT_TRUE(AppendBase64("Zm9vYg==", &read));
  EXPECT_EQ(read, "foob");
  for (const char* text : {"Z", "Zm", "Zm9", "Zm9v=", "=", "====", "Zm9=vYg=", "Zh==", "Zm 9"}) {
    EXPECT_FALSE(AppendBase64(text, &read)) << text;
  }
  EXPECT_EQ(read, "foob");
}

}  // namespace
}  // namespace quartet::dns
