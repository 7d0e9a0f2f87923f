// Starting, stopping, and what changes something. What only reads is in registrar_queries.cc.
#include "controller/registrar/registrar.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/host.h"
#include "controller/proposals.h"
#include "controller/registrar/domains/domain_facts.h"
#include "controller/registrar/domains/domain_messages.h"
#include "controller/registrar/domains/domain_rows.h"
#include "controller/registrar/wishes.h"

namespace quartet::controller {

namespace v1 = admin::v1;
using stored::v1::DomainRow;

Registrar::Registrar(RequestHost& host, const Registries& registries, replication::Clock& clock,
                     replication::Random& random, const Options& options)
    : host_(host),
      registries_(registries),
      driver_(host, registries, clock, random, options.operations),
      purger_(host, clock, {}),
      upkeep_(
          host, registries, clock, [this](const NewOperation& operation) { return SubmitOwn(operation); },
          options.upkeep) {
  for (const std::unique_ptr<RegistryClient>& registry : registries_.all())
    pollers_.push_back(std::make_unique<RegistryPoller>(host_, *registry, options.polling));
}

Registrar::~Registrar() { Stop(); }

void Registrar::Stop() {
  pollers_.clear();
  upkeep_.Stop();
  purger_.Stop();
  driver_.Stop();
}

absl::StatusOr<std::string> Registrar::SubmitOwn(const NewOperation& operation) {
  Proposal proposal;
  proposal.principal = operation.principal;
  absl::StatusOr<stored::v1::DomainOperationRow> row = driver_.Submit(operation, std::move(proposal));
  if (!row.ok()) return row.status();
  return row->id();
}

bool Registrar::RegistryConfirmed(const stored::v1::ZoneRow& zone) const {
  return upkeep_.RegistryConfirmed(zone);
}

template <typename Request>
absl::StatusOr<v1::DomainOperation> Registrar::Submit(const Caller& caller, absl::string_view call,
                                                      const Request& request,
                                                      absl::StatusOr<NewOperation> operation) {
  absl::StatusOr<Proposal> proposal = MakeProposal(caller, "", call, request, nullptr);
  if (!proposal.ok()) return proposal.status();
  if (!operation.ok()) {
    // What it rested on may be gone by its own doing.
    const absl::StatusOr<Outcome> done = AskWhetherDone(host_, *std::move(proposal));
    if (!done.ok() || !done->duplicate) return operation.status();
    absl::StatusOr<stored::v1::DomainOperationRow> row = driver_.Get(done->change_id);
    if (!row.ok()) return row.status();
    return MessageOf(*row);
  }
  operation->principal = caller.principal;
  absl::StatusOr<stored::v1::DomainOperationRow> row = driver_.Submit(*operation, *std::move(proposal));
  if (!row.ok()) return row.status();
  return MessageOf(*row);
}

absl::StatusOr<v1::DomainOperation> Registrar::RegisterDomain(const Caller& caller,
                                                              const v1::RegisterDomainRequest& request) {
  return Submit(caller, "RegisterDomain", request,
                ReadRegistration(*host_.replica().Snapshot(), registries_, request));
}

absl::StatusOr<v1::DomainOperation> Registrar::RenewDomain(const Caller& caller,
                                                           const v1::RenewDomainRequest& request) {
  return Submit(caller, "RenewDomain", request,
                ReadRenewal(*host_.replica().Snapshot(), registries_, request));
}

absl::StatusOr<v1::DomainOperation> Registrar::SetDomainNameservers(
    const Caller& caller, const v1::SetDomainNameserversRequest& request) {
  return Submit(caller, "SetDomainNameservers", request,
                ReadNameservers(*host_.replica().Snapshot(), request));
}

absl::StatusOr<v1::DomainOperation> Registrar::SetDomainLock(const Caller& caller,
                                                             const v1::SetDomainLockRequest& request) {
  return Submit(caller, "SetDomainLock", request, ReadLock(*host_.replica().Snapshot(), request));
}

absl::StatusOr<v1::DomainOperation> Registrar::TransferDomain(const Caller& caller,
                                                              const v1::TransferDomainRequest& request) {
  return Submit(caller, "TransferDomain", request, ReadTransfer(registries_, request));
}

absl::StatusOr<v1::DomainOperation> Registrar::SetDomainDs(const Caller& caller,
                                                           const v1::SetDomainDsRequest& request) {
  return Submit(caller, "SetDomainDs", request, ReadDs(*host_.replica().Snapshot(), registries_, request));
}

absl::StatusOr<v1::DomainOperation> Registrar::DeleteDomain(const Caller& caller,
                                                            const v1::DeleteDomainRequest& request) {
  return Submit(caller, "DeleteDomain", request, ReadDeletion(*host_.replica().Snapshot(), request));
}

absl::StatusOr<v1::AuthCode> Registrar::GetAuthCode(const Caller& caller,
                                                    const v1::GetAuthCodeRequest& request) {
  v1::AuthCode code;
  if (request.renew()) {
    absl::StatusOr<v1::DomainOperation> operation =
        Submit(caller, "GetAuthCode", request, ReadAuthCodeRenewal(*host_.replica().Snapshot(), request));
    if (!operation.ok()) return operation.status();
    code.set_operation(operation->name());
    return code;
  }
  absl::StatusOr<DomainRow> domain = FindDomain(*host_.replica().Snapshot(), request.name());
  if (!domain.ok()) return domain.status();
  if (domain->state() == stored::v1::DOMAIN_STATE_PENDING) {
    return absl::FailedPreconditionError(absl::StrCat(domain->name(), " is not ours yet: domainOperations/",
                                                      domain->operation(), " is under way"));
  }
  code.set_auth_code(domain->auth_info());
  return code;
}

absl::StatusOr<v1::Domain> Registrar::SetAutoRenew(const Caller& caller,
                                                   const v1::SetAutoRenewRequest& request) {
  absl::StatusOr<DomainRow> domain = FindDomain(*host_.replica().Snapshot(), request.name());
  if (!domain.ok()) return domain.status();
  absl::StatusOr<Proposal> proposal =
      MakeProposal(caller, "", "SetAutoRenew", request,
                   [name = domain->name(),
                    renew = request.auto_renew()](const PlanContext& context) -> absl::StatusOr<Plan> {
                     absl::StatusOr<DomainRow> row = FindDomain(context.view, absl::StrCat("domains/", name));
                     if (!row.ok()) return row.status();
                     Plan plan;
                     if (row->auto_renew() == renew) return plan;
                     row->set_auto_renew(renew);
                     if (absl::Status put = PutDomain(context.view, *row, plan); !put.ok()) return put;
                     return plan;
                   });
  if (!proposal.ok()) return proposal.status();
  const absl::StatusOr<Outcome> outcome = ProposeAndWait(host_, *std::move(proposal));
  if (!outcome.ok()) return outcome.status();
  absl::StatusOr<DomainRow> now = FindDomain(*host_.replica().Snapshot(), request.name());
  if (!now.ok()) return now.status();
  return DomainMessage(*now);
}

absl::Status Registrar::Refresh(const std::string& name) {
  absl::StatusOr<DomainRow> domain = FindDomain(*host_.replica().Snapshot(), name);
  if (!domain.ok()) return domain.status();
  RegistryClient* const registry = registries_.Named(domain->registry());
  if (registry == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat("registry ", domain->registry(), " is not configured any more"));
  }
  const Answer<epp::DomainInfo> answer = registry->DomainInfo(domain->name());
  const std::string said = absl::StrCat("registry ", domain->registry(), ": ", answer.verdict.message);
  if (answer.verdict.kind == Verdict::Kind::kRefused) return absl::FailedPreconditionError(said);
  if (!answer.verdict.done() || !answer.value.has_value()) return absl::UnavailableError(said);
  if (!answer.value->client.empty() && answer.value->client != registry->config().client) {
    return absl::FailedPreconditionError(absl::StrCat("registry ", domain->registry(), " says that ",
                                                      domain->name(), " is ", answer.value->client, "'s"));
  }
  Proposal proposal;
  proposal.plan = [name = domain->name(),
                   info = *answer.value](const PlanContext& context) -> absl::StatusOr<Plan> {
    absl::StatusOr<std::optional<DomainRow>> row = ReadDomain(context.view, name);
    if (!row.ok()) return row.status();
    Plan plan;
    // One that an operation has is told of by that.
    if (!row->has_value() || !(*row)->operation().empty()) return plan;
    TakeInfo(info, context.time_us, **row);
    if (absl::Status put = PutDomain(context.view, **row, plan); !put.ok()) return put;
    return plan;
  };
  return ProposeAndWait(host_, std::move(proposal)).status();
}

}  // namespace quartet::controller
