#include "controller/registrar/polling/registry_messages.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "controller/registrar/domains/domain_name.h"
#include "controller/registrar/domains/domain_rows.h"
#include "controller/registrar/domains/operation_plans.h"

namespace quartet::controller {
namespace {

using stored::v1::DomainRow;
using stored::v1::RegistryMessageRow;

// "clientApproved", "serverApproved".
bool IsApproved(const epp::DomainTransfer& transfer) { return absl::EndsWith(transfer.status, "Approved"); }

RegistryMessageRow RowOf(const PlanContext& context, const HeardMessage& heard) {
  RegistryMessageRow row;
  row.set_registry(heard.registry);
  row.set_id(heard.message.queue.id);
  row.set_date(heard.message.queue.date);
  row.set_text(heard.message.queue.message);
  row.set_domain(DomainOf(heard.message));
  row.set_time_us(context.time_us);
  return row;
}

// Some registries use a message's id again one day.
bool IsTheSame(const RegistryMessageRow& one, const RegistryMessageRow& other) {
  return one.date() == other.date() && one.text() == other.text() && one.domain() == other.domain();
}

absl::Status Decide(const PlanContext& context, const RegistryClient::Message& message,
                    const std::string& domain, Plan& plan) {
  if (message.pending.has_value()) return TakeDecision(context, domain, message.pending->done, plan);
  if (!message.transfer.has_value() || message.transfer->status == "pending") return absl::OkStatus();
  return TakeDecision(context, domain, IsApproved(*message.transfer), plan);
}

absl::Status LetGo(const PlanContext& context, const std::string& name, Plan& plan) {
  const absl::StatusOr<std::optional<DomainRow>> row = ReadDomain(context.view, name);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return absl::OkStatus();
  if (!(*row)->operation().empty()) {
    return absl::UnavailableError(absl::StrCat("domain ", name, " was transferred away, and operation ",
                                               (*row)->operation(), " has it"));
  }
  return RemoveDomain(context.view, name, plan);
}

}  // namespace

std::string DomainOf(const RegistryClient::Message& message) {
  std::string name;
  if (message.pending.has_value()) name = message.pending->name;
  if (message.transfer.has_value()) name = message.transfer->name;
  return NormalDomainName(name).value_or("");
}

bool TellsDeparture(const RegistryClient::Message& message, const std::string& client) {
  return message.transfer.has_value() && IsApproved(*message.transfer) &&
         message.transfer->requester != client;
}

absl::StatusOr<Plan> PlanMessage(const PlanContext& context, const HeardMessage& heard) {
  const RegistryMessageRow row = RowOf(context, heard);
  const absl::StatusOr<std::optional<RegistryMessageRow>> there =
      ReadRegistryMessage(context.view, RegistryMessageId(row));
  if (!there.ok()) return there.status();
  Plan plan;
  if (there->has_value() && IsTheSame(**there, row)) return plan;
  absl::Status status = heard.domain_left ? LetGo(context, row.domain(), plan)
                                          : Decide(context, heard.message, row.domain(), plan);
  if (!status.ok()) return status;
  if (status = PutRegistryMessage(context.view, row, plan); !status.ok()) return status;
  return plan;
}

absl::StatusOr<Plan> PlanMessagePurge(const PlanContext& context, int64_t before_us, size_t limit,
                                      std::string& after) {
  std::vector<std::string> old;
  bool any_left = false;
  const absl::Status visited = VisitRegistryMessages(context.view, after, [&](const RegistryMessageRow& row) {
    any_left = old.size() == limit;
    if (any_left) return false;
    after = RegistryMessageId(row);
    if (row.time_us() < before_us) old.push_back(after);
    return true;
  });
  if (!visited.ok()) return visited;
  if (!any_left) after.clear();
  Plan plan;
  for (const std::string& id : old) {
    if (absl::Status removed = RemoveRegistryMessage(context.view, id, plan); !removed.ok()) return removed;
  }
  return plan;
}

}  // namespace quartet::controller
