#include "controller/registrar/polling/registry_messages.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "controller/registrar/domains/domain_rows.h"
#include "controller/registrar/domains/operation_plans.h"
#include "controller/sequencer/plan_fixture.h"

namespace quartet::controller {
namespace {

constexpr char kDomain[] = "a.test";

HeardMessage Heard(const std::string& id, const std::string& text) {
  HeardMessage heard;
  heard.registry = "sandbox";
  heard.message.queue.id = id;
  heard.message.queue.date = "2026-11-26T00:00:00Z";
  heard.message.queue.message = text;
  return heard;
}

HeardMessage PendingEnd(const std::string& id, bool done) {
  HeardMessage heard = Heard(id, "Pending action completed.");
  heard.message.pending = epp::DomainPendingResult{"A.Test", done, "Q-1", ""};
  return heard;
}

HeardMessage TransferEnd(const std::string& id, const std::string& status, const std::string& requester) {
  HeardMessage heard = Heard(id, absl::StrCat("Transfer ", status));
  epp::DomainTransfer transfer;
  transfer.name = kDomain;
  transfer.status = status;
  transfer.requester = requester;
  heard.message.transfer = transfer;
  return heard;
}

class RegistryMessagesTest : public PlanTest {
 protected:
  absl::StatusOr<Outcome> Log(const HeardMessage& heard) {
    return Commit([&](const PlanContext& context) { return PlanMessage(context, heard); });
  }
  // A domain of ours, which an operation has, if `kind` says which.
  void Put(stored::v1::DomainOperationKind kind, bool pending_at_registry) {
    stored::v1::DomainRow row;
    row.set_name(kDomain);
    row.set_state(stored::v1::DOMAIN_STATE_REGISTERED);
    stored::v1::DomainOperationRow operation;
    operation.set_kind(kind);
    operation.set_id("O0123456789ABC");
    operation.set_domain(kDomain);
    operation.set_state(stored::v1::DOMAIN_OPERATION_STATE_IN_PROGRESS);
    operation.set_pending_at_registry(pending_at_registry);
    const bool any = kind != stored::v1::DOMAIN_OPERATION_KIND_UNSPECIFIED;
    if (any) row.set_operation(operation.id());
    const auto put = Commit([&](const PlanContext& context) -> absl::StatusOr<Plan> {
      Plan plan;
      if (absl::Status status = PutDomain(context.view, row, plan); !status.ok()) return status;
      if (!any) return plan;
      if (absl::Status status = PutOperation(context.view, operation, plan); !status.ok()) return status;
      return plan;
    });
    ASSERT_TRUE(put.ok()) << put.status();
  }
  stored::v1::DomainDecision Decision() {
    const auto row = ReadOperation(store_, "O0123456789ABC");
    EXPECT_TRUE(row.ok() && row->has_value());
    return (*row)->decision();
  }
  bool HasDomain() { return ReadDomain(store_, kDomain)->has_value(); }
};

TEST_F(RegistryMessagesTest, AMessageIsLoggedOnceHoweverOftenItIsHeard) {
  const auto first = Log(PendingEnd("12", true));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_TRUE(first->appended);
  const auto row = ReadRegistryMessage(store_, "sandbox/12");
  ASSERT_TRUE(row.ok() && row->has_value());
  EXPECT_EQ((*row)->text(), "Pending action completed.");
  EXPECT_EQ((*row)->domain(), kDomain);
  EXPECT_EQ((*row)->time_us(), clock_.now_us);
  EXPECT_FALSE(Log(PendingEnd("12", true))->appended);
  // Its id is used for another one.
  EXPECT_TRUE(Log(Heard("12", "Low balance"))->appended);
  EXPECT_EQ((*ReadRegistryMessage(store_, "sandbox/12"))->text(), "Low balance");
}

TEST_F(RegistryMessagesTest, TheOperationThatWaitsIsToldOfTheDecision) {
  Put(stored::v1::DOMAIN_OPERATION_KIND_RENEW, true);
  ASSERT_TRUE(Log(Heard("1", "Low balance")).ok());
  EXPECT_EQ(Decision(), stored::v1::DOMAIN_DECISION_UNSPECIFIED);
  ASSERT_TRUE(Log(PendingEnd("2", false)).ok());
  EXPECT_EQ(Decision(), stored::v1::DOMAIN_DECISION_REFUSED);
  ASSERT_TRUE(Log(PendingEnd("3", true)).ok());
  EXPECT_EQ(Decision(), stored::v1::DOMAIN_DECISION_DONE);
}

TEST_F(RegistryMessagesTest, TheEndOfATransferIsADecisionItsBeginningIsNot) {
  Put(stored::v1::DOMAIN_OPERATION_KIND_TRANSFER, true);
  ASSERT_TRUE(Log(TransferEnd("1", "pending", "ours")).ok());
  EXPECT_EQ(Decision(), stored::v1::DOMAIN_DECISION_UNSPECIFIED);
  ASSERT_TRUE(Log(TransferEnd("2", "clientRejected", "ours")).ok());
  EXPECT_EQ(Decision(), stored::v1::DOMAIN_DECISION_REFUSED);
  ASSERT_TRUE(Log(TransferEnd("3", "serverApproved", "ours")).ok());
  EXPECT_EQ(Decision(), stored::v1::DOMAIN_DECISION_DONE);
}

TEST_F(RegistryMessagesTest, ADecisionMayComeBeforeItIsWaitedFor) {
  // The answer that its command was taken is still on its way.
  Put(stored::v1::DOMAIN_OPERATION_KIND_RENEW, false);
  ASSERT_TRUE(Log(PendingEnd("1", true)).ok());
  EXPECT_EQ(Decision(), stored::v1::DOMAIN_DECISION_DONE);
}

TEST_F(RegistryMessagesTest, ADomainThatHasLeftIsOursNoMore) {
  Put(stored::v1::DOMAIN_OPERATION_KIND_UNSPECIFIED, false);
  HeardMessage heard = TransferEnd("1", "clientApproved", "theirs");
  EXPECT_TRUE(TellsDeparture(heard.message, "ours"));
  EXPECT_FALSE(TellsDeparture(heard.message, "theirs"));
  EXPECT_FALSE(TellsDeparture(TransferEnd("1", "pending", "theirs").message, "ours"));
  // It is an old story: info says that it is ours.
  ASSERT_TRUE(Log(heard).ok());
  EXPECT_TRUE(HasDomain());
  heard.message.queue.id = "2";
  heard.domain_left = true;
  ASSERT_TRUE(Log(heard).ok());
  EXPECT_FALSE(HasDomain());
  EXPECT_TRUE(ReadRegistryMessage(store_, "sandbox/2")->has_value());
}

TEST_F(RegistryMessagesTest, WhileAnOperationHasADomainThatHasLeftTheMessageIsLeftToLater) {
  Put(stored::v1::DOMAIN_OPERATION_KIND_RENEW, false);
  HeardMessage heard = TransferEnd("1", "clientApproved", "theirs");
  heard.domain_left = true;
  EXPECT_EQ(Log(heard).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(ReadRegistryMessage(store_, "sandbox/1")->has_value());
  EXPECT_TRUE(HasDomain());
}

TEST_F(RegistryMessagesTest, OldMessagesGoAndYoungOnesStay) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Log(Heard(absl::StrCat("old-", i), "text")).ok());
  const int64_t before_us = clock_.now_us + 1;
  clock_.now_us += 2;
  ASSERT_TRUE(Log(Heard("young", "text")).ok());
  std::string after;
  int entries = 0;
  do {
    const auto purged =
        Commit([&](const PlanContext& context) { return PlanMessagePurge(context, before_us, 2, after); });
    ASSERT_TRUE(purged.ok()) << purged.status();
    ++entries;
  } while (!after.empty());
  EXPECT_EQ(entries, 3);
  int left = 0;
  ASSERT_TRUE(VisitRegistryMessages(store_, "", [&](const stored::v1::RegistryMessageRow& row) {
                EXPECT_EQ(row.id(), "young");
                ++left;
                return true;
              }).ok());
  EXPECT_EQ(left, 1);
}

}  // namespace
}  // namespace quartet::controller
