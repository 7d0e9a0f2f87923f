#include "controller/registrar/operations/hosts_step.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "controller/registrar/operations/stripe_domains.h"

namespace quartet::controller {
namespace {

// A host with glue can't be made before the domain that it lies in is.
std::optional<StepResult> UnlessStripeIsThere(const StepContext& context, const store::Reader& reader,
                                              const epp::DomainHost& host) {
  if (host.addresses.empty()) return std::nullopt;
  absl::StatusOr<std::string> missing = StripeDomainMissingFor(reader, context.registries, host.name);
  if (!missing.ok()) return StepResult::Later(std::string(missing.status().message()));
  // Its own registration brings its hosts.
  if (missing->empty() || *missing == context.operation.domain()) return std::nullopt;
  const std::string what =
      absl::StrCat("the domain of its nameservers' names, ", *missing, ", is not registered yet");
  return StepResult::Wait(
      what, [&registries = context.registries, name = host.name](const store::Reader& now) {
        const absl::StatusOr<std::string> still = StripeDomainMissingFor(now, registries, name);
        return still.ok() && still->empty();
      });
}

}  // namespace

std::optional<StepResult> EnsureHosts(const StepContext& context, const std::vector<epp::DomainHost>& hosts) {
  const std::unique_ptr<store::Reader> reader = context.host.replica().Snapshot();
  for (const epp::DomainHost& host : hosts) {
    if (std::optional<StepResult> wait = UnlessStripeIsThere(context, *reader, host)) return wait;
    const Verdict verdict = context.registry.EnsureHost(host);
    if (verdict.done()) continue;
    return NotDone(verdict, absl::StrCat("host ", host.name));
  }
  return std::nullopt;
}

}  // namespace quartet::controller
