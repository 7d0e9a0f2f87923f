#include "controller/registrar/operations/kinds/register.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/registrar/domains/domain_facts.h"
#include "controller/registrar/operations/delegation.h"
#include "controller/registrar/operations/kinds/contacts_step.h"
#include "controller/registrar/operations/kinds/hosts_step.h"
#include "controller/registrar/operations/kinds/own_info.h"
#include "controller/registrar/operations/kinds/register_zone.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using stored::v1::ZoneRow;

constexpr int kObjectExists = 2302;
constexpr int kAuthorization = 2201;
constexpr int kInvalidAuthInfo = 2202;

bool OfStripe(const StepContext& context) { return !context.operation.wish().stripe().empty(); }

StepResult Registered(const StepContext& context, const epp::DomainInfo& info) {
  return StepResult::Done([info, now_us = context.now_us](const PlanContext&, OperationRows rows, Plan&) {
    TakeInfo(info, now_us, *rows.domain);
    rows.domain->set_auth_info(rows.operation.auth_info());
    return absl::OkStatus();
  });
}

StepResult TakenByRegistry(const StepContext& context) {
  return context.operation.step() == stored::v1::DOMAIN_OPERATION_STEP_PENDING ? NotDecidedYet(context)
                                                                               : PendingAtRegistry(context);
}

// Whether a domain that is there is ours: it has this operation's authInfo, which nobody else knows. Registries that tell no
// authInfo have taken it, or else answered 2202.
bool IsOurs(const StepContext& context, const epp::DomainInfo& info) {
  const bool same_secret = !info.auth_info.has_value() || info.auth_info->empty() ||
                           *info.auth_info == context.operation.auth_info();
  return same_secret && (info.client.empty() || info.client == context.registry.config().client);
}

// What has come in the way is the last word only if no create that was sent before can still be done, or was.
StepResult UnlessCreated(const StepContext& context, StepResult result) {
  if (result.kind != StepResult::Kind::kFail || !context.uncertain()) return result;
  const Answer<epp::DomainInfo> answer =
      context.registry.DomainInfo(context.operation.domain(), context.operation.auth_info());
  if (answer.verdict.done() && answer.value.has_value() && IsOurs(context, *answer.value)) {
    return answer.value->HasStatus("pendingCreate") ? TakenByRegistry(context)
                                                    : Registered(context, *answer.value);
  }
  return StepResult::Later(
      absl::StrCat(result.message, "; a create that was sent before may still be done, which is waited for"));
}

StepResult Check(const StepContext& context) {
  const std::string& name = context.operation.domain();
  const Answer<std::vector<epp::Availability>> answer = context.registry.CheckDomains({name});
  if (!answer.verdict.done()) return NotDone(answer.verdict, "check");
  if (!answer.value.has_value() || answer.value->size() != 1)
    return StepResult::Later("check: the registry did not say whether the name is free");
  const epp::Availability& said = answer.value->front();
  if (!said.available) {
    return StepResult::Fail(0, absl::StrCat("the registry says that ", name, " is not available",
                                            said.reason.empty() ? "" : ": ", said.reason));
  }
  // What is known from here on, that it was free, a controller that starts anew has to know.
  if (OfStripe(context)) return StepResult::Log(stored::v1::DOMAIN_OPERATION_STEP_CONTACTS, nullptr);
  return StepResult::Move(stored::v1::DOMAIN_OPERATION_STEP_ZONE);
}

StepResult Zone(const StepContext& context) {
  return StepResult::Log(
      stored::v1::DOMAIN_OPERATION_STEP_SERVE,
      [&host = context.host](const PlanContext& plan_context, OperationRows rows, Plan& plan) {
        return AdoptOrMakeZone(host, plan_context, rows, plan);
      });
}

// The zone, if it is still there.
absl::StatusOr<ZoneRow> ReadZone(const StepContext& context, const store::Reader& reader) {
  absl::StatusOr<std::optional<ZoneRow>> zone =
      replication::FullView(reader).Zone(context.operation.zone_id());
  if (!zone.ok()) return zone.status();
  if (!zone->has_value() || (*zone)->state() != stored::v1::ZONE_STATE_ACTIVE)
    return absl::NotFoundError(
        absl::StrCat("its zone ", context.operation.zone_id(), " was deleted meanwhile"));
  return **std::move(zone);
}

StepResult NoZone(const absl::Status& status) {
  return absl::IsNotFound(status) ? StepResult::Fail(0, std::string(status.message()))
                                  : StepResult::Later(std::string(status.message()));
}

StepResult Serve(const StepContext& context) {
  const auto served = [&host = context.host, zone_id = context.operation.zone_id(),
                       revision = context.operation.zone_revision(),
                       epoch = context.epoch](const store::Reader& reader) {
    const absl::StatusOr<std::optional<ZoneRow>> zone = replication::FullView(reader).Zone(zone_id);
    // The step finds that it is gone.
    if (zone.ok() && (!zone->has_value() || (*zone)->state() != stored::v1::ZONE_STATE_ACTIVE)) return true;
    const absl::StatusOr<size_t> count = ServingCount(host, reader, zone_id, revision, epoch);
    return count.ok() && *count >= kServingToDelegate;
  };
  const std::unique_ptr<store::Reader> reader = context.host.replica().Snapshot();
  if (absl::StatusOr<ZoneRow> zone = ReadZone(context, *reader); !zone.ok()) return NoZone(zone.status());
  if (served(*reader)) return StepResult::Move(stored::v1::DOMAIN_OPERATION_STEP_CONTACTS);
  return StepResult::Wait("until three of its zone's nameservers serve it", served);
}

StepResult Contacts(const StepContext& context) {
  if (std::optional<StepResult> not_done = EnsureContacts(context)) return *std::move(not_done);
  return StepResult::Move(OfStripe(context) ? stored::v1::DOMAIN_OPERATION_STEP_COMMAND
                                            : stored::v1::DOMAIN_OPERATION_STEP_HOSTS);
}

// The nameservers, as the registry wants them.
absl::StatusOr<std::vector<epp::DomainHost>> HostsOf(const StepContext& context) {
  if (OfStripe(context)) return std::vector<epp::DomainHost>();
  const std::unique_ptr<store::Reader> reader = context.host.replica().Snapshot();
  absl::StatusOr<ZoneRow> zone = ReadZone(context, *reader);
  if (!zone.ok()) return zone.status();
  absl::StatusOr<std::vector<DelegatedTo>> delegation = DelegationOf(*reader, *zone);
  if (!delegation.ok()) return delegation.status();
  return HostsFor(context.registry.config(), context.operation.domain(), *delegation);
}

StepResult Hosts(const StepContext& context) {
  const absl::StatusOr<std::vector<epp::DomainHost>> hosts = HostsOf(context);
  if (!hosts.ok()) return NoZone(hosts.status());
  if (std::optional<StepResult> not_done = EnsureHosts(context, *hosts)) return *std::move(not_done);
  return StepResult::Move(stored::v1::DOMAIN_OPERATION_STEP_COMMAND);
}

// Asks for the domain with our authInfo. `refusal`: of a create that found it there already; nullptr: ours was done.
StepResult Confirm(const StepContext& context, const Verdict* refusal) {
  const Answer<epp::DomainInfo> answer =
      context.registry.DomainInfo(context.operation.domain(), context.operation.auth_info());
  const auto somebody_elses = [&] {
    return StepResult::Fail(refusal->code,
                            absl::StrCat("create: ", refusal->message, "; it is somebody else's"));
  };
  if (answer.verdict.done() && answer.value.has_value()) {
    if (refusal != nullptr && !IsOurs(context, *answer.value)) return somebody_elses();
    if (answer.value->HasStatus("pendingCreate")) return TakenByRegistry(context);
    return Registered(context, *answer.value);
  }
  const bool not_ours = answer.verdict.kind == Verdict::Kind::kRefused &&
                        (answer.verdict.code == kInvalidAuthInfo || answer.verdict.code == kAuthorization);
  if (refusal != nullptr && not_ours) return somebody_elses();
  // 2303: a create may still be executing, or this part of the registry has not heard of it yet.
  return StepResult::Later(absl::StrCat("info: ", answer.verdict.message));
}

epp::DomainCreate CreateOf(const StepContext& context, std::vector<epp::DomainHost> hosts) {
  epp::DomainCreate create;
  create.name = context.operation.domain();
  create.years = context.operation.wish().years();
  create.host_model = context.registry.config().host_model;
  create.hosts = std::move(hosts);
  create.auth_info = context.operation.auth_info();
  DomainContacts contacts = ContactsOf(context);
  create.registrant = std::move(contacts.registrant);
  create.contacts = std::move(contacts.others);
  return create;
}

StepResult Create(const StepContext& context) {
  absl::StatusOr<std::vector<epp::DomainHost>> hosts = HostsOf(context);
  if (!hosts.ok()) return UnlessCreated(context, NoZone(hosts.status()));
  // They may be others than a moment before.
  if (std::optional<StepResult> not_done = EnsureHosts(context, *hosts))
    return UnlessCreated(context, *std::move(not_done));
  const Answer<epp::DomainDates> answer = context.registry.CreateDomain(CreateOf(context, *std::move(hosts)));
  switch (answer.verdict.kind) {
    case Verdict::Kind::kDone:
      return Confirm(context, nullptr);
    case Verdict::Kind::kPending:
      return TakenByRegistry(context);
    case Verdict::Kind::kRefused:
      if (answer.verdict.code == kObjectExists) return Confirm(context, &answer.verdict);
      break;
    case Verdict::Kind::kLater:
    case Verdict::Kind::kUnknown:
    case Verdict::Kind::kConfiguration:
      break;
  }
  return UnlessCreated(context, NotDone(answer.verdict, "create"));
}

StepResult Pending(const StepContext& context) {
  if (context.operation.decision() == stored::v1::DOMAIN_DECISION_REFUSED)
    return StepResult::Fail(0, "the registry took the command (1001), and has refused it after all");
  const Verdict taken{Verdict::Kind::kPending, 0, "the registry had taken it (1001)"};
  return Confirm(context, &taken);
}

}  // namespace

StepResult RegisterStep(const StepContext& context) {
  switch (context.operation.step()) {
    case stored::v1::DOMAIN_OPERATION_STEP_CHECK:
      return Check(context);
    case stored::v1::DOMAIN_OPERATION_STEP_ZONE:
      return Zone(context);
    case stored::v1::DOMAIN_OPERATION_STEP_SERVE:
      return UnlessCreated(context, Serve(context));
    case stored::v1::DOMAIN_OPERATION_STEP_CONTACTS:
      return UnlessCreated(context, Contacts(context));
    case stored::v1::DOMAIN_OPERATION_STEP_HOSTS:
      return UnlessCreated(context, Hosts(context));
    case stored::v1::DOMAIN_OPERATION_STEP_COMMAND:
      return Create(context);
    case stored::v1::DOMAIN_OPERATION_STEP_PENDING:
      return Pending(context);
    default:
      return StepResult::Later("this version of the controller does not know the step that it is at");
  }
}

}  // namespace quartet::controller
