// Entries that begin an operation, move it, and end it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/sequencer/proposal.h"
#include "quartet/stored/v1/domain.pb.h"

namespace quartet::controller {

// What is asked for, of a registry that is configured.
struct NewOperation {
  stored::v1::DomainOperationKind kind = stored::v1::DOMAIN_OPERATION_KIND_UNSPECIFIED;
  // As NormalDomainName makes it.
  std::string domain;
  std::string registry;
  // "quartet" for what the system begins by itself.
  std::string principal;
  stored::v1::DomainWish wish;
};

// The operation, SUBMITTED, and the domain locked by it: a new row, PENDING, for REGISTER and TRANSFER. The entry's change id
// is the operation's id, which the proposal's outcome tells, of a duplicate too. FAILED_PRECONDITION: another operation has
// the domain (named); ALREADY_EXISTS: REGISTER or TRANSFER of one that is registered with us; NOT_FOUND: any other kind of one
// that is not.
absl::StatusOr<Plan> PlanSubmission(const PlanContext& context, const NewOperation& operation);

// Where an operation has come to, as the driver knows it.
struct OperationProgress {
  std::string operation_id;
  // Where the log has it.
  stored::v1::DomainOperationStep logged_step = stored::v1::DOMAIN_OPERATION_STEP_UNSPECIFIED;
  stored::v1::DomainOperationStep step = stored::v1::DOMAIN_OPERATION_STEP_UNSPECIFIED;
  // All it was at since it began, `step` included.
  google::protobuf::RepeatedPtrField<stored::v1::DomainStepRow> steps;
};
// The rows of an operation and its domain, in the plan of the entry that changes them. `domain` without a value: it is
// removed, or was not there. Step, state, times and trouble are the driver's to set; nor does it touch DomainRow.operation.
struct OperationRows {
  stored::v1::DomainOperationRow& operation;
  std::optional<stored::v1::DomainRow>& domain;
};
// Changes them, and may add effects on zones to the plan, which is given without any. On the sequencer's thread. A status
// that will not be another one the next time (INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION, OUT_OF_RANGE)
// ends the operation as FAILED; with others it is tried again.
using EditFn = std::function<absl::Status(const PlanContext& context, OperationRows rows, Plan& plan)>;

// Each is an empty plan where the operation is no longer where the driver thinks the log has it: it was moved, or has ended, by
// an entry that nobody knew to be written.

// IN_PROGRESS at that step, without trouble. Errors of the edit are the plan's.
absl::StatusOr<Plan> PlanMove(const PlanContext& context, const OperationProgress& progress,
                              const EditFn& edit);
// SUCCESSFUL: the domain's row is what the edit makes of it (REGISTERED, if it is there), and unlocked.
absl::StatusOr<Plan> PlanSuccess(const PlanContext& context, const OperationProgress& progress,
                                 const EditFn& edit);
// FAILED: a PENDING domain's row is removed, another one unlocked; then `roll_back`.
absl::StatusOr<Plan> PlanFailure(const PlanContext& context, const OperationProgress& progress, int code,
                                 const std::string& message, const EditFn& roll_back);
// What it waits for.
struct Trouble {
  std::string text;
  uint32_t tries = 0;
  int64_t next_try_us = 0;
};
absl::StatusOr<Plan> PlanTrouble(const PlanContext& context, const OperationProgress& progress,
                                 const Trouble& trouble);

// What a registry told by poll of a command that it had taken with 1001: effects for the entry that holds the message. None
// where no operation has the domain. Whether it is of that one's command its time tells, as it may come before the answer
// to that. The driver hears of it by the commit.
absl::Status TakeDecision(const PlanContext& context, const std::string& domain, bool done, Plan& plan);

// Removes those of these operations that have ended. Each once.
absl::StatusOr<Plan> PlanPurge(const PlanContext& context, const std::vector<std::string>& ids);

}  // namespace quartet::controller
