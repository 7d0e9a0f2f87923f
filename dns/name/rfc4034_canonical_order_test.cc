// RFC 4034 §6.1: canonical order of names, with the section's own example.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dns/name/canonical_key.h"
#include "dns/name/name.h"

namespace quartet::dns {
namespace {

Name Of(absl::string_view text) { return Name::Parse(text).value(); }

std::vector<Name> ExampleOfTheRfc() {
  return {Of("example."),         Of("a.example."),      Of("yljkjljk.a.example."),
          Of("Z.a.example."),     Of("zABC.a.EXAMPLE."), Of("z.example."),
          Of("\\001.z.example."), Of("*.z.example."),    Of("\\200.z.example.")};
}

TEST(Rfc4034, Section61NamesSortAsInTheExample) {
  const std::vector<Name> names = ExampleOfTheRfc();
  for (size_t i = 0; i < names.size(); ++i) {
    for (size_t j = 0; j < names.size(); ++j) {
      EXPECT_EQ(names[i] <=> names[j], i <=> j) << names[i].ToString() << " " << names[j].ToString();
    }
  }
}

TEST(Rfc4034, Section61KeysSortAsInTheExample) {
  const std::vector<Name> names = ExampleOfTheRfc();
  for (const Name& apex : {Of("example."), Name()}) {
    for (size_t i = 0; i < names.size(); ++i) {
      for (size_t j = 0; j < names.size(); ++j) {
        EXPECT_EQ(CanonicalKey(names[i], apex) < CanonicalKey(names[j], apex), i < j)
            << names[i].ToString() << " " << names[j].ToString();
      }
    }
  }
}

TEST(Rfc4034, Section61AnAbsentOctetSortsBeforeAZeroOctet) {
  EXPECT_LT(Of("a."), Of("a\\000."));
  EXPECT_LT(Of("a\\000."), Of("a\\001."));
  EXPECT_LT(Of("x.a."), Of("a\\000."));
}

TEST(Rfc4034, Section61LettersSortAsLowerCaseAndOctetsAsUnsigned) {
  EXPECT_LT(Of("_."), Of("A."));  // '_' is above 'A' and below 'a'
  EXPECT_LT(Of("z."), Of("\\128."));
}

}  // namespace
}  // namespace quartet::dns
