// What becomes of answers, scripted word by word, that no registry should give.
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/registrar/registries/registry_client.h"

namespace quartet::controller {
namespace {

using Kind = Verdict::Kind;

constexpr absl::string_view kDomainSpace = "urn:ietf:params:xml:ns:domain-1.0";

std::string Says(int code, absl::string_view inside = "") {
  return absl::StrCat("<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><response><result code='", code,
                      "'><msg>says so</msg></result>", inside,
                      "<trID><svTRID>S-1</svTRID></trID></response></epp>");
}

std::string Data(absl::string_view inside) { return absl::StrCat("<resData>", inside, "</resData>"); }

class ScriptedAnswersTest : public testing::Test {
 protected:
  ScriptedAnswersTest() {
    CommandRunner runner;
    runner.run = [this](const epp::Command& command) -> absl::StatusOr<epp::Response> {
      sent_.push_back(command.Encode("Q-1"));
      if (answers_.empty()) return absl::UnknownError("the session ended");
      const std::string answer = std::move(answers_.front());
      answers_.pop_front();
      return epp::ReadResponse(answer);
    };
    client_ = MakeRegistryClientOver(RegistryConfig(), std::move(runner), replication::SystemRandom());
  }

  std::deque<std::string> answers_;
  std::deque<std::string> sent_;
  std::unique_ptr<RegistryClient> client_;
};

TEST_F(ScriptedAnswersTest, WhatIsDoneWithDataThatCantBeReadIsUnknown) {
  answers_ = {Says(1000), Says(1000, Data("<other/>")), Says(1000, Data("<creData xmlns='urn:other'/>"))};
  for (int i = 0; i < 3; ++i) {
    const auto created = client_->CreateDomain({});
    EXPECT_EQ(created.verdict.kind, Kind::kUnknown) << i;
    EXPECT_EQ(created.verdict.code, 1000);
    EXPECT_FALSE(created.value.has_value());
    EXPECT_NE(created.verdict.message.find("can't be read"), std::string::npos);
  }
}

TEST_F(ScriptedAnswersTest, WhatIsPendingNeedsNoData) {
  answers_ = {Says(1001),
              Says(1001, Data(absl::StrCat("<creData xmlns='", kDomainSpace,
                                           "'><name>a.test</name><crDate>2026-11-26T00:00:00Z</crDate>"
                                           "</creData>")))};
  const auto bare = client_->CreateDomain({});
  EXPECT_EQ(bare.verdict.kind, Kind::kPending);
  EXPECT_FALSE(bare.value.has_value());
  const auto dated = client_->CreateDomain({});
  EXPECT_EQ(dated.verdict.kind, Kind::kPending);
  EXPECT_EQ(dated.value->name, "a.test");
}

TEST_F(ScriptedAnswersTest, AMessageOfWhateverKindIsTaken) {
  const std::string queue = "<msgQ count='1' id='12'><msg>Low balance</msg></msgQ>";
  answers_ = {Says(1300), Says(1301, queue), Says(1301, queue + Data("<lowBalance/>")), Says(1301)};
  const auto none = client_->Poll();
  EXPECT_TRUE(none.verdict.done());
  EXPECT_FALSE(none.value.has_value());
  for (int i = 0; i < 2; ++i) {
    const auto told = client_->Poll();
    ASSERT_TRUE(told.value.has_value()) << i;
    EXPECT_EQ(told.value->queue.message, "Low balance");
    EXPECT_FALSE(told.value->pending.has_value() || told.value->transfer.has_value());
  }
  EXPECT_EQ(client_->Poll().verdict.kind, Kind::kUnknown);
}

TEST_F(ScriptedAnswersTest, AHostThatSomebodyMadeMeanwhileIsLookedAt) {
  const auto host_data = [](absl::string_view inside) {
    return Data(absl::StrCat("<chkData xmlns='urn:ietf:params:xml:ns:host-1.0'>", inside, "</chkData>"));
  };
  answers_ = {Says(1000, host_data("<cd><name avail='1'>ns1.a.test</name></cd>")), Says(2302),
              Says(1000, Data("<infData xmlns='urn:ietf:params:xml:ns:host-1.0'><name>ns1.a.test</name>"
                              "<addr ip='v4'>192.0.2.1</addr></infData>"))};
  EXPECT_TRUE(client_->EnsureHost({"ns1.a.test", {"192.0.2.1"}}).done());
  EXPECT_EQ(sent_.size(), 3u);
  // It was seen.
  EXPECT_TRUE(client_->EnsureHost({"ns1.a.test", {"192.0.2.1"}}).done());
  EXPECT_EQ(sent_.size(), 3u);
}

TEST_F(ScriptedAnswersTest, AHostThatGoesWhileItIsLookedAtIsMadeTheNextTime) {
  answers_ = {Says(1000, Data("<chkData xmlns='urn:ietf:params:xml:ns:host-1.0'><cd><name "
                              "avail='0'>ns1.a.test</name></cd></chkData>")),
              Says(2303)};
  const Verdict verdict = client_->EnsureHost({"ns1.a.test", {"192.0.2.1"}});
  EXPECT_EQ(verdict.kind, Kind::kLater);
  EXPECT_EQ(verdict.code, 2303);
}

}  // namespace
}  // namespace quartet::controller
