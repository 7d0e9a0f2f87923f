#include "controller/registrar/domains/domain_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace quartet::controller {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

std::string FaultOf(const std::string& text) {
  const absl::StatusOr<std::string> name = NormalDomainName(text);
  if (name.ok()) return absl::StrCat("taken as ", *name);
  EXPECT_EQ(name.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(name.status().message());
}

std::string Normal(const std::string& text) {
  const absl::StatusOr<std::string> name = NormalDomainName(text);
  return name.ok() ? *name : std::string(name.status().message());
}

TEST(DomainNameTest, IsStoredInLowerCaseWithoutFinalDot) {
  EXPECT_EQ(Normal("Example.TEST"), "example.test");
  EXPECT_EQ(Normal("example.test."), "example.test");
  EXPECT_EQ(Normal("a-1.9x.co.example"), "a-1.9x.co.example");
  EXPECT_EQ(Normal("XN--Bcher-KVA.test"), "xn--bcher-kva.test");
}

TEST(DomainNameTest, AsksForTheALabelOfLettersOutsideAscii) {
  EXPECT_EQ(FaultOf("bücher.test"),
            "\"bücher.test\" is no domain name: it is of letters outside ASCII: give its A-label, xn--…");
}

TEST(DomainNameTest, RefusesASingleLabel) {
  EXPECT_THAT(FaultOf("test"), HasSubstr("single label"));
  EXPECT_THAT(FaultOf("test."), HasSubstr("single label"));
}

TEST(DomainNameTest, RefusesEmptyLabels) {
  EXPECT_THAT(FaultOf(""), HasSubstr("it is empty"));
  for (const char* text : {".", "..", ".example.test", "example..test", "example.test.."})
    EXPECT_THAT(FaultOf(text), HasSubstr("a label of it is empty")) << text;
}

TEST(DomainNameTest, RefusesWhatNoHostNameHas) {
  EXPECT_THAT(FaultOf("_dmarc.example.test"), HasSubstr("underscores"));
  EXPECT_THAT(FaultOf("two words.test"), HasSubstr("\" \" is in it"));
  EXPECT_THAT(FaultOf("*.example.test"), HasSubstr("\"*\" is in it"));
  EXPECT_THAT(FaultOf("a/b.test"), HasSubstr("\"/\" is in it"));
  EXPECT_THAT(FaultOf("https://example.test"), HasSubstr("\":\" is in it"));
  EXPECT_THAT(FaultOf("-a.test"), HasSubstr("hyphen"));
  EXPECT_THAT(FaultOf("a-.test"), HasSubstr("hyphen"));
}

TEST(DomainNameTest, EscapesWhatATerminalWouldObey) {
  const std::string fault = FaultOf(std::string("a\x1b[2J\0.test", 10));
  EXPECT_THAT(fault, Not(HasSubstr("\x1b")));
  EXPECT_THAT(fault, HasSubstr("\\x1b"));
}

TEST(DomainNameTest, ShowsNoMoreOfALongNameThanAnybodyReads) {
  const std::string fault = FaultOf(std::string(79, 'a') + "üüü.test");
  EXPECT_THAT(fault, HasSubstr(std::string(79, 'a') + "…\" is no domain name"));
}

TEST(DomainNameTest, BoundsLabelsAndNames) {
  const std::string longest(63, 'a');
  EXPECT_EQ(Normal(longest + ".test"), longest + ".test");
  EXPECT_THAT(FaultOf(longest + "a.test"), HasSubstr("64 bytes long, and 63 at most"));
  // 253 bytes: three times 64 and 61.
  const std::string name = absl::StrCat(longest, ".", longest, ".", longest, ".", std::string(61, 'a'));
  EXPECT_EQ(Normal(name), name);
  EXPECT_EQ(Normal(name + "."), name);
  EXPECT_THAT(FaultOf(name + "a"), HasSubstr("254 bytes long, and 253 at most"));
}

TEST(DomainNameTest, RefusesAddresses) {
  for (const char* text : {"192.0.2.1", "192.0.2.1.", "2001:db8::1", "::"})
    EXPECT_THAT(FaultOf(text), EndsWith("it is an address")) << text;
  EXPECT_THAT(FaultOf("[2001:db8::1]"), HasSubstr("is in it"));
  EXPECT_THAT(FaultOf("192.0.2"), HasSubstr("its last label is a number"));
}

// RFC 5890 §2.3.1: others are reserved.
TEST(DomainNameTest, TakesHyphensInThirdAndFourthPlaceOfALabelsOnly) {
  EXPECT_THAT(FaultOf("ab--c.test"), HasSubstr("third and fourth place"));
  EXPECT_EQ(Normal("a--b.test"), "a--b.test");
  EXPECT_EQ(Normal("ab.test"), "ab.test");
}

TEST(DomainNameTest, TakesALabels) {
  // bücher, münchen, 中国, рф, テスト; the last code point of Unicode.
  for (const char* label :
       {"xn--bcher-kva", "xn--mnchen-3ya", "xn--fiqs8s", "xn--p1ai", "xn--zckzah", "xn--dn32g"}) {
    const std::string name = absl::StrCat(label, ".test");
    EXPECT_EQ(Normal(name), name);
    EXPECT_EQ(Normal(absl::StrCat("www.", label)), absl::StrCat("www.", label));
  }
}

TEST(DomainNameTest, RefusesWhatIsNoALabel) {
  // Nothing; numbers that end nowhere; one too large; a surrogate (U+D800); one beyond Unicode (U+110000); a
  // delimiter without letters before it.
  for (const char* label :
       {"xn--", "xn--9", "xn--bcher-kv9", "xn--99999999", "xn--ib9b", "xn--en32g", "xn---abc"}) {
    EXPECT_THAT(FaultOf(absl::StrCat(label, ".test")),
                testing::AnyOf(HasSubstr("is no A-label"), HasSubstr("hyphen")))
        << label;
  }
}

TEST(TldTest, MayBeASingleLabel) {
  EXPECT_EQ(*NormalTld("TEST"), "test");
  EXPECT_EQ(*NormalTld("co.example."), "co.example");
  EXPECT_EQ(NormalTld(".test").status().message(), "\".test\" is no TLD: a label of it is empty");
  EXPECT_FALSE(NormalTld("42").ok());
}

}  // namespace
}  // namespace quartet::controller
