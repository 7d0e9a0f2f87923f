// RFC 4343: names compare without regard to the case of ASCII letters, and keep the case they were given.
#include <gtest/gtest.h>

#include "absl/hash/hash.h"
#include "dns/name/canonical_key.h"
#include "dns/name/name.h"

namespace quartet::dns {
namespace {

Name Of(absl::string_view text) { return Name::Parse(text).value(); }

TEST(Rfc4343, Section3NamesThatDifferInCaseAreEqualAndHashAlike) {
  const Name lower = Of("foo.example.net.");
  const Name mixed = Of("Foo.ExamplE.net.");
  EXPECT_EQ(lower, mixed);
  EXPECT_EQ(lower <=> mixed, std::strong_ordering::equal);
  EXPECT_EQ(absl::Hash<Name>()(lower), absl::Hash<Name>()(mixed));
  EXPECT_FALSE(lower.SameCase(mixed));
  EXPECT_EQ(mixed.ToLower().ToString(), "foo.example.net.");
}

TEST(Rfc4343, Section21EscapedLettersHaveCaseToo) { EXPECT_EQ(Of("\\097.\\065."), Of("A.a.")); }

TEST(Rfc4343, Section3OnlyTheTwentySixLettersHaveCase) {
  // 0x20 apart like letters are, but no letters.
  EXPECT_NE(Of("\\064."), Of("\\096."));  // @ and `
  EXPECT_NE(Of("\\091."), Of("\\123."));  // [ and {
  EXPECT_NE(Of("\\192."), Of("\\224."));  // À and à in Latin-1
  EXPECT_NE(Of("-."), Of("\\013."));
}

TEST(Rfc4343, Section41CaseIsKept) {
  const Name name = Of("WwW.eXample.COM.");
  EXPECT_EQ(name.ToString(), "WwW.eXample.COM.");
  EXPECT_EQ(name.Parent().ToString(), "eXample.COM.");
  EXPECT_EQ(Name::Parse("A", Of("B."))->ToString(), "A.B.");
}

TEST(Rfc4343, KeysOfNamesThatDifferInCaseAreTheSame) {
  EXPECT_EQ(CanonicalKey(Of("WWW.Sub.example.com."), Of("EXAMPLE.com.")),
            CanonicalKey(Of("www.sub.example.com."), Of("example.COM.")));
}

}  // namespace
}  // namespace quartet::dns
