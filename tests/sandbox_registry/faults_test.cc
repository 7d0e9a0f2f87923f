// Each fault, as a client of the registry meets it.
#include "tests/sandbox_registry/faults.h"

#include <gtest/gtest.h>

#include <fstream>

#include "controller/registrar/epp/client.h"
#include "controller/registrar/epp/domain.h"
#include "tests/sandbox_registry/registry_fixture.h"

namespace quartet::sandbox {
namespace {

namespace epp = controller::epp;
using Code = absl::StatusCode;

class FaultsTest : public testing::Test {
 protected:
  void Set(const std::string& lines) { std::ofstream(path_) << lines; }

  absl::StatusOr<std::unique_ptr<epp::Client>> Connect(int64_t answer_within_us = 10'000'000) {
    epp::Session::Options options = RunningRegistry::Login();
    options.answer_within_us = answer_within_us;
    return epp::Client::Connect(running_.Endpoint(), options);
  }
  // What becomes of a domain:create in a session of its own.
  absl::StatusOr<epp::Response> Create(const std::string& name, int64_t answer_within_us = 10'000'000) {
    auto client = Connect(answer_within_us);
    if (!client.ok()) return client.status();
    epp::DomainCreate create;
    create.name = name;
    create.auth_info = "auth-1";
    return (*client)->Run(epp::MakeDomainCreate(create));
  }
  bool Exists(const std::string& name) { return running_.registry().FindDomain(name).has_value(); }

  store::TestDirectory directory_;
  const std::string path_ = directory_.path() + "/faults";
  RunningRegistry running_{RunningRegistry::DefaultConfig(), Faults(path_)};
};

TEST_F(FaultsTest, WithoutALineForItACommandIsDone) {
  EXPECT_EQ(Create("a.test")->code(), 1000);
  Set("host:create cut\ndomain:info garbage\n");
  EXPECT_EQ(Create("b.test")->code(), 1000);
}

TEST_F(FaultsTest, ACutConnectionHasDoneNothing) {
  Set("domain:create cut\n");
  EXPECT_EQ(Create("a.test").status().code(), Code::kUnknown);
  EXPECT_FALSE(Exists("a.test"));
}

TEST_F(FaultsTest, AnAnswerThatIsLostIsOfSomethingDone) {
  for (const std::string kind : {"lost", "garbage", "oversized"}) {
    Set("domain:create " + kind + "\n");
    EXPECT_EQ(Create(kind + ".test").status().code(), Code::kUnknown) << kind;
    EXPECT_TRUE(Exists(kind + ".test")) << kind;
  }
}

TEST_F(FaultsTest, ADelayedCommandIsDoneAfterItsClientHasGone) {
  Set("domain:create delay 500\n");
  EXPECT_EQ(Create("a.test", 100'000).status().code(), Code::kUnknown);
  EXPECT_FALSE(Exists("a.test"));
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!Exists("a.test") && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  EXPECT_TRUE(Exists("a.test"));
}

TEST_F(FaultsTest, ALateAnswerIsOfSomethingDone) {
  Set("domain:create late 60000\n");
  EXPECT_EQ(Create("a.test", 100'000).status().code(), Code::kUnknown);
  EXPECT_TRUE(Exists("a.test"));
  // Nor does it hold up the registry's end.
  const auto start = std::chrono::steady_clock::now();
  running_.Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST_F(FaultsTest, TheGreetingAndTheLoginHaveTheirsToo) {
  Set("greeting garbage\n");
  EXPECT_EQ(Connect().status().code(), Code::kUnavailable);
  Set("login cut\n");
  EXPECT_EQ(Connect().status().code(), Code::kUnavailable);
}

TEST(CommandOfTest, CommandsAreNamedByObjectAndVerb) {
  EXPECT_EQ(CommandOf(epp::MakeDomainCheck({"a.test"}).Encode("Q-1")), "domain:check");
  EXPECT_EQ(CommandOf(epp::MakeLogout().Encode("Q-1")), "logout");
  EXPECT_EQ(CommandOf(epp::Hello()), "hello");
  EXPECT_EQ(CommandOf("no XML"), "");
}

}  // namespace
}  // namespace quartet::sandbox
