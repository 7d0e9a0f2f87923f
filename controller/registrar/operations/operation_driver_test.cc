#include "controller/registrar/operations/operation_driver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>

#include "absl/strings/str_cat.h"
#include "controller/host.h"
#include "controller/memory_controller.h"
#include "controller/registrar/domains/domain_rows.h"

namespace quartet::controller {
namespace {

using stored::v1::DomainOperationRow;
using ::testing::HasSubstr;

constexpr auto kCheck = stored::v1::DOMAIN_OPERATION_STEP_CHECK;
constexpr auto kServe = stored::v1::DOMAIN_OPERATION_STEP_SERVE;
constexpr auto kCommand = stored::v1::DOMAIN_OPERATION_STEP_COMMAND;

// The kind of all operations here: what a test says.
std::function<StepResult(const StepContext& context)> g_step;
std::atomic<int> g_rolled_back = 0;

StepResult DoStep(const StepContext& context) { return g_step(context); }
absl::Status RollBack(const PlanContext&, OperationRows, Plan&) {
  ++g_rolled_back;
  return absl::OkStatus();
}
const OperationKind kKind{DoStep, RollBack};

class OperationDriverTest : public testing::Test {
 protected:
  OperationDriverTest() { g_rolled_back = 0; }
  ~OperationDriverTest() override {
    driver_ = nullptr;
    controller_->Stop();
  }

  static std::unique_ptr<Registries> MakeRegistries(const std::string& name) {
    RegistriesConfig configs;
    RegistryConfig& config = configs.registries.emplace_back();
    config.name = name;
    config.tlds = {"test"};
    config.sessions = 2;
    return *Registries::Make(std::move(configs), [](const RegistryConfig& one) {
      return absl::StatusOr<std::unique_ptr<RegistryClient>>(MakeRegistryClientOver(
          one, {[](const epp::Command&) { return absl::UnavailableError("nobody"); }, [] {}},
          replication::SystemRandom()));
    });
  }

  OperationDriver& driver() {
    if (driver_ == nullptr) {
      OperationDriver::Options options;
      options.pauses = {1000, 4000};
      options.uncertain_us = 60'000'000;
      options.kind_of = [this](stored::v1::DomainOperationKind) { return kind_; };
      driver_ =
          std::make_unique<OperationDriver>(controller_->host(), *registries_, replication::SystemClock(),
                                            replication::SystemRandom(), options);
    }
    return *driver_;
  }

  std::string Submit(const std::string& domain = "example.test") {
    NewOperation operation;
    operation.kind = stored::v1::DOMAIN_OPERATION_KIND_REGISTER;
    operation.domain = domain;
    operation.registry = "sandbox";
    operation.principal = "quartet://admin/test";
    const auto row = driver().Submit(operation, Proposal());
    EXPECT_TRUE(row.ok()) << row.status();
    return row.ok() ? row->id() : "";
  }

  // As it is once `is_so`.
  DomainOperationRow Await(const std::string& id,
                           const std::function<bool(const DomainOperationRow&)>& is_so = IsOver) {
    std::mutex mutex;
    std::condition_variable wake;
    uint64_t moves = 1;
    const auto watch = driver().WatchOperation(id, [&] {
      const std::lock_guard<std::mutex> lock(mutex);
      ++moves;
      wake.notify_all();
    });
    EXPECT_TRUE(watch.ok());
    uint64_t seen = 0;
    while (true) {
      {
        std::unique_lock<std::mutex> lock(mutex);
        if (!wake.wait_for(lock, std::chrono::seconds(60), [&] { return moves != seen; })) break;
        seen = moves;
      }
      DomainOperationRow row = *driver().Get(id);
      if (is_so(row)) return row;
    }
    ADD_FAILURE() << "it does not come to that";
    return {};
  }
  DomainOperationRow Logged(const std::string& id) {
    return **ReadOperation(controller_->host().replica(), id);
  }

  MemoryController controller_;
  std::unique_ptr<Registries> registries_ = MakeRegistries("sandbox");
  const OperationKind* kind_ = &kKind;
  std::unique_ptr<OperationDriver> driver_;
};

TEST_F(OperationDriverTest, StepsThatNeedNoLoggingAreShownAndDoneAgain) {
  std::atomic<bool> go_on = false;
  std::atomic<int> checks = 0;
  g_step = [&](const StepContext& context) {
    if (context.operation.step() == kCheck) {
      ++checks;
      return StepResult::Move(kServe);
    }
    if (context.operation.step() == kServe) return StepResult::Move(kCommand);
    return go_on ? StepResult::Done(nullptr) : StepResult::Later("not yet");
  };
  const std::string id = Submit();
  const DomainOperationRow waiting =
      Await(id, [](const DomainOperationRow& row) { return row.tries() >= 2; });
  EXPECT_EQ(waiting.step(), kCommand);
  EXPECT_EQ(waiting.steps_size(), 3);
  EXPECT_EQ(waiting.trouble(), "not yet");
  EXPECT_EQ(Logged(id).step(), kCheck);
  driver_ = nullptr;
  go_on = true;
  const DomainOperationRow done = Await(id);
  EXPECT_EQ(done.state(), stored::v1::DOMAIN_OPERATION_STATE_SUCCESSFUL);
  EXPECT_EQ(done.steps_size(), 4);
  EXPECT_EQ(checks, 2);
  EXPECT_EQ(g_rolled_back, 0);
  EXPECT_EQ(driver().open(), 0U);
}

TEST_F(OperationDriverTest, WhatIsLoggedIsWhereAnotherOneGoesOn) {
  g_step = [&](const StepContext& context) {
    if (context.operation.step() != kCheck) return StepResult::Later("not yet");
    return StepResult::Log(kServe, [](const PlanContext&, OperationRows rows, Plan&) {
      rows.operation.set_zone_id("Z1");
      return absl::OkStatus();
    });
  };
  const std::string id = Submit();
  Await(id, [](const DomainOperationRow& row) { return row.step() == kServe; });
  driver_ = nullptr;
  std::atomic<bool> was_uncertain = false;
  g_step = [&](const StepContext& context) {
    EXPECT_EQ(context.operation.step(), kServe);
    EXPECT_EQ(context.operation.zone_id(), "Z1");
    EXPECT_EQ(context.domain.operation(), id);
    was_uncertain = context.uncertain();
    return StepResult::Done(nullptr);
  };
  Await(id);
  // The one before may have sent something.
  EXPECT_TRUE(was_uncertain);
}

TEST_F(OperationDriverTest, OnlyALostReplyMakesUncertain) {
  std::atomic<int> calls = 0;
  std::vector<bool> uncertain;
  g_step = [&](const StepContext& context) {
    uncertain.push_back(context.uncertain());
    StepResult result = StepResult::Later("again");
    result.uncertain = calls == 1;
    return ++calls == 3 ? StepResult::Done(nullptr) : result;
  };
  Await(Submit());
  EXPECT_EQ(uncertain, (std::vector<bool>{false, false, true}));
}

TEST_F(OperationDriverTest, WhatIsHastenedWhileItRunsIsDoneAgain) {
  std::promise<void> running;
  std::promise<void> hastened;
  std::atomic<int> calls = 0;
  g_step = [&](const StepContext&) {
    if (++calls == 2) return StepResult::Done(nullptr);
    running.set_value();
    hastened.get_future().wait();
    return StepResult::Wait("what never comes", [](const store::Reader&) { return false; });
  };
  const std::string id = Submit();
  running.get_future().wait();
  driver().Hasten(id);
  hastened.set_value();
  Await(id);
  EXPECT_EQ(calls, 2);
}

TEST_F(OperationDriverTest, WhatBecomesReadyBeforeItIsWaitedForIsFound) {
  // No node moves after this.
  std::atomic<bool> ready = false;
  std::atomic<int> calls = 0;
  g_step = [&](const StepContext&) {
    if (++calls == 2) return StepResult::Done(nullptr);
    StepResult result = StepResult::Wait("a moment", [&](const store::Reader&) { return ready.load(); });
    ready = true;
    return result;
  };
  Await(Submit());
  EXPECT_EQ(calls, 2);
}

TEST_F(OperationDriverTest, AWaitingOneIsHastened) {
  std::atomic<int> calls = 0;
  g_step = [&](const StepContext&) {
    if (++calls == 2) return StepResult::Done(nullptr);
    return StepResult::Wait("what never comes", [](const store::Reader&) { return false; });
  };
  const std::string id = Submit();
  Await(id, [](const DomainOperationRow& row) { return row.trouble() == "what never comes"; });
  driver().Hasten(id);
  driver().Hasten("O0000000000000");
  Await(id);
}

TEST_F(OperationDriverTest, AnEditThatIsRefusedForGoodEndsIt) {
  g_step = [](const StepContext&) {
    return StepResult::Log(
        kServe, [](const PlanContext&, OperationRows, Plan&) { return absl::NotFoundError("no such zone"); });
  };
  const DomainOperationRow failed = Await(Submit());
  EXPECT_EQ(failed.state(), stored::v1::DOMAIN_OPERATION_STATE_FAILED);
  EXPECT_EQ(failed.message(), "no such zone");
  EXPECT_EQ(failed.code(), 0);
  EXPECT_EQ(g_rolled_back, 1);
  EXPECT_FALSE((*ReadDomain(controller_->host().replica(), "example.test")).has_value());
}

TEST_F(OperationDriverTest, WhatTheRegistryHasDoneIsNotTakenBackForAnEntry) {
  std::atomic<int> edits = 0;
  g_step = [&](const StepContext&) {
    return StepResult::Done([&](const PlanContext&, OperationRows, Plan&) {
      return ++edits < 3 ? absl::FailedPreconditionError("not now") : absl::OkStatus();
    });
  };
  const DomainOperationRow done = Await(Submit());
  EXPECT_EQ(done.state(), stored::v1::DOMAIN_OPERATION_STATE_SUCCESSFUL);
  EXPECT_EQ(edits, 3);
  EXPECT_EQ(g_rolled_back, 0);
}

TEST_F(OperationDriverTest, ARefusalIsLoggedWithItsCode) {
  g_step = [](const StepContext&) { return StepResult::Fail(2304, "2304 Object status"); };
  const DomainOperationRow failed = Await(Submit());
  EXPECT_EQ(failed.state(), stored::v1::DOMAIN_OPERATION_STATE_FAILED);
  EXPECT_EQ(failed.code(), 2304);
  EXPECT_EQ(g_rolled_back, 1);
}

TEST_F(OperationDriverTest, ADecisionIsHeardOf) {
  g_step = [](const StepContext& context) {
    if (context.operation.decision() == stored::v1::DOMAIN_DECISION_DONE) return StepResult::Done(nullptr);
    if (context.operation.step() == kCheck) {
      return StepResult::Log(stored::v1::DOMAIN_OPERATION_STEP_PENDING,
                             [](const PlanContext&, OperationRows rows, Plan&) {
                               rows.operation.set_pending_at_registry(true);
                               return absl::OkStatus();
                             });
    }
    return StepResult::Wait("the registry", [](const store::Reader&) { return false; });
  };
  const std::string id = Submit();
  Await(id, [](const DomainOperationRow& row) { return row.pending_at_registry(); });
  Proposal proposal;
  proposal.plan = [](const PlanContext& context) -> absl::StatusOr<Plan> {
    Plan plan;
    if (absl::Status status = TakeDecision(context, "example.test", true, plan); !status.ok()) return status;
    return plan;
  };
  ASSERT_TRUE(ProposeAndWait(controller_->host(), std::move(proposal)).ok());
  EXPECT_EQ(Await(id).state(), stored::v1::DOMAIN_OPERATION_STATE_SUCCESSFUL);
}

TEST_F(OperationDriverTest, AKindThatIsNotKnownIsWaitedWith) {
  kind_ = nullptr;
  const std::string id = Submit();
  const DomainOperationRow waiting = Await(id, [](const DomainOperationRow& row) { return row.tries() > 2; });
  EXPECT_THAT(waiting.trouble(), HasSubstr("does not know"));
}

TEST_F(OperationDriverTest, ARegistryThatIsGoneIsToldOf) {
  g_step = [](const StepContext&) { return StepResult::Later("not yet"); };
  const std::string id = Submit();
  driver_ = nullptr;
  registries_ = MakeRegistries("another");
  EXPECT_THAT(driver().Get(id)->trouble(), HasSubstr("sandbox is not configured"));
  driver().Hasten(id);
  driver_ = nullptr;
  registries_ = MakeRegistries("sandbox");
  g_step = [](const StepContext&) { return StepResult::Done(nullptr); };
  Await(id);
}

TEST_F(OperationDriverTest, StopWaitsForTheStepThatRuns) {
  std::promise<void> running;
  std::promise<void> go_on;
  std::atomic<bool> ended = false;
  g_step = [&](const StepContext& context) {
    if (context.operation.step() != kCheck) return StepResult::Later("it is at another step");
    running.set_value();
    go_on.get_future().wait();
    ended = true;
    return StepResult::Log(kServe, nullptr);
  };
  Submit();
  running.get_future().wait();
  std::thread stopping([&] {
    driver_->Stop();
    EXPECT_TRUE(ended);
  });
  go_on.set_value();
  stopping.join();
  // Again is nothing.
  driver_->Stop();
}

TEST_F(OperationDriverTest, ManyAreAllDone) {
  g_step = [](const StepContext& context) {
    return context.operation.step() == kCheck ? StepResult::Log(kServe, nullptr) : StepResult::Done(nullptr);
  };
  std::vector<std::string> ids;
  ids.reserve(50);
  for (int i = 0; i < 50; ++i) ids.push_back(Submit(absl::StrCat("d", i, ".test")));
  for (const std::string& id : ids)
    EXPECT_EQ(Await(id).state(), stored::v1::DOMAIN_OPERATION_STATE_SUCCESSFUL);
}

TEST_F(OperationDriverTest, WhatIsNotThereIsNotFound) {
  for (const char* const id : {"", "O0000000000000", "C0000000000000", "O1"}) {
    EXPECT_EQ(driver().Get(id).status().code(), absl::StatusCode::kNotFound) << id;
    EXPECT_EQ(driver().WatchOperation(id, [] {}).status().code(), absl::StatusCode::kNotFound) << id;
  }
}

}  // namespace
}  // namespace quartet::controller
