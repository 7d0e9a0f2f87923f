#include "controller/registrar/domains/operation_plans.h"

#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/registrar/domains/domain_rows.h"
#include "controller/sequencer/ids.h"
#include "controller/sequencer/plan_fixture.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

using stored::v1::DomainOperationRow;
using stored::v1::DomainRow;

class OperationPlansTest : public PlanTest {
 protected:
  static NewOperation Operation(stored::v1::DomainOperationKind kind) {
    NewOperation operation;
    operation.kind = kind;
    operation.domain = "example.test";
    operation.registry = "sandbox";
    operation.principal = "quartet://admin/test";
    operation.wish.set_auto_renew(true);
    return operation;
  }

  absl::StatusOr<std::string> Submit(const NewOperation& operation) {
    const auto outcome =
        Commit([&](const PlanContext& context) { return PlanSubmission(context, operation); });
    if (!outcome.ok()) return outcome.status();
    return outcome->change_id;
  }
  std::string Register() { return *Submit(Operation(stored::v1::DOMAIN_OPERATION_KIND_REGISTER)); }

  DomainOperationRow Row(const std::string& id) { return **ReadOperation(store_, id); }
  std::optional<DomainRow> Domain() { return *ReadDomain(store_, "example.test"); }

  OperationProgress At(const std::string& id, stored::v1::DomainOperationStep step) {
    const DomainOperationRow row = Row(id);
    return {id, row.step(), step, row.steps()};
  }
  bool Move(const OperationProgress& progress, const EditFn& edit = nullptr) {
    const auto outcome =
        Commit([&](const PlanContext& context) { return PlanMove(context, progress, edit); });
    return outcome.ok() && outcome->appended;
  }
  bool Succeed(const OperationProgress& progress, const EditFn& edit = nullptr) {
    const auto outcome =
        Commit([&](const PlanContext& context) { return PlanSuccess(context, progress, edit); });
    return outcome.ok() && outcome->appended;
  }
  bool Fail(const OperationProgress& progress, const EditFn& roll_back = nullptr) {
    const auto outcome = Commit([&](const PlanContext& context) {
      return PlanFailure(context, progress, 2306, "2306 Parameter value policy error", roll_back);
    });
    return outcome.ok() && outcome->appended;
  }
  // A domain that is registered.
  void MakeDomain() {
    const std::string id = Register();
    ASSERT_TRUE(Succeed(At(id, stored::v1::DOMAIN_OPERATION_STEP_COMMAND)));
  }
};

TEST_F(OperationPlansTest, ASubmissionLocksTheName) {
  const std::string id = Register();
  EXPECT_TRUE(IsOperationId(id)) << id;
  const DomainOperationRow row = Row(id);
  EXPECT_EQ(row.state(), stored::v1::DOMAIN_OPERATION_STATE_SUBMITTED);
  EXPECT_EQ(row.step(), stored::v1::DOMAIN_OPERATION_STEP_CHECK);
  ASSERT_EQ(row.steps_size(), 1);
  EXPECT_EQ(row.steps(0).time_us(), clock_.now_us);
  EXPECT_EQ(row.auth_info().size(), 16U);
  ASSERT_TRUE(Domain().has_value());
  EXPECT_EQ(Domain()->state(), stored::v1::DOMAIN_STATE_PENDING);
  EXPECT_EQ(Domain()->operation(), id);
  EXPECT_TRUE(Domain()->auto_renew());
  const auto second = Submit(Operation(stored::v1::DOMAIN_OPERATION_KIND_REGISTER));
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(second.status().message().find(id), absl::string_view::npos) << second.status();
  EXPECT_EQ(Submit(Operation(stored::v1::DOMAIN_OPERATION_KIND_RENEW)).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(OperationPlansTest, WhatIsRegisteredIsNotRegisteredAgain) {
  EXPECT_EQ(Submit(Operation(stored::v1::DOMAIN_OPERATION_KIND_RENEW)).status().code(),
            absl::StatusCode::kNotFound);
  MakeDomain();
  for (const auto kind :
       {stored::v1::DOMAIN_OPERATION_KIND_REGISTER, stored::v1::DOMAIN_OPERATION_KIND_TRANSFER}) {
    EXPECT_EQ(Submit(Operation(kind)).status().code(), absl::StatusCode::kAlreadyExists);
  }
  EXPECT_TRUE(Submit(Operation(stored::v1::DOMAIN_OPERATION_KIND_RENEW)).ok());
}

TEST_F(OperationPlansTest, ARequestSentAgainGetsItsOperation) {
  Proposal proposal;
  proposal.principal = "quartet://admin/test";
  proposal.request_id = "r-1";
  proposal.request_hash = "hash";
  proposal.plan = [](const PlanContext& context) {
    return PlanSubmission(context, Operation(stored::v1::DOMAIN_OPERATION_KIND_REGISTER));
  };
  const auto first = Commit(proposal);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto again = Commit(proposal);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->duplicate);
  EXPECT_EQ(again->change_id, first->change_id);
  EXPECT_EQ(Row(again->change_id).domain(), "example.test");
}

TEST_F(OperationPlansTest, AMoveIsLoggedWithItsEditAndWithoutTrouble) {
  const std::string id = Register();
  OperationProgress progress = At(id, stored::v1::DOMAIN_OPERATION_STEP_CHECK);
  ASSERT_TRUE(Commit([&](const PlanContext& context) {
                return PlanTrouble(context, progress, {"it is away", 3, 77});
              })->appended);
  EXPECT_EQ(Row(id).trouble(), "it is away");
  EXPECT_EQ(Row(id).tries(), 3U);
  EXPECT_EQ(Row(id).next_try_us(), 77);
  EXPECT_EQ(Row(id).state(), stored::v1::DOMAIN_OPERATION_STATE_IN_PROGRESS);
  clock_.now_us += 10;
  progress.step = stored::v1::DOMAIN_OPERATION_STEP_SERVE;
  ASSERT_TRUE(Move(progress, [](const PlanContext&, OperationRows rows, Plan&) {
    rows.operation.set_zone_id("Z1");
    rows.domain->set_zone_id("Z1");
    return absl::OkStatus();
  }));
  const DomainOperationRow row = Row(id);
  EXPECT_EQ(row.step(), stored::v1::DOMAIN_OPERATION_STEP_SERVE);
  ASSERT_EQ(row.steps_size(), 2);
  EXPECT_EQ(row.steps(1).time_us(), clock_.now_us);
  EXPECT_EQ(row.zone_id(), "Z1");
  EXPECT_EQ(row.trouble(), "");
  EXPECT_EQ(row.tries(), 0U);
  EXPECT_EQ(Domain()->zone_id(), "Z1");
}

TEST_F(OperationPlansTest, NothingIsDoneFromWhereItIsNoLonger) {
  const std::string id = Register();
  const OperationProgress stale = At(id, stored::v1::DOMAIN_OPERATION_STEP_SERVE);
  ASSERT_TRUE(Move(stale));
  EXPECT_FALSE(Move(stale));
  EXPECT_FALSE(Fail(stale));
  EXPECT_FALSE(Succeed(stale));
  const OperationProgress end = At(id, stored::v1::DOMAIN_OPERATION_STEP_COMMAND);
  ASSERT_TRUE(Succeed(end));
  EXPECT_FALSE(Succeed(end));
  EXPECT_FALSE(Fail(end));
  EXPECT_EQ(Row(id).state(), stored::v1::DOMAIN_OPERATION_STATE_SUCCESSFUL);
}

TEST_F(OperationPlansTest, AnEditThatIsRefusedChangesNothing) {
  const std::string id = Register();
  const auto outcome = Commit([&](const PlanContext& context) {
    return PlanMove(context, At(id, stored::v1::DOMAIN_OPERATION_STEP_SERVE),
                    [](const PlanContext&, OperationRows rows, Plan&) {
                      rows.operation.set_zone_id("Z1");
                      return absl::NotFoundError("no such zone");
                    });
  });
  EXPECT_EQ(outcome.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Row(id).zone_id(), "");
  EXPECT_EQ(Row(id).state(), stored::v1::DOMAIN_OPERATION_STATE_SUBMITTED);
}

TEST_F(OperationPlansTest, SuccessUnlocksTheDomain) {
  const std::string id = Register();
  ASSERT_TRUE(Succeed(At(id, stored::v1::DOMAIN_OPERATION_STEP_COMMAND),
                      [](const PlanContext&, OperationRows rows, Plan&) {
                        rows.domain->set_roid("D1-TEST");
                        return absl::OkStatus();
                      }));
  EXPECT_EQ(Row(id).state(), stored::v1::DOMAIN_OPERATION_STATE_SUCCESSFUL);
  EXPECT_EQ(Row(id).end_time_us(), clock_.now_us);
  EXPECT_EQ(Row(id).steps(Row(id).steps_size() - 1).step(), stored::v1::DOMAIN_OPERATION_STEP_DONE);
  EXPECT_EQ(Domain()->state(), stored::v1::DOMAIN_STATE_REGISTERED);
  EXPECT_EQ(Domain()->operation(), "");
  EXPECT_EQ(Domain()->roid(), "D1-TEST");
  // A domain can be given up by one.
  const std::string deletion = *Submit(Operation(stored::v1::DOMAIN_OPERATION_KIND_DELETE));
  ASSERT_TRUE(Succeed(At(deletion, stored::v1::DOMAIN_OPERATION_STEP_COMMAND),
                      [](const PlanContext&, OperationRows rows, Plan&) {
                        rows.domain.reset();
                        return absl::OkStatus();
                      }));
  EXPECT_FALSE(Domain().has_value());
  EXPECT_NE(Register(), id);
}

TEST_F(OperationPlansTest, FailureLeavesNothing) {
  const std::string id = Register();
  ASSERT_TRUE(Fail(At(id, stored::v1::DOMAIN_OPERATION_STEP_COMMAND)));
  EXPECT_EQ(Row(id).state(), stored::v1::DOMAIN_OPERATION_STATE_FAILED);
  EXPECT_EQ(Row(id).code(), 2306);
  EXPECT_EQ(Row(id).message(), "2306 Parameter value policy error");
  EXPECT_FALSE(Domain().has_value());
  MakeDomain();
  const std::string renewal = *Submit(Operation(stored::v1::DOMAIN_OPERATION_KIND_RENEW));
  ASSERT_TRUE(Fail(At(renewal, stored::v1::DOMAIN_OPERATION_STEP_COMMAND)));
  ASSERT_TRUE(Domain().has_value());
  EXPECT_EQ(Domain()->state(), stored::v1::DOMAIN_STATE_REGISTERED);
  EXPECT_EQ(Domain()->operation(), "");
}

TEST_F(OperationPlansTest, ADecisionIsForTheOperationThatHasTheDomain) {
  const auto decide = [&](bool done) {
    const auto outcome = Commit([&](const PlanContext& context) -> absl::StatusOr<Plan> {
      Plan plan;
      if (absl::Status status = TakeDecision(context, "example.test", done, plan); !status.ok())
        return status;
      return plan;
    });
    return outcome.ok() && outcome->appended;
  };
  EXPECT_FALSE(decide(true));
  const std::string id = Register();
  EXPECT_TRUE(decide(true));
  EXPECT_EQ(Row(id).decision(), stored::v1::DOMAIN_DECISION_DONE);
  clock_.now_us += 10;
  EXPECT_TRUE(decide(false));
  EXPECT_EQ(Row(id).decision(), stored::v1::DOMAIN_DECISION_REFUSED);
  EXPECT_EQ(Row(id).decision_time_us(), clock_.now_us);
  ASSERT_TRUE(Fail(At(id, stored::v1::DOMAIN_OPERATION_STEP_PENDING)));
  EXPECT_FALSE(decide(true));
}

TEST_F(OperationPlansTest, OnlyWhatHasEndedIsPurged) {
  const std::string open = Register();
  EXPECT_FALSE(Commit([&](const PlanContext& context) {
                 return PlanPurge(context, {open, "O0000000000000"});
               })->appended);
  ASSERT_TRUE(Fail(At(open, stored::v1::DOMAIN_OPERATION_STEP_COMMAND)));
  EXPECT_TRUE(Commit([&](const PlanContext& context) { return PlanPurge(context, {open}); })->appended);
  EXPECT_FALSE(ReadOperation(store_, open)->has_value());
}

TEST_F(OperationPlansTest, RowsAreVisitedFromAPlaceOnTheLatestFirst) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    clock_.now_us += 1'000'000;
    NewOperation operation = Operation(stored::v1::DOMAIN_OPERATION_KIND_REGISTER);
    operation.domain = absl::StrCat("d", i, ".test");
    ids.insert(ids.begin(), *Submit(operation));
  }
  std::vector<std::string> seen;
  const auto see = [&](const DomainOperationRow& row) {
    seen.push_back(row.id());
    return seen.size() < 3;
  };
  ASSERT_TRUE(VisitOperations(store_, "", see).ok());
  EXPECT_EQ(seen, std::vector<std::string>(ids.begin(), ids.begin() + 3));
  ASSERT_TRUE(VisitOperations(store_, ids[2], [&](const DomainOperationRow& row) {
                seen.push_back(row.id());
                return true;
              }).ok());
  EXPECT_EQ(seen, ids);
  std::vector<std::string> names;
  ASSERT_TRUE(VisitDomains(store_, "d1.test", [&](const DomainRow& row) {
                names.push_back(row.name());
                return true;
              }).ok());
  EXPECT_EQ(names, (std::vector<std::string>{"d2.test", "d3.test", "d4.test"}));
}

}  // namespace
}  // namespace quartet::controller
