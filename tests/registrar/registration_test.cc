// REGISTER: a domain is registered just once, with the right four, or not at all and nothing is left of it; wherever a reply is
// lost or the controller dies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "controller/host.h"
#include "controller/registrar/domains/domain_rows.h"
#include "controller/registrar/operations/kinds/own_info.h"
#include "tests/registrar/cut_host.h"
#include "tests/registrar/registration_world.h"

namespace quartet::controller {
namespace {

using stored::v1::DomainOperationRow;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Kind = Fault::Kind;

constexpr auto kSuccessful = stored::v1::DOMAIN_OPERATION_STATE_SUCCESSFUL;
constexpr auto kFailed = stored::v1::DOMAIN_OPERATION_STATE_FAILED;

std::vector<int> StepsOf(const DomainOperationRow& operation) {
  std::vector<int> steps;
  for (const stored::v1::DomainStepRow& step : operation.steps()) steps.push_back(step.step());
  return steps;
}

size_t CountOf(const std::vector<std::string>& commands, const std::string& name) {
  return static_cast<size_t>(std::count(commands.begin(), commands.end(), name));
}

class RegistrationTest : public testing::Test {
 protected:
  // From its submission to its end.
  DomainOperationRow Register(const std::string& domain) { return Register(Registration(domain)); }
  DomainOperationRow Register(const NewOperation& operation) {
    const absl::StatusOr<std::string> id = SubmitTo(driver(), operation);
    EXPECT_TRUE(id.ok()) << id.status();
    return id.ok() ? Await(driver(), *id) : DomainOperationRow();
  }
  OperationDriver& driver() {
    if (driver_ == nullptr) driver_ = world_.MakeDriver(world_.host());
    return *driver_;
  }
  // Those commands get this, all others nothing.
  void Always(const std::string& command, Fault fault) {
    world_.registry.set_faults(
        [command, fault](const std::string& name, size_t) { return name == command ? fault : Fault(); });
  }

  RegistrationWorld world_;
  std::unique_ptr<OperationDriver> driver_;
};

TEST_F(RegistrationTest, ANameThatIsFreeIsRegisteredWithTheFourOfItsNewZone) {
  const DomainOperationRow done = Register("example.shop");
  EXPECT_EQ(done.state(), kSuccessful) << done.message();
  ExpectWholeOrNothing(world_, done);
  EXPECT_THAT(StepsOf(done),
              ElementsAre(stored::v1::DOMAIN_OPERATION_STEP_CHECK, stored::v1::DOMAIN_OPERATION_STEP_ZONE,
                          stored::v1::DOMAIN_OPERATION_STEP_SERVE, stored::v1::DOMAIN_OPERATION_STEP_CONTACTS,
                          stored::v1::DOMAIN_OPERATION_STEP_HOSTS, stored::v1::DOMAIN_OPERATION_STEP_COMMAND,
                          stored::v1::DOMAIN_OPERATION_STEP_DONE));
  EXPECT_TRUE(done.zone_made());
  EXPECT_EQ(done.principal(), "quartet://admin/test");
}

TEST_F(RegistrationTest, OnceItsNameserversAreKnownItTakesThreeCommands) {
  // All eight of which zones have four.
  for (int i = 0; i < 100 && CountOf(world_.registry.commands(), "host:create") < 8; ++i)
    ASSERT_EQ(Register(absl::StrCat("example-", i, ".shop")).state(), kSuccessful);
  const std::vector<std::string> before = world_.registry.commands();
  ASSERT_EQ(CountOf(before, "host:create"), 8U);
  ExpectWholeOrNothing(world_, Register("example.shop"));
  const std::vector<std::string> all = world_.registry.commands();
  EXPECT_THAT(std::vector<std::string>(all.begin() + static_cast<ptrdiff_t>(before.size()), all.end()),
              ElementsAre("domain:check", "domain:create", "domain:info"));
}

TEST_F(RegistrationTest, LogsThreeEntries) {
  std::atomic<size_t> entries = 0;
  const auto watch = world_.host().WatchCommits([&](const std::vector<Sequencer::Committed>& committed) {
    for (const Sequencer::Committed& one : committed) {
      const bool of_operation = std::any_of(
          one.entry.effects().begin(), one.entry.effects().end(), [](const stored::v1::Effect& effect) {
            return effect.object().kind() == stored::v1::OBJECT_KIND_DOMAIN_OPERATION;
          });
      if (of_operation) ++entries;
    }
  });
  EXPECT_EQ(Register("example.shop").state(), kSuccessful);
  EXPECT_EQ(entries, 3U);
}

TEST_F(RegistrationTest, NothingIsSaidToTheRegistryBeforeThreeServe) {
  // The four of a zone are of eight.
  world_.nodes.Serve(2);
  const std::string id = *SubmitTo(driver(), Registration("example.shop"));
  const DomainOperationRow waiting = Await(driver(), id, [](const DomainOperationRow& row) {
    return row.step() == stored::v1::DOMAIN_OPERATION_STEP_SERVE && !row.trouble().empty();
  });
  EXPECT_THAT(waiting.trouble(), HasSubstr("three"));
  EXPECT_EQ(CountOf(world_.registry.commands(), "domain:create"), 0U);
  EXPECT_EQ(world_.Domain("example.shop")->zone_id(), waiting.zone_id());
  world_.nodes.Serve(8);
  ExpectWholeOrNothing(world_, Await(driver(), id));
  EXPECT_TRUE(world_.registry.registry().FindDomain("example.shop").has_value());
}

TEST_F(RegistrationTest, ThickRegistriesGetTheContacts) {
  const DomainOperationRow done = Register("example.thick");
  EXPECT_EQ(done.state(), kSuccessful) << done.message();
  ExpectWholeOrNothing(world_, done);
  EXPECT_EQ(world_.registry.registry().FindDomain("example.thick")->registrant(), "ada-1");
  EXPECT_EQ(world_.registry.registry().FindDomain("example.thick")->contacts_size(), 3);
}

TEST_F(RegistrationTest, AZoneOfTheNameIsAdopted) {
  const std::string zone = world_.MakeZone("example.shop");
  const DomainOperationRow done = Register("example.shop");
  EXPECT_EQ(done.zone_id(), zone);
  EXPECT_FALSE(done.zone_made());
  EXPECT_EQ(done.state(), kSuccessful) << done.message();
  ExpectWholeOrNothing(world_, done);
}

TEST_F(RegistrationTest, OneOfSeveralZonesHasToBeNamed) {
  const std::string first = world_.MakeZone("example.shop");
  const std::string second = world_.MakeZone("example.shop");
  const DomainOperationRow failed = Register("example.shop");
  EXPECT_EQ(failed.state(), kFailed);
  EXPECT_EQ(failed.code(), 0);
  EXPECT_THAT(failed.message(), testing::AllOf(HasSubstr(first), HasSubstr(second)));
  EXPECT_FALSE(world_.Domain("example.shop").has_value());
  EXPECT_EQ(world_.Zones("example.shop").size(), 2U);
  NewOperation named = Registration("example.shop");
  named.wish.set_zone_id(second);
  const DomainOperationRow done = Register(named);
  EXPECT_EQ(done.state(), kSuccessful) << done.message();
  EXPECT_EQ(world_.Domain("example.shop")->zone_id(), second);
}

TEST_F(RegistrationTest, WhatIsTakenOrReservedIsNotTried) {
  epp::DomainCreate theirs;
  theirs.name = "example.shop";
  theirs.auth_info = "theirs";
  ASSERT_EQ(world_.registry.AsTheirs(epp::MakeDomainCreate(theirs)), 1000);
  for (const auto& [name, why] : {std::pair("example.shop", "In use"), std::pair("nic.shop", "Reserved")}) {
    const DomainOperationRow failed = Register(name);
    EXPECT_EQ(failed.state(), kFailed);
    EXPECT_THAT(failed.message(), HasSubstr(why));
    ExpectWholeOrNothing(world_, failed);
    EXPECT_FALSE(failed.zone_made());
  }
  EXPECT_EQ(CountOf(world_.registry.commands(), "domain:create"), 0U);
}

TEST_F(RegistrationTest, WhoIsOvertakenGivesUp) {
  world_.registry.set_faults([this](const std::string& command, size_t) {
    if (command == "domain:create") {
      epp::DomainCreate theirs;
      theirs.name = "example.shop";
      theirs.auth_info = "theirs";
      world_.registry.AsTheirs(epp::MakeDomainCreate(theirs));
    }
    return Fault();
  });
  const DomainOperationRow failed = Register("example.shop");
  EXPECT_EQ(failed.state(), kFailed);
  EXPECT_EQ(failed.code(), 2302);
  EXPECT_TRUE(failed.zone_made());
  EXPECT_THAT(StepsOf(failed), Contains(static_cast<int>(stored::v1::DOMAIN_OPERATION_STEP_ROLL_BACK)));
  ExpectWholeOrNothing(world_, failed);
  EXPECT_EQ(world_.registry.registry().FindDomain("example.shop")->origin().sponsor(), "theirs");
}

TEST_F(RegistrationTest, ARefusalCarriesTheRegistrysWord) {
  Always("domain:create", {Kind::kAnswer, 2306});
  const DomainOperationRow failed = Register("example.shop");
  EXPECT_EQ(failed.state(), kFailed);
  EXPECT_EQ(failed.code(), 2306);
  EXPECT_THAT(failed.message(), HasSubstr("As the test wants"));
  ExpectWholeOrNothing(world_, failed);
  Always("host:create", {Kind::kAnswer, 2308});
  const DomainOperationRow hosts = Register("example.shop");
  EXPECT_EQ(hosts.code(), 2308);
  ExpectWholeOrNothing(world_, hosts);
}

TEST_F(RegistrationTest, ARefusalIsNoLastWordWhileAnEarlierCreateMayBeDone) {
  // The first one is done, though nobody hears of it.
  std::atomic<int> creates = 0;
  world_.registry.set_faults([&](const std::string& command, size_t) -> Fault {
    if (command != "domain:create") return {};
    return creates++ == 0 ? Fault{Kind::kLostAfter, 0} : Fault{Kind::kAnswer, 2104};
  });
  const DomainOperationRow done = Register("example.shop");
  EXPECT_EQ(done.state(), kSuccessful) << done.message();
  ExpectWholeOrNothing(world_, done);
  // The first one is never done: known once it can't be done any more.
  creates = 0;
  world_.registry.set_faults([&](const std::string& command, size_t) -> Fault {
    if (command != "domain:create") return {};
    return creates++ == 0 ? Fault{Kind::kLostBefore, 0} : Fault{Kind::kAnswer, 2104};
  });
  const DomainOperationRow failed = Register("example2.shop");
  EXPECT_EQ(failed.code(), 2104);
  EXPECT_GE(creates, 2);
  ExpectWholeOrNothing(world_, failed);
}

TEST_F(RegistrationTest, AZoneThatItsUserHasFilledStays) {
  Event asked;
  std::atomic<bool> refuse = false;
  world_.registry.set_faults([&](const std::string& command, size_t) -> Fault {
    if (command != "domain:create") return {};
    asked.Set();
    return {Kind::kAnswer, refuse ? 2306 : 2400};
  });
  const std::string id = *SubmitTo(driver(), Registration("example.shop"));
  ASSERT_TRUE(asked.Wait());
  const std::string zone = world_.Zones("example.shop").at(0).id();
  world_.Fill(zone);
  refuse = true;
  const DomainOperationRow failed = Await(driver(), id);
  EXPECT_EQ(failed.state(), kFailed);
  EXPECT_TRUE(failed.zone_made());
  EXPECT_FALSE(world_.Domain("example.shop").has_value());
  ASSERT_EQ(world_.Zones("example.shop").size(), 1U);
  EXPECT_EQ(world_.Zones("example.shop")[0].id(), zone);
}

TEST_F(RegistrationTest, AnAdoptedZoneStaysWhateverBecomesOfIt) {
  const std::string zone = world_.MakeZone("example.shop");
  Always("domain:create", {Kind::kAnswer, 2306});
  EXPECT_EQ(Register("example.shop").state(), kFailed);
  EXPECT_EQ(world_.Zones("example.shop").at(0).id(), zone);
}

TEST_F(RegistrationTest, AZoneThatIsDeletedMeanwhileEndsIt) {
  world_.nodes.Serve(0);
  const std::string id = *SubmitTo(driver(), Registration("example.shop"));
  const DomainOperationRow waiting = Await(driver(), id, [](const DomainOperationRow& row) {
    return row.step() == stored::v1::DOMAIN_OPERATION_STEP_SERVE && !row.trouble().empty();
  });
  admin::v1::DeleteZoneRequest request;
  request.set_name(absl::StrCat("zones/", waiting.zone_id()));
  ASSERT_TRUE(world_.controller->DeleteZone(MemoryController::kAdmin, request).ok());
  world_.nodes.Serve(8);
  const DomainOperationRow failed = Await(driver(), id);
  EXPECT_EQ(failed.state(), kFailed);
  EXPECT_THAT(failed.message(), HasSubstr("deleted"));
  ExpectWholeOrNothing(world_, failed);
}

TEST_F(RegistrationTest, ARegistryThatIsDownIsWaitedForAndToldOf) {
  world_.registry.set_faults([](const std::string&, size_t) { return Fault{Kind::kDown, 0}; });
  const std::string id = *SubmitTo(driver(), Registration("example.shop"));
  const DomainOperationRow waiting =
      Await(driver(), id, [](const DomainOperationRow& row) { return row.tries() >= 4; });
  EXPECT_THAT(waiting.trouble(), HasSubstr("Connection refused"));
  EXPECT_NE(waiting.next_try_us(), 0);
  // It stands in the log, as it has been so for more than a moment.
  EXPECT_THAT((*ReadOperation(world_.host().replica(), id))->trouble(), HasSubstr("Connection refused"));
  world_.registry.set_faults(nullptr);
  const DomainOperationRow done = Await(driver(), id);
  EXPECT_EQ(done.state(), kSuccessful);
  EXPECT_EQ(done.trouble(), "");
  ExpectWholeOrNothing(world_, done);
}

TEST_F(RegistrationTest, WhatARegistryIsAskedAgainIsFewEntries) {
  std::atomic<size_t> entries = 0;
  const auto watch = world_.host().WatchCommits([&](const std::vector<Sequencer::Committed>& committed) {
    for (const Sequencer::Committed& one : committed) {
      if (one.entry.effects(0).object().kind() == stored::v1::OBJECT_KIND_DOMAIN_OPERATION) ++entries;
    }
  });
  world_.registry.set_faults([](const std::string&, size_t) { return Fault{Kind::kDown, 0}; });
  const std::string id = *SubmitTo(driver(), Registration("example.shop"));
  Await(driver(), id, [](const DomainOperationRow& row) { return row.tries() >= 30; });
  EXPECT_EQ(entries, 2U);
}

TEST_F(RegistrationTest, OneOfTwoAtOnceHasTheName) {
  OperationDriver& both = driver();
  absl::StatusOr<std::string> ids[2];
  std::thread other([&] { ids[1] = SubmitTo(both, Registration("example.shop")); });
  ids[0] = SubmitTo(both, Registration("example.shop"));
  other.join();
  const size_t taken = ids[0].ok() ? 0 : 1;
  ASSERT_TRUE(ids[taken].ok()) << ids[taken].status();
  EXPECT_FALSE(ids[1 - taken].ok());
  const DomainOperationRow done = Await(both, *ids[taken]);
  EXPECT_EQ(done.state(), kSuccessful);
  ExpectWholeOrNothing(world_, done);
  EXPECT_EQ(CountOf(world_.registry.commands(), "domain:create"), 1U);
  EXPECT_EQ(SubmitTo(both, Registration("example.shop")).status().code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(RegistrationTest, WhatTheRegistryTakesTimeForIsSettledByInfo) {
  const std::string id = *SubmitTo(driver(), Registration("example.slow"));
  const DomainOperationRow pending = Await(driver(), id, [](const DomainOperationRow& row) {
    return row.step() == stored::v1::DOMAIN_OPERATION_STEP_PENDING && row.tries() > 1;
  });
  EXPECT_TRUE(pending.pending_at_registry());
  EXPECT_EQ(world_.Domain("example.slow")->state(), stored::v1::DOMAIN_STATE_PENDING);
  // Another controller goes on there.
  driver_ = nullptr;
  world_.clock.Advance(2'000'000);
  const DomainOperationRow done = Await(driver(), id);
  EXPECT_EQ(done.state(), kSuccessful) << done.message();
  ExpectWholeOrNothing(world_, done);
  EXPECT_EQ(CountOf(world_.registry.commands(), "domain:create"), 1U);
}

TEST_F(RegistrationTest, WhatTheRegistryRefusesAfterAllIsTakenBack) {
  const std::string id = *SubmitTo(driver(), Registration("example.slow"));
  Await(driver(), id, [](const DomainOperationRow& row) {
    return row.step() == stored::v1::DOMAIN_OPERATION_STEP_PENDING;
  });
  Proposal proposal;
  proposal.plan = [](const PlanContext& context) -> absl::StatusOr<Plan> {
    Plan plan;
    if (absl::Status status = TakeDecision(context, "example.slow", false, plan); !status.ok()) return status;
    return plan;
  };
  ASSERT_TRUE(ProposeAndWait(world_.host(), std::move(proposal))->appended);
  const DomainOperationRow failed = Await(driver(), id);
  EXPECT_EQ(failed.state(), kFailed);
  EXPECT_FALSE(world_.Domain("example.slow").has_value());
  EXPECT_TRUE(world_.Zones("example.slow").empty());
}

TEST_F(RegistrationTest, ADecisionThatIsToldBeforeTheAnswerCounts) {
  DomainOperationRow operation;
  std::optional<stored::v1::DomainRow> domain;
  const std::unique_ptr<RegistryClient> client =
      world_.registry.MakeClient(FaultyRegistry::Config(), replication::SystemRandom());
  constexpr int64_t kSent = 1000;
  const stored::v1::DomainRow row;
  const StepContext context{
      world_.host(), *world_.registries, *client, replication::SystemRandom(), operation, row, kSent};
  const StepResult result = PendingAtRegistry(context);
  const auto told_at = [&](int64_t time_us) {
    operation.set_decision(stored::v1::DOMAIN_DECISION_REFUSED);
    operation.set_decision_time_us(time_us);
    Proposal proposal;
    proposal.plan = [&](const PlanContext& at) -> absl::StatusOr<Plan> {
      Plan plan;
      if (absl::Status status = result.edit(at, {operation, domain}, plan); !status.ok()) return status;
      return Plan();
    };
    EXPECT_TRUE(ProposeAndWait(world_.host(), std::move(proposal)).ok());
    return operation.decision();
  };
  EXPECT_EQ(told_at(kSent - 1), stored::v1::DOMAIN_DECISION_UNSPECIFIED);
  EXPECT_EQ(told_at(kSent + 1), stored::v1::DOMAIN_DECISION_REFUSED);
}

TEST_F(RegistrationTest, NothingIsDoneWhileTheLogCantBeWritten) {
  world_.registry.set_faults([](const std::string&, size_t) { return Fault{Kind::kDown, 0}; });
  const std::string id = *SubmitTo(driver(), Registration("example.shop"));
  driver_ = nullptr;
  world_.registry.set_faults(nullptr);
  const size_t before = world_.registry.commands().size();
  CutHost host(world_.host());
  host.CutAt(0, false);
  driver_ = world_.MakeDriver(host);
  driver().Hasten(id);
  world_.MakeZone("another.shop");
  EXPECT_EQ(world_.registry.commands().size(), before);
  host.Heal();
  // The next commit tells that it can be.
  world_.MakeZone("one-more.shop");
  ExpectWholeOrNothing(world_, Await(driver(), id));
  EXPECT_TRUE(world_.registry.registry().FindDomain("example.shop").has_value());
  driver_ = nullptr;
}

// The line is cut at each command, before or after the registry has done it; it comes back, with the same controller or
// another one.
struct LineCut {
  bool done;
  bool restart;
};
class LineCutTest : public testing::TestWithParam<LineCut> {};

// False: there are fewer commands than that.
bool CutTheLineAt(size_t at, const LineCut& cut) {
  SCOPED_TRACE(absl::StrCat("at command ", at, cut.done ? ", which is done" : ", which is not done"));
  RegistrationWorld world;
  std::unique_ptr<OperationDriver> driver = world.MakeDriver(world.host());
  Event reached;
  std::atomic<bool> is_cut = false;
  std::atomic<size_t> lost = 0;
  world.registry.set_faults([&](const std::string&, size_t number) -> Fault {
    if (number < at || (is_cut && !cut.restart && lost > 3)) return {};
    is_cut = true;
    reached.Set();
    return {++lost == 1 && cut.done ? Kind::kLostAfter : Kind::kLostBefore, 0};
  });
  const std::string id = *SubmitTo(*driver, Registration("example.shop"));
  if (cut.restart) {
    Await(*driver, id, [&](const DomainOperationRow&) { return is_cut.load(); });
    driver = nullptr;
    if (is_cut) world.registry.set_faults(nullptr);
    driver = world.MakeDriver(world.host());
  }
  const DomainOperationRow ended = Await(*driver, id);
  EXPECT_EQ(ended.state(), kSuccessful) << ended.message();
  ExpectWholeOrNothing(world, ended);
  return is_cut;
}

TEST_P(LineCutTest, ADomainIsRegisteredOnce) {
  size_t at = 0;
  while (CutTheLineAt(at, GetParam()) && !HasFailure()) ++at;
  // check, four hosts' check and create, create, info.
  EXPECT_GE(at, 7U);
}

INSTANTIATE_TEST_SUITE_P(All, LineCutTest,
                         testing::Values(LineCut{false, false}, LineCut{true, false}, LineCut{false, true},
                                         LineCut{true, true}),
                         [](const auto& info) {
                           return absl::StrCat(info.param.done ? "AfterIt" : "BeforeIt",
                                               info.param.restart ? "WithARestart" : "");
                         });

// The controller dies at each of its entries, written or not; and the registry refuses or not.
struct EntryCut {
  bool written;
  bool refused;
};
class EntryCutTest : public testing::TestWithParam<EntryCut> {};

// False: there are fewer entries than that.
bool DieAtEntry(size_t at, const EntryCut& cut) {
  SCOPED_TRACE(absl::StrCat("at entry ", at, cut.written ? ", which is written" : ", which is not written"));
  RegistrationWorld world;
  if (cut.refused) {
    world.registry.set_faults([](const std::string& command, size_t) -> Fault {
      if (command == "domain:create") return {Kind::kAnswer, 2306};
      return {};
    });
  }
  CutHost dying(world.host());
  std::unique_ptr<OperationDriver> driver = world.MakeDriver(dying);
  dying.CutAt(at, cut.written);
  const absl::StatusOr<std::string> submitted = SubmitTo(*driver, Registration("example.shop"));
  std::string id;
  if (submitted.ok()) {
    id = *submitted;
    Await(*driver, id, [&](const DomainOperationRow&) { return dying.is_cut(); });
  } else {
    EXPECT_TRUE(VisitOperations(world.host().replica(), "", [&](const DomainOperationRow& row) {
                  id = row.id();
                  return true;
                }).ok());
    EXPECT_EQ(id.empty(), !cut.written);
  }
  const bool is_cut = dying.is_cut();
  driver = world.MakeDriver(world.host());
  if (id.empty()) return is_cut;
  const DomainOperationRow row = Await(*driver, id);
  EXPECT_EQ(row.state(), cut.refused ? kFailed : kSuccessful) << row.message();
  if (cut.refused) {
    EXPECT_EQ(row.code(), 2306);
  }
  ExpectWholeOrNothing(world, row);
  return is_cut;
}

TEST_P(EntryCutTest, ADomainIsRegisteredOnceOrNotAtAll) {
  size_t at = 0;
  while (DieAtEntry(at, GetParam()) && !HasFailure()) ++at;
  EXPECT_EQ(at, 3U);
}

INSTANTIATE_TEST_SUITE_P(All, EntryCutTest,
                         testing::Values(EntryCut{false, false}, EntryCut{true, false}, EntryCut{false, true},
                                         EntryCut{true, true}),
                         [](const auto& info) {
                           return absl::StrCat(info.param.written ? "Written" : "NotWritten",
                                               info.param.refused ? "AndRefused" : "");
                         });

TEST_F(RegistrationTest, ManyAreRegisteredAtOnce) {
  std::vector<std::string> ids;
  for (int i = 0; i < 60; ++i)
    ids.push_back(*SubmitTo(driver(), Registration(absl::StrCat("many-", i, ".shop"))));
  for (const std::string& id : ids) {
    const DomainOperationRow done = Await(driver(), id);
    EXPECT_EQ(done.state(), kSuccessful) << done.message();
    ExpectWholeOrNothing(world_, done);
  }
  EXPECT_EQ(driver().open(), 0U);
}

TEST_F(RegistrationTest, MoreThanCanBeOpenAreRefused) {
  world_.registry.set_faults([](const std::string&, size_t) { return Fault{Kind::kDown, 0}; });
  OperationDriver::Options options = RegistrationWorld::Quick();
  options.most_open = 3;
  driver_ = std::make_unique<OperationDriver>(world_.host(), *world_.registries, world_.clock,
                                              replication::SystemRandom(), options);
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(SubmitTo(driver(), Registration(absl::StrCat("many-", i, ".shop"))).ok());
  EXPECT_EQ(SubmitTo(driver(), Registration("many-3.shop")).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(driver().Open("", 2).size(), 2U);
  EXPECT_EQ(driver().Open(driver().Open("", 2).back(), 2).size(), 1U);
}

}  // namespace
}  // namespace quartet::controller
