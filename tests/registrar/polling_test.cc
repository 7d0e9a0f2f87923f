// What a registry tells by poll, taken while answers are lost and the controller dies.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "controller/registrar/domains/domain_rows.h"
#include "controller/registrar/polling/registry_poller.h"
#include "tests/registrar/registrar_world.h"

namespace quartet::controller {
namespace {

using Kind = PollResult::Kind;

constexpr int64_t kHourUs = int64_t{3600} * 1'000'000;

class PollingTest : public testing::Test {
 protected:
  // An operation that the registry ends an hour later, with a message.
  std::string BeginSlow(const std::string& domain) {
    const std::string id = world_.Submit(stored::v1::DOMAIN_OPERATION_KIND_REGISTER, domain);
    world_.AwaitOperation(id, "a create that is pending", [](const stored::v1::DomainOperationRow& row) {
      return row.step() == stored::v1::DOMAIN_OPERATION_STEP_PENDING;
    });
    return id;
  }
  std::vector<stored::v1::RegistryMessageRow> Messages() {
    std::vector<stored::v1::RegistryMessageRow> all;
    EXPECT_TRUE(VisitRegistryMessages(world_.replica(), "", [&](stored::v1::RegistryMessageRow row) {
                  all.push_back(std::move(row));
                  return true;
                }).ok());
    return all;
  }
  PollResult Poll() { return PollOnce(world_.host(), world_.fragile()); }

  RegistrarWorld world_;
};

TEST_F(PollingTest, AMessageIsLoggedThenAcknowledged) {
  EXPECT_EQ(Poll().kind, Kind::kNone);
  const std::string id = BeginSlow("a.slow");
  world_.clock().Advance(kHourUs);
  EXPECT_EQ(Poll().kind, Kind::kTaken);
  ASSERT_EQ(Messages().size(), 1u);
  EXPECT_EQ(Messages()[0].domain(), "a.slow");
  EXPECT_EQ(Messages()[0].text(), "Pending creation completed.");
  EXPECT_EQ(Poll().kind, Kind::kNone);
  EXPECT_EQ(world_.AwaitEnd(id).state(), stored::v1::DOMAIN_OPERATION_STATE_SUCCESSFUL);
}

TEST_F(PollingTest, AMessageSurvivesWhateverHappensBeforeItIsAcknowledged) {
  int number = 0;
  for (const Blow blow : {Blow::kLostBefore, Blow::kLostAfter, Blow::kDeadBefore, Blow::kDeadAfter}) {
    for (const size_t command : {0u, 1u}) {
      SCOPED_TRACE(testing::Message() << "blow " << static_cast<int>(blow) << " at " << command);
      const std::string domain = "m" + std::to_string(++number) + ".slow";
      const std::string id = BeginSlow(domain);
      world_.clock().Advance(kHourUs);
      EXPECT_EQ(world_.AwaitEnd(id).state(), stored::v1::DOMAIN_OPERATION_STATE_SUCCESSFUL);
      const size_t before = Messages().size();
      world_.fragile().Strike(command, blow);
      EXPECT_EQ(Poll().kind, Kind::kTrouble);
      EXPECT_TRUE(world_.fragile().struck());
      // It was logged before it was to be acknowledged.
      EXPECT_EQ(Messages().size(), before + command);
      world_.Restart();
      while (Poll().kind == Kind::kTaken) continue;
      ASSERT_EQ(Messages().size(), before + 1);
      EXPECT_EQ(Poll().kind, Kind::kNone);
    }
  }
}

TEST_F(PollingTest, APollerTakesAllThereAreAndHastensWhatWaits) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(BeginSlow("p" + std::to_string(i) + ".slow"));
  world_.clock().Advance(kHourUs);
  RegistryPoller::Options options;
  options.every = std::chrono::hours(1);
  RegistryPoller poller(world_.host(), world_.fragile(), options);
  for (const std::string& id : ids)
    EXPECT_EQ(world_.AwaitEnd(id).state(), stored::v1::DOMAIN_OPERATION_STATE_SUCCESSFUL);
  world_.AwaitCommitted("five messages", [&] { return Messages().size() == 5; });
  // It sleeps for an hour now, unless it is told that there may be more.
  const std::string late = BeginSlow("late.slow");
  world_.clock().Advance(kHourUs);
  poller.Hasten();
  world_.AwaitCommitted("a sixth message", [&] { return Messages().size() == 6; });
  EXPECT_EQ(world_.AwaitEnd(late).state(), stored::v1::DOMAIN_OPERATION_STATE_SUCCESSFUL);
}

}  // namespace
}  // namespace quartet::controller
