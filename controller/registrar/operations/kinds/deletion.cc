#include "controller/registrar/operations/kinds/deletion.h"

#include <optional>
#include <string>

#include "controller/registrar/operations/kinds/own_info.h"
#include "controller/zones/zone_plans.h"
#include "quartet/stored/v1/entry.pb.h"

namespace quartet::controller {
namespace {

using Kind = Verdict::Kind;

constexpr int kDoesNotExist = 2303;

absl::Status DeleteZone(const PlanContext& context, const std::string& zone_id, Plan& plan) {
  absl::StatusOr<Plan> deletion = PlanZoneDeletion(context, zone_id, true);
  if (absl::IsNotFound(deletion.status())) return absl::OkStatus();
  // The domain is gone, so this has to come: an import of the zone may have to end first.
  if (!deletion.ok()) return absl::UnavailableError(deletion.status().message());
  plan = *std::move(deletion);
  return absl::OkStatus();
}

StepResult Deleted() {
  return StepResult::Done([](const PlanContext& context, OperationRows rows, Plan& plan) {
    const std::string zone_id = rows.domain.has_value() ? rows.domain->zone_id() : "";
    rows.domain.reset();
    if (!rows.operation.wish().delete_zone() || zone_id.empty()) return absl::OkStatus();
    return DeleteZone(context, zone_id, plan);
  });
}

// What becomes of the step where the registry has it no more, or not for long, or does not say. nullopt: it has it.
std::optional<StepResult> IfDeleted(const StepContext& context) {
  const Answer<epp::DomainInfo> info = context.registry.DomainInfo(context.operation.domain());
  if (info.verdict.kind == Kind::kRefused && info.verdict.code == kDoesNotExist) return Deleted();
  if (!info.verdict.done()) return NotDone(info.verdict, "info");
  if (info.value->HasStatus("pendingDelete")) return Deleted();
  return std::nullopt;
}

}  // namespace

StepResult DeletionStep(const StepContext& context) {
  if (context.operation.step() == stored::v1::DOMAIN_OPERATION_STEP_CHECK)
    return StepResult::Move(stored::v1::DOMAIN_OPERATION_STEP_COMMAND);
  if (std::optional<StepResult> result = IfDeleted(context)) return *std::move(result);
  const Verdict verdict = context.registry.DeleteDomain(context.operation.domain());
  if (verdict.done() || verdict.kind == Kind::kPending) return Deleted();
  if (verdict.kind != Kind::kRefused) return NotDone(verdict, "delete");
  if (std::optional<StepResult> result = IfDeleted(context)) return *std::move(result);
  if (std::optional<StepResult> uncertain = UnlessUncertain(context, verdict)) return *std::move(uncertain);
  return StepResult::Fail(verdict.code, verdict.message);
}

}  // namespace quartet::controller
