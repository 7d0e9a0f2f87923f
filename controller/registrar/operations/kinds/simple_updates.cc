#include "controller/registrar/operations/kinds/simple_updates.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "controller/registrar/domains/domain_facts.h"
#include "controller/registrar/operations/kinds/update_step.h"

namespace quartet::controller {
namespace {

using Rows = google::protobuf::RepeatedPtrField<stored::v1::DomainDsRow>;

// Why the registry does not take these; empty: it does.
std::string WhyNotTaken(const RegistryConfig& registry, const Rows& rows) {
  for (const stored::v1::DomainDsRow& row : rows) {
    if (row.public_key().empty() != registry.wants_keys) continue;
    return registry.wants_keys
               ? absl::StrCat("registry ", registry.name,
                              " takes keys (flags, algorithm, public key) in place of DS records, which it "
                              "makes of them")
               : absl::StrCat("registry ", registry.name,
                              " takes DS records (key tag, algorithm, digest type, digest), no keys");
  }
  return "";
}

}  // namespace

StepResult SetStatusesStep(const StepContext& context) {
  const stored::v1::DomainWish& wish = context.operation.wish();
  DomainTarget target;
  target.set_statuses.assign(wish.add_statuses().begin(), wish.add_statuses().end());
  target.clear_statuses.assign(wish.remove_statuses().begin(), wish.remove_statuses().end());
  return UpdateStep(context, target);
}

StepResult SetDsStep(const StepContext& context) {
  const stored::v1::DomainWish& wish = context.operation.wish();
  if (context.operation.step() == stored::v1::DOMAIN_OPERATION_STEP_CHECK) {
    for (const Rows* rows : {&wish.add_ds(), &wish.remove_ds()}) {
      const std::string why = WhyNotTaken(context.registry.config(), *rows);
      if (!why.empty()) return StepResult::Fail(0, why);
    }
  }
  DomainTarget target;
  target.add_sec_dns = SecDnsOf(wish.add_ds());
  target.remove_sec_dns = SecDnsOf(wish.remove_ds());
  return UpdateStep(context, target);
}

StepResult SetAuthInfoStep(const StepContext& context) {
  const std::string auth_info = context.operation.auth_info();
  DomainTarget target;
  target.auth_info = auth_info;
  return UpdateStep(context, target, [auth_info](const PlanContext&, OperationRows rows, Plan&) {
    // Not every registry tells it.
    if (rows.domain.has_value()) rows.domain->set_auth_info(auth_info);
    return absl::OkStatus();
  });
}

}  // namespace quartet::controller
