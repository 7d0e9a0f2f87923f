#include "dns/zonefile/generate.h"

#include <gtest/gtest.h>

namespace quartet::dns {
namespace {

std::string Expand(absl::string_view pattern, uint32_t number) {
  std::string out;
  return ExpandGenerate(pattern, number, &out) ? out : "refused";
}

TEST(GenerateRange, IsFirstLastStep) {
  const std::optional<GenerateRange> range = ParseGenerateRange("1-10/3");
  ASSERT_TRUE(range.has_value());
  EXPECT_EQ(range->first, 1);
  EXPECT_EQ(range->count(), 4);
  EXPECT_EQ(ParseGenerateRange("7-7")->count(), 1);
  EXPECT_EQ(ParseGenerateRange("0-2147483647")->count(), 2147483648);
  for (const char* text : {"", "1", "1-", "-1", "2-1", "1-2/0", "1-2/", "a-b", "0-2147483648", "1-2/3/4"}) {
    EXPECT_FALSE(ParseGenerateRange(text).has_value()) << text;
  }
}

TEST(ExpandGenerate, PutsTheNumberIn) {
  EXPECT_EQ(Expand("host-$", 7), "host-7");
  EXPECT_EQ(Expand("$.$", 7), "7.7");
  EXPECT_EQ(Expand("${100}x${-2,3}", 7), "107x005");
  EXPECT_EQ(Expand("${0,4,x}-${0,0,X}-${0,2,o}", 255), "00ff-FF-377");
  EXPECT_EQ(Expand("$$\\$\\036", 7), "\\$\\$\\036");
}

TEST(ExpandGenerate, RefusesMalformedModifiers) {
  for (const char* pattern :
       {"${", "${}", "${1", "${-8}", "${0,64}", "${0,1,z}", "${0,1,d,}", "${+1}", "${0,-1}"}) {
    EXPECT_EQ(Expand(pattern, 7), "refused") << pattern;
  }
}

}  // namespace
}  // namespace quartet::dns
