#include "controller/registrar/domains/operation_plans.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/registrar/domains/auth_info.h"
#include "controller/registrar/domains/domain_rows.h"
#include "controller/sequencer/ids.h"

namespace quartet::controller {
namespace {

using stored::v1::DomainOperationRow;
using stored::v1::DomainRow;

// Whether the domain may not be ours before the operation has succeeded.
bool MakesDomain(stored::v1::DomainOperationKind kind) {
  return kind == stored::v1::DOMAIN_OPERATION_KIND_REGISTER ||
         kind == stored::v1::DOMAIN_OPERATION_KIND_TRANSFER;
}

// Whether its commands give the domain another authInfo.
bool SetsAuthInfo(stored::v1::DomainOperationKind kind) {
  return kind == stored::v1::DOMAIN_OPERATION_KIND_REGISTER ||
         kind == stored::v1::DOMAIN_OPERATION_KIND_SET_AUTH_INFO;
}

absl::Status CheckFree(const NewOperation& wanted, const std::optional<DomainRow>& domain) {
  if (domain.has_value() && !domain->operation().empty()) {
    return absl::FailedPreconditionError(absl::StrCat("domainOperations/", domain->operation(),
                                                      " is under way for ", wanted.domain,
                                                      ": wait until it has ended"));
  }
  if (MakesDomain(wanted.kind) && domain.has_value())
    return absl::AlreadyExistsError(absl::StrCat(wanted.domain, " is registered with us already"));
  if (!MakesDomain(wanted.kind) && !domain.has_value())
    return absl::NotFoundError(absl::StrCat(wanted.domain, " is not registered with us"));
  return absl::OkStatus();
}

DomainRow NewDomain(const NewOperation& wanted) {
  DomainRow row;
  row.set_name(wanted.domain);
  row.set_state(stored::v1::DOMAIN_STATE_PENDING);
  row.set_registry(wanted.registry);
  row.set_auto_renew(wanted.wish.auto_renew());
  *row.mutable_contacts() = wanted.wish.contacts();
  row.set_stripe(wanted.wish.stripe());
  return row;
}

absl::StatusOr<std::string> FreeId(const PlanContext& context) {
  while (true) {
    std::string id = NewOperationId(context.time_us, context.random);
    absl::StatusOr<std::optional<DomainOperationRow>> there = ReadOperation(context.view, id);
    if (!there.ok()) return there.status();
    if (!there->has_value()) return id;
  }
}

void AddStep(stored::v1::DomainOperationStep step, int64_t time_us, DomainOperationRow& row) {
  row.set_step(step);
  for (const stored::v1::DomainStepRow& past : row.steps()) {
    if (past.step() == step) return;
  }
  stored::v1::DomainStepRow& last = *row.add_steps();
  last.set_step(step);
  last.set_time_us(time_us);
}

absl::StatusOr<DomainOperationRow> NewRow(const PlanContext& context, const NewOperation& wanted,
                                          const DomainRow& domain) {
  absl::StatusOr<std::string> id = FreeId(context);
  if (!id.ok()) return id.status();
  DomainOperationRow row;
  row.set_id(*std::move(id));
  row.set_kind(wanted.kind);
  row.set_domain(wanted.domain);
  row.set_registry(domain.registry());
  row.set_state(stored::v1::DOMAIN_OPERATION_STATE_SUBMITTED);
  AddStep(stored::v1::DOMAIN_OPERATION_STEP_CHECK, context.time_us, row);
  row.set_account(domain.account());
  row.set_principal(wanted.principal);
  row.set_submit_time_us(context.time_us);
  *row.mutable_wish() = wanted.wish;
  if (SetsAuthInfo(wanted.kind)) row.set_auth_info(NewAuthInfo(context.random));
  return row;
}

// The rows that an entry is to change. `operation` without a value: there is nothing to be done any more.
struct Loaded {
  std::optional<DomainOperationRow> operation;
  std::optional<DomainRow> domain;
};

absl::StatusOr<Loaded> Load(const PlanContext& context, const OperationProgress& progress) {
  absl::StatusOr<std::optional<DomainOperationRow>> operation =
      ReadOperation(context.view, progress.operation_id);
  if (!operation.ok()) return operation.status();
  if (!operation->has_value() || IsOver(**operation) || (*operation)->step() != progress.logged_step)
    return Loaded();
  absl::StatusOr<std::optional<DomainRow>> domain = ReadDomain(context.view, (*operation)->domain());
  if (!domain.ok()) return domain.status();
  if (!domain->has_value() || (*domain)->operation() != progress.operation_id) {
    return absl::DataLossError(
        absl::StrCat("domain ", (*operation)->domain(), " is not of its operation ", progress.operation_id));
  }
  return Loaded{*std::move(operation), *std::move(domain)};
}

// As the driver knows it to be, without trouble.
void TakeProgress(const PlanContext& context, const OperationProgress& progress, DomainOperationRow& row) {
  *row.mutable_steps() = progress.steps;
  AddStep(progress.step, context.time_us, row);
  row.set_state(stored::v1::DOMAIN_OPERATION_STATE_IN_PROGRESS);
  row.clear_trouble();
  row.clear_tries();
  row.clear_next_try_us();
}

void End(const PlanContext& context, stored::v1::DomainOperationState state, DomainOperationRow& row) {
  row.set_state(state);
  AddStep(stored::v1::DOMAIN_OPERATION_STEP_DONE, context.time_us, row);
  row.set_end_time_us(context.time_us);
}

absl::Status Write(const PlanContext& context, const Loaded& rows, Plan& plan) {
  if (absl::Status status = PutOperation(context.view, *rows.operation, plan); !status.ok()) return status;
  return rows.domain.has_value() ? PutDomain(context.view, *rows.domain, plan)
                                 : RemoveDomain(context.view, rows.operation->domain(), plan);
}

// Both rows as they are known to be, then as `edit` makes them.
absl::StatusOr<Plan> PlanChange(const PlanContext& context, const OperationProgress& progress,
                                const EditFn& edit) {
  absl::StatusOr<Loaded> rows = Load(context, progress);
  if (!rows.ok()) return rows.status();
  Plan plan;
  if (!rows->operation.has_value()) return plan;
  TakeProgress(context, progress, *rows->operation);
  if (edit) {
    if (absl::Status status = edit(context, {*rows->operation, rows->domain}, plan); !status.ok())
      return status;
  }
  if (absl::Status status = Write(context, *rows, plan); !status.ok()) return status;
  return plan;
}

}  // namespace

absl::StatusOr<Plan> PlanSubmission(const PlanContext& context, const NewOperation& wanted) {
  absl::StatusOr<std::optional<DomainRow>> there = ReadDomain(context.view, wanted.domain);
  if (!there.ok()) return there.status();
  if (absl::Status status = CheckFree(wanted, *there); !status.ok()) return status;
  DomainRow domain = there->has_value() ? **std::move(there) : NewDomain(wanted);
  absl::StatusOr<DomainOperationRow> operation = NewRow(context, wanted, domain);
  if (!operation.ok()) return operation.status();
  domain.set_operation(operation->id());
  Plan plan;
  plan.entry.mutable_header()->set_change_id(operation->id());
  if (absl::Status status = PutOperation(context.view, *operation, plan); !status.ok()) return status;
  if (absl::Status status = PutDomain(context.view, domain, plan); !status.ok()) return status;
  return plan;
}

absl::StatusOr<Plan> PlanMove(const PlanContext& context, const OperationProgress& progress,
                              const EditFn& edit) {
  return PlanChange(context, progress, edit);
}

absl::StatusOr<Plan> PlanSuccess(const PlanContext& context, const OperationProgress& progress,
                                 const EditFn& edit) {
  return PlanChange(context, progress, [&edit](const PlanContext& at, OperationRows rows, Plan& plan) {
    End(at, stored::v1::DOMAIN_OPERATION_STATE_SUCCESSFUL, rows.operation);
    rows.domain->set_state(stored::v1::DOMAIN_STATE_REGISTERED);
    rows.domain->clear_operation();
    return edit ? edit(at, rows, plan) : absl::OkStatus();
  });
}

absl::StatusOr<Plan> PlanFailure(const PlanContext& context, const OperationProgress& progress, int code,
                                 const std::string& message, const EditFn& roll_back) {
  return PlanChange(context, progress, [&](const PlanContext& at, OperationRows rows, Plan& plan) {
    rows.operation.set_code(code);
    rows.operation.set_message(message);
    rows.domain->clear_operation();
    if (rows.domain->state() == stored::v1::DOMAIN_STATE_PENDING) rows.domain.reset();
    if (roll_back) {
      if (absl::Status status = roll_back(at, rows, plan); !status.ok()) return status;
    }
    if (!plan.entry.effects().empty())
      AddStep(stored::v1::DOMAIN_OPERATION_STEP_ROLL_BACK, at.time_us, rows.operation);
    End(at, stored::v1::DOMAIN_OPERATION_STATE_FAILED, rows.operation);
    return absl::OkStatus();
  });
}

absl::StatusOr<Plan> PlanTrouble(const PlanContext& context, const OperationProgress& progress,
                                 const Trouble& trouble) {
  absl::StatusOr<Loaded> rows = Load(context, progress);
  if (!rows.ok()) return rows.status();
  Plan plan;
  if (!rows->operation.has_value()) return plan;
  // Not where it is beyond what is logged: a restarted controller has to begin there again.
  rows->operation->set_state(stored::v1::DOMAIN_OPERATION_STATE_IN_PROGRESS);
  rows->operation->set_trouble(trouble.text);
  rows->operation->set_tries(trouble.tries);
  rows->operation->set_next_try_us(trouble.next_try_us);
  if (absl::Status status = PutOperation(context.view, *rows->operation, plan); !status.ok()) return status;
  return plan;
}

absl::Status TakeDecision(const PlanContext& context, const std::string& name, bool done, Plan& plan) {
  absl::StatusOr<std::optional<DomainRow>> domain = ReadDomain(context.view, name);
  if (!domain.ok()) return domain.status();
  if (!domain->has_value() || (*domain)->operation().empty()) return absl::OkStatus();
  absl::StatusOr<std::optional<DomainOperationRow>> operation =
      ReadOperation(context.view, (*domain)->operation());
  if (!operation.ok()) return operation.status();
  if (!operation->has_value() || IsOver(**operation)) return absl::OkStatus();
  // One that has not heard yet that its command was taken (1001) will find it.
  (*operation)->set_decision_time_us(context.time_us);
  (*operation)->set_decision(done ? stored::v1::DOMAIN_DECISION_DONE : stored::v1::DOMAIN_DECISION_REFUSED);
  return PutOperation(context.view, **operation, plan);
}

absl::StatusOr<Plan> PlanPurge(const PlanContext& context, const std::vector<std::string>& ids) {
  Plan plan;
  for (const std::string& id : ids) {
    absl::StatusOr<std::optional<DomainOperationRow>> row = ReadOperation(context.view, id);
    if (!row.ok()) return row.status();
    if (!row->has_value() || !IsOver(**row)) continue;
    if (absl::Status status = RemoveOperation(context.view, id, plan); !status.ok()) return status;
  }
  return plan;
}

}  // namespace quartet::controller
