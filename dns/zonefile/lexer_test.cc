#include "dns/zonefile/lexer.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace quartet::dns {
namespace {

// One line an entry: "^" for a blank start, tokens as line:column:raw, faults as !line:column message.
std::string Lex(absl::string_view text) {
  Lexer lexer(text);
  Entry entry;
  std::string all;
  while (lexer.Next(&entry)) {
    std::vector<std::string> parts;
    if (entry.blank_start) parts.push_back("^");
    for (const TextToken& token : entry.tokens) {
      parts.push_back(absl::StrCat(token.line, ":", token.column, ":", token.quoted ? "\"" : "", token.raw));
    }
    for (const LexFault& fault : entry.faults) {
      parts.push_back(absl::StrCat("!", fault.place.line, ":", fault.place.column, " ", fault.message));
    }
    absl::StrAppend(&all, absl::StrJoin(parts, " "), "\n");
  }
  return all;
}

TEST(Lexer, FindsNothingInBlanksAndComments) {
  EXPECT_EQ(Lex(""), "");
  EXPECT_EQ(Lex("\n\r\n  \t\n; a comment ( \" \\\n ;\x01\n"), "");
}

TEST(Lexer, GivesTokensTheirPlaces) {
  EXPECT_EQ(Lex("www 300  A 192.0.2.1 ; comment\n\tMX 10 mail\n"),
            "1:1:www 1:5:300 1:10:A 1:12:192.0.2.1\n^ 2:2:MX 2:5:10 2:8:mail\n");
  EXPECT_EQ(Lex("a\r\nb"), "1:1:a\n2:1:b\n");
  EXPECT_EQ(Lex("\xef\xbb\xbf"
                "a b"),
            "1:1:a 1:3:b\n");
}

TEST(Lexer, JoinsLinesInParentheses) {
  EXPECT_EQ(Lex("@ SOA ns h ( 1 ; serial )\n 2\n\n3)4\nb"),
            "1:1:@ 1:3:SOA 1:7:ns 1:10:h 1:14:1 2:2:2 4:1:3 4:3:4\n5:1:b\n");
  EXPECT_EQ(Lex("a(b)c(d)"), "1:1:a 1:3:b 1:5:c 1:7:d\n");
}

TEST(Lexer, KnowsQuotesAndEscapes) {
  EXPECT_EQ(Lex("a \"x ; ( y\" \\; b\\ c \\("), "1:1:a 1:3:\"x ; ( y 1:13:\\; 1:16:b\\ c 1:21:\\(\n");
  EXPECT_EQ(Lex("a \"\\\"\"\"b\";c"), "1:1:a 1:3:\"\\\" 1:7:\"b\n");
  EXPECT_EQ(Lex("h alpn=\"a b\")"), "1:1:h 1:3:alpn=\"a b\" !1:13 this parenthesis closes none\n");
}

TEST(Lexer, ReportsAnUnclosedQuoteWhereItOpens) {
  EXPECT_EQ(Lex("a TXT \"open\nb\n"),
            "1:1:a 1:3:TXT !1:7 the quote that opens here is not closed on its line\n2:1:b\n");
  EXPECT_EQ(Lex("a ( \"open )\n c ) d\ne"),
            "1:1:a 2:2:c 2:6:d !1:5 the quote that opens here is not closed on its line\n3:1:e\n");
}

TEST(Lexer, ReportsAnUnclosedParenthesisWhereItOpensAndReadsOn) {
  EXPECT_EQ(Lex("a\nb ( c\nd\n\x01\n e \"\n"),
            "1:1:a\n"
            "2:1:b 2:5:c 3:1:d 5:2:e !2:3 the parenthesis that opens here is not closed before the end of "
            "the file\n"
            "3:1:d\n"
            "!4:1 a control character: take it out, or write it as \\DDD in a string\n"
            "^ 5:2:e !5:4 the quote that opens here is not closed on its line\n");
  EXPECT_EQ(Lex("a ( b\nc ( d )\n"),
            "1:1:a 1:5:b 2:1:c !1:3 the parenthesis that opens here is not closed before line 2 opens "
            "another; they "
            "don't nest\n2:1:c 2:5:d\n");
  EXPECT_EQ(Lex("a ( b ( c\nd"),
            "1:1:a 1:5:b !1:7 a parenthesis inside parentheses: they don't nest\n2:1:d\n");
}

TEST(Lexer, RefusesControlCharacters) {
  EXPECT_EQ(Lex(absl::string_view("a\0b c\nd", 7)),
            "!1:2 a control character: write it as \\DDD, its number in decimal\n2:1:d\n");
  EXPECT_EQ(Lex("a\rb\nc"), "!1:2 a control character: write it as \\DDD, its number in decimal\n2:1:c\n");
  EXPECT_EQ(Lex("a \x7f"), "1:1:a !1:3 a control character: take it out, or write it as \\DDD in a string\n");
  EXPECT_EQ(Lex("\xc3\xa4 \"\xc3\xa4\""), "1:1:\xc3\xa4 1:4:\"\xc3\xa4\n");
}

TEST(Lexer, BoundsTokensAndEntries) {
  const std::string words = absl::StrCat("a ", std::string(kMaxTextToken - 1, 'x'), " ",
                                         std::string(kMaxTextToken - 1, 'y'), " c\nnext");
  EXPECT_TRUE(Lex(words).find("!1:262146 an entry of more than 262144 characters\n2:1:next\n") !=
              std::string::npos);
  EXPECT_EQ(Lex(std::string(kMaxTextToken + 1, 'x')), "!1:1 a word of more than 131,072 characters\n");
}

TEST(Lexer, TakesManyNewlinesInParentheses) {
  EXPECT_EQ(Lex(absl::StrCat("a (", std::string(1'000'000, '\n'), "b ) c")),
            "1:1:a 1000001:1:b 1000001:5:c\n");
}

// The cost of going back must not add up: this ends at once, or never.
TEST(Lexer, IsLinearInUnclosedParentheses) {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "a ( b\n";
  Lexer lexer(text);
  Entry entry;
  size_t entries = 0;
  while (lexer.Next(&entry)) {
    ++entries;
    ASSERT_EQ(entry.faults.size(), 1);
    ASSERT_EQ(entry.faults[0].place.line, entries);
  }
  EXPECT_EQ(entries, 200'000);
}

}  // namespace
}  // namespace quartet::dns
