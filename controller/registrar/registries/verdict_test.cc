#include "controller/registrar/registries/verdict.h"

#include <gtest/gtest.h>

#include <map>

#include "absl/strings/str_cat.h"

namespace quartet::controller {
namespace {

using Kind = Verdict::Kind;

Verdict Of(int code) {
  absl::StatusOr<epp::Response> response = epp::ReadResponse(
      absl::StrCat("<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><response><result code='", code,
                   "'><msg>says so</msg></result><trID><svTRID>S-1</svTRID></trID></response></epp>"));
  EXPECT_TRUE(response.ok()) << response.status();
  return VerdictOf(response);
}

TEST(VerdictTest, EachResultCodeSaysWhatIsToBeDoneNext) {
  // All of RFC 5730 §3.
  const std::map<Kind, std::vector<int>> codes = {
      {Kind::kDone, {1000, 1300, 1301, 1500}},
      {Kind::kPending, {1001}},
      {Kind::kRefused, {2000, 2001, 2002, 2003, 2004, 2005, 2100, 2101, 2102, 2103, 2104, 2105,
                        2106, 2201, 2202, 2300, 2301, 2302, 2303, 2304, 2305, 2306, 2307, 2308}},
      {Kind::kLater, {2400, 2500, 2502}},
      {Kind::kConfiguration, {2200, 2501}},
  };
  for (const auto& [kind, all] : codes) {
    for (const int code : all) {
      const Verdict verdict = Of(code);
      EXPECT_EQ(verdict.kind, kind) << code;
      EXPECT_EQ(verdict.code, code);
      EXPECT_EQ(verdict.message, absl::StrCat(code, " says so"));
      EXPECT_EQ(verdict.done(), kind == Kind::kDone);
    }
  }
}

TEST(VerdictTest, WithoutAnAnswerTheCommandWasNotSentOrNobodyKnows) {
  EXPECT_EQ(VerdictOf(absl::UnavailableError("nobody answers")).kind, Kind::kLater);
  EXPECT_EQ(VerdictOf(absl::DeadlineExceededError("no answer")).kind, Kind::kLater);
  EXPECT_EQ(VerdictOf(absl::PermissionDeniedError("its certificate is not taken")).kind,
            Kind::kConfiguration);
  EXPECT_EQ(VerdictOf(absl::InvalidArgumentError("no name of a server")).kind, Kind::kConfiguration);
  const Verdict unknown = VerdictOf(absl::UnknownError("the session ended"));
  EXPECT_EQ(unknown.kind, Kind::kUnknown);
  EXPECT_EQ(unknown.code, 0);
  EXPECT_EQ(unknown.message, "the session ended");
}

}  // namespace
}  // namespace quartet::controller
