#include "dns/rdata/text_token.h"

#include <gtest/gtest.h>

namespace quartet::dns {
namespace {

std::vector<std::string> Raw(absl::string_view text) {
  std::vector<TextToken> tokens;
  EXPECT_TRUE(SplitTokens(text, &tokens).ok()) << text;
  std::vector<std::string> raw;
  for (const TextToken& token : tokens) raw.push_back((token.quoted ? "q:" : "") + std::string(token.raw));
  return raw;
}

using Words = std::vector<std::string>;

TEST(SplitTokens, KnowsQuotesAndEscapes) {
  EXPECT_EQ(Raw(""), Words());
  EXPECT_EQ(Raw(" a\tb "), Words({"a", "b"}));
  EXPECT_EQ(Raw("a\\ b \"c d\" \"\""), Words({"a\\ b", "q:c d", "q:"}));
  EXPECT_EQ(Raw("\"a\\\"b\" \\\"c \\;"), Words({"q:a\\\"b", "\\\"c", "\\;"}));
  EXPECT_EQ(Raw("alpn=\"h2 h3\" port=1"), Words({"alpn=\"h2 h3\"", "port=1"}));
}

TEST(SplitTokens, SaysWhere) {
  std::vector<TextToken> tokens;
  EXPECT_EQ(SplitTokens("ab \"cd", &tokens).message(),
            "at character 4: the quote that opens here is not closed on its line");
  EXPECT_EQ(tokens[0].column, 1);
}

TEST(DecodeToken, UndoesWhatAppendQuotedDoes) {
  std::string octets;
  for (int i = 0; i < 256; ++i) octets.push_back(static_cast<char>(i));
  std::string text;
  AppendQuoted(octets, &text);
  std::vector<TextToken> tokens;
  ASSERT_TRUE(SplitTokens(text, &tokens).ok());
  ASSERT_EQ(tokens.size(), 1);
  std::string decoded;
  ASSERT_TRUE(DecodeToken(tokens[0], &decoded).ok());
  EXPECT_EQ(decoded, octets);
}

TEST(ShowToken, IsShortAndPrintable) {
  TextToken token;
  const std::string raw = "\x01" + std::string(100, 'x');
  token.raw = raw;
  EXPECT_EQ(ShowToken(token), "'\\001" + std::string(39, 'x') + "...'");
}

}  // namespace
}  // namespace quartet::dns
