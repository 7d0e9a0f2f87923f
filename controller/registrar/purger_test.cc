#include "controller/registrar/purger.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/host.h"
#include "controller/memory_controller.h"
#include "controller/registrar/domains/domain_rows.h"
#include "controller/registrar/domains/operation_plans.h"

namespace quartet::controller {
namespace {

using stored::v1::DomainOperationRow;

class PurgerTest : public testing::Test {
 protected:
  ~PurgerTest() override { controller_->Stop(); }
  RequestHost& host() { return controller_->host(); }

  Outcome Commit(PlanFn plan) {
    Proposal proposal;
    proposal.plan = std::move(plan);
    const absl::StatusOr<Outcome> outcome = ProposeAndWait(host(), std::move(proposal));
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    return outcome.value_or(Outcome());
  }
  // By the controller's clock, which stands still years ago.
  std::string MakeOperation(int number, bool over) {
    NewOperation operation;
    operation.kind = stored::v1::DOMAIN_OPERATION_KIND_REGISTER;
    operation.domain = absl::StrCat("d", number, ".test");
    std::string id =
        Commit([&](const PlanContext& context) { return PlanSubmission(context, operation); }).change_id;
    const DomainOperationRow row = **ReadOperation(host().replica(), id);
    const OperationProgress progress{id, row.step(), row.step(), row.steps()};
    if (over)
      Commit([&](const PlanContext& context) { return PlanFailure(context, progress, 0, "no", nullptr); });
    return id;
  }
  void MakeMessage(int number, int64_t time_us) {
    stored::v1::RegistryMessageRow row;
    row.set_registry("sandbox");
    row.set_id(absl::StrCat(number));
    row.set_time_us(time_us);
    Commit([&](const PlanContext& context) -> absl::StatusOr<Plan> {
      Plan plan;
      if (absl::Status put = PutRegistryMessage(context.view, row, plan); !put.ok()) return put;
      return plan;
    });
  }
  std::vector<std::string> Operations() {
    std::vector<std::string> ids;
    EXPECT_TRUE(VisitOperations(host().replica(), "", [&](const DomainOperationRow& row) {
                  ids.push_back(row.id());
                  return true;
                }).ok());
    return ids;
  }
  std::vector<std::string> Messages() {
    std::vector<std::string> ids;
    EXPECT_TRUE(VisitRegistryMessages(host().replica(), "", [&](const auto& row) {
                  ids.push_back(row.id());
                  return true;
                }).ok());
    return ids;
  }

  void AwaitMessages(size_t left) {
    std::mutex mutex;
    std::condition_variable wake;
    bool committed = true;
    const auto watch = host().WatchCommits([&](const auto&) {
      const std::lock_guard<std::mutex> lock(mutex);
      committed = true;
      wake.notify_all();
    });
    while (Messages().size() > left) {
      std::unique_lock<std::mutex> lock(mutex);
      ASSERT_TRUE(wake.wait_for(lock, std::chrono::seconds(60), [&] { return committed; }));
      committed = false;
    }
  }

  MemoryController controller_;
};

TEST_F(PurgerTest, RemovesWhatEndedLongAgo) {
  const std::string open = MakeOperation(0, false);
  for (int i = 1; i < 6; ++i) MakeOperation(i, true);
  ASSERT_EQ(Operations().size(), 6U);
  for (int i = 0; i < 5; ++i) MakeMessage(i, 1);
  MakeMessage(5, replication::SystemClock().WallMicros());
  Purger::Options options;
  options.most_at_once = 2;
  Purger purger(host(), replication::SystemClock(), options);
  AwaitMessages(1);
  EXPECT_EQ(Operations(), std::vector<std::string>{open});
  EXPECT_EQ(Messages(), std::vector<std::string>{"5"});
  purger.Stop();
}

TEST_F(PurgerTest, KeepsWhatIsYounger) {
  const std::string ended = MakeOperation(1, true);
  MakeMessage(1, 1);
  // At the controller's time.
  ManualClock clock;
  Purger::Options options;
  options.keep_us = 0;
  const Purger purger(host(), clock, options);
  // Messages are looked at after operations.
  AwaitMessages(0);
  EXPECT_EQ(Operations(), std::vector<std::string>{ended});
}

}  // namespace
}  // namespace quartet::controller
