#include "controller/registrar/operations/kinds/transfer.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "controller/registrar/domains/auth_info.h"
#include "controller/registrar/operations/kinds/contacts_step.h"
#include "controller/registrar/operations/kinds/own_info.h"
#include "controller/registrar/operations/kinds/update_step.h"

namespace quartet::controller {
namespace {

using Kind = Verdict::Kind;

constexpr int kTransferIsPending = 2300;

bool IsOurs(const StepContext& context, const epp::DomainInfo& info) {
  return info.client == context.registry.config().client;
}

// Its next authInfo is logged before it is sent.
StepResult Arrived() {
  return StepResult::Log(stored::v1::DOMAIN_OPERATION_STEP_CONTACTS,
                         [](const PlanContext& context, OperationRows rows, Plan&) {
                           if (rows.operation.auth_info().empty())
                             rows.operation.set_auth_info(NewAuthInfo(context.random));
                           rows.operation.clear_pending_at_registry();
                           rows.operation.clear_decision();
                           return absl::OkStatus();
                         });
}

std::string Waiting(const epp::DomainTransfer& transfer) {
  return absl::StrCat("registrar ", transfer.acting, " has to let it go",
                      transfer.act_date.empty() ? "" : absl::StrCat(", or does by ", transfer.act_date));
}

// What a transfer that was asked for has come to. nullopt: none of ours is pending, and none of ours has ended.
std::optional<StepResult> FromQuery(const StepContext& context) {
  const Answer<epp::DomainTransfer> query =
      context.registry.Transfer(epp::TransferOp::kQuery, context.operation.domain());
  // Who did not ask, and is not asked, may not know.
  if (query.verdict.kind == Kind::kRefused) return std::nullopt;
  if (!query.verdict.done()) return NotDone(query.verdict, "transfer query");
  if (query.value->requester != context.registry.config().client) return std::nullopt;
  if (query.value->status == "pending") return StepResult::Later(Waiting(*query.value));
  // "clientApproved", "serverApproved": info will tell.
  if (absl::EndsWith(query.value->status, "Approved"))
    return StepResult::Later("it is approved, and not ours yet");
  return StepResult::Fail(0, absl::StrCat("the transfer was not let pass: ", query.value->status));
}

// Where info does not say that it is ours.
std::optional<StepResult> UnlessStillTheirs(const StepContext& context) {
  const Answer<epp::DomainInfo> info =
      context.registry.DomainInfo(context.operation.domain(), context.operation.wish().auth_info());
  if (info.verdict.done()) {
    if (IsOurs(context, *info.value)) return Arrived();
    return std::nullopt;
  }
  return NotDone(info.verdict, "info");
}

StepResult Ask(const StepContext& context) {
  if (std::optional<StepResult> result = UnlessStillTheirs(context)) return *std::move(result);
  const Verdict verdict =
      context.registry
          .Transfer(epp::TransferOp::kRequest, context.operation.domain(),
                    context.operation.wish().auth_info(), context.operation.wish().years())
          .verdict;
  if (verdict.done()) return Arrived();
  if (verdict.kind == Kind::kPending) return PendingAtRegistry(context);
  if (verdict.kind != Kind::kRefused) return NotDone(verdict, "transfer request");
  // It may be pending by a command whose answer was lost, and may even be ours by now.
  if (verdict.code == kTransferIsPending) {
    const std::optional<StepResult> query = FromQuery(context);
    if (query.has_value() && query->kind == StepResult::Kind::kLater) return PendingAtRegistry(context);
    return StepResult::Fail(verdict.code, verdict.message);
  }
  if (std::optional<StepResult> result = UnlessStillTheirs(context)) return *std::move(result);
  if (std::optional<StepResult> uncertain = UnlessUncertain(context, verdict)) return *std::move(uncertain);
  return StepResult::Fail(verdict.code, verdict.message);
}

StepResult AwaitDecision(const StepContext& context) {
  if (context.operation.decision() == stored::v1::DOMAIN_DECISION_REFUSED)
    return StepResult::Fail(0, "the registrar that has it, or the registry, has rejected the transfer");
  if (std::optional<StepResult> result = UnlessStillTheirs(context)) return *std::move(result);
  if (std::optional<StepResult> result = FromQuery(context)) return *std::move(result);
  return NotDecidedYet(context);
}

StepResult MakeOurs(const StepContext& context) {
  const std::string auth_info = context.operation.auth_info();
  DomainTarget target;
  target.auth_info = auth_info;
  if (!context.registry.config().contacts.empty()) {
    if (std::optional<StepResult> not_done = EnsureContacts(context)) return *std::move(not_done);
    DomainContacts contacts = ContactsOf(context);
    target.registrant = std::move(contacts.registrant);
    target.contacts = std::move(contacts.others);
  }
  StepResult result = UpdateStep(context, target, [auth_info](const PlanContext&, OperationRows rows, Plan&) {
    if (rows.domain.has_value()) rows.domain->set_auth_info(auth_info);
    return absl::OkStatus();
  });
  // It is ours, whatever becomes of its authInfo and contacts.
  return result.kind == StepResult::Kind::kFail ? DoneAsTold(context) : result;
}

}  // namespace

StepResult TransferStep(const StepContext& context) {
  // Steps behind STEP_CONTACTS are those of an update of what is ours.
  const bool is_ours = !context.operation.auth_info().empty();
  switch (context.operation.step()) {
    case stored::v1::DOMAIN_OPERATION_STEP_CHECK:
      return StepResult::Move(stored::v1::DOMAIN_OPERATION_STEP_COMMAND);
    case stored::v1::DOMAIN_OPERATION_STEP_COMMAND:
      return is_ours ? MakeOurs(context) : Ask(context);
    case stored::v1::DOMAIN_OPERATION_STEP_PENDING:
      return is_ours ? MakeOurs(context) : AwaitDecision(context);
    default:
      return MakeOurs(context);
  }
}

}  // namespace quartet::controller
