#include "controller/registrar/operations/kinds/set_nameservers.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/registrar/operations/delegation.h"
#include "controller/registrar/operations/kinds/hosts_step.h"
#include "controller/registrar/operations/kinds/update_step.h"
#include "controller/registrar/operations/stripe_domains.h"
#include "controller/zones/system_zones.h"

namespace quartet::controller {
namespace {

// What the domain is to be delegated to.
struct Wanted {
  // Empty: to somebody else's.
  std::string zone_id;
  uint64_t zone_revision = 0;
  std::vector<epp::DomainHost> hosts;
};

std::string ZoneIdOf(const StepContext& context) {
  const stored::v1::DomainWish& wish = context.operation.wish();
  if (!wish.nameservers().empty()) return "";
  return wish.zone_id().empty() ? context.domain.zone_id() : wish.zone_id();
}

absl::StatusOr<Wanted> ReadWanted(const StepContext& context, const store::Reader& reader) {
  Wanted wanted;
  for (const std::string& name : context.operation.wish().nameservers()) wanted.hosts.push_back({name, {}});
  if (!wanted.hosts.empty()) return wanted;
  wanted.zone_id = ZoneIdOf(context);
  if (wanted.zone_id.empty())
    return absl::FailedPreconditionError("the domain has no hosted zone, and no nameservers are named");
  const absl::StatusOr<stored::v1::ZoneRow> zone = AnyActiveZone(reader, wanted.zone_id);
  if (!zone.ok()) return zone.status();
  wanted.zone_revision = zone->revision();
  const absl::StatusOr<std::vector<DelegatedTo>> delegation = DelegationOf(reader, *zone);
  if (!delegation.ok()) return delegation.status();
  wanted.hosts = HostsFor(context.registry.config(), context.operation.domain(), *delegation);
  return wanted;
}

StepResult NotRead(const StepContext& context, const absl::Status& status) {
  if (absl::IsNotFound(status) || absl::IsFailedPrecondition(status))
    return FailUpdate(context, 0, std::string(status.message()));
  return StepResult::Later(std::string(status.message()));
}

// Of the zone as it is now, or later.
StepResult AwaitServing(const StepContext& context, const store::Reader& reader, const Wanted& wanted) {
  StepResult go_on = StepResult::Move(stored::v1::DOMAIN_OPERATION_STEP_HOSTS);
  if (wanted.zone_id.empty()) return go_on;
  const auto ready = [&host = context.host, id = wanted.zone_id, revision = wanted.zone_revision,
                      epoch = context.epoch](const store::Reader& now) {
    const absl::StatusOr<size_t> count = ServingCount(host, now, id, revision, epoch);
    return count.ok() && *count >= kServingToDelegate;
  };
  if (ready(reader)) return go_on;
  return StepResult::Wait("until three of the zone's nameservers serve it", ready);
}

StepResult EnsureAllHosts(const StepContext& context, const store::Reader& reader, const Wanted& wanted) {
  std::vector<epp::DomainHost> hosts = wanted.hosts;
  if (!context.domain.stripe().empty()) {
    const absl::StatusOr<std::vector<DelegatedTo>> names =
        NamesInStripeDomain(reader, {context.domain.stripe(), context.domain.name()});
    if (!names.ok()) return NotRead(context, names.status());
    for (epp::DomainHost& host : HostsFor(context.registry.config(), context.domain.name(), *names))
      hosts.push_back(std::move(host));
  }
  if (std::optional<StepResult> result = EnsureHosts(context, hosts)) return *std::move(result);
  return StepResult::Move(stored::v1::DOMAIN_OPERATION_STEP_COMMAND);
}

StepResult Delegate(const StepContext& context, const Wanted& wanted) {
  DomainTarget target;
  target.hosts = wanted.hosts;
  return UpdateStep(context, target,
                    [zone_id = wanted.zone_id](const PlanContext&, OperationRows rows, Plan&) {
                      if (rows.domain.has_value()) rows.domain->set_zone_id(zone_id);
                      return absl::OkStatus();
                    });
}

}  // namespace

StepResult SetNameserversStep(const StepContext& context) {
  const stored::v1::DomainOperationStep step = context.operation.step();
  if (step == stored::v1::DOMAIN_OPERATION_STEP_ROLL_BACK) return UpdateStep(context, {});
  const std::unique_ptr<store::Reader> reader = context.host.replica().Snapshot();
  const absl::StatusOr<Wanted> wanted = ReadWanted(context, *reader);
  if (!wanted.ok()) return NotRead(context, wanted.status());
  switch (step) {
    case stored::v1::DOMAIN_OPERATION_STEP_CHECK:
      return StepResult::Move(stored::v1::DOMAIN_OPERATION_STEP_SERVE);
    case stored::v1::DOMAIN_OPERATION_STEP_SERVE:
      return AwaitServing(context, *reader, *wanted);
    case stored::v1::DOMAIN_OPERATION_STEP_HOSTS:
      return EnsureAllHosts(context, *reader, *wanted);
    default:
      return Delegate(context, *wanted);
  }
}

}  // namespace quartet::controller
