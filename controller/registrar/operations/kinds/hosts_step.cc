#include "controller/registrar/operations/kinds/hosts_step.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace quartet::controller {
namespace {

constexpr int kObjectDoesNotExist = 2303;

}  // namespace

std::optional<StepResult> EnsureHosts(const StepContext& context, const std::vector<epp::DomainHost>& hosts) {
  for (const epp::DomainHost& host : hosts) {
    const Verdict verdict = context.registry.EnsureHost(host);
    if (verdict.done()) continue;
    const std::string what = absl::StrCat("nameserver ", host.name);
    const bool lacks_domain = verdict.kind == Verdict::Kind::kRefused && verdict.code == kObjectDoesNotExist;
    if (!lacks_domain || host.addresses.empty()) return NotDone(verdict, what);
    return StepResult::Later(absl::StrCat(what, ": ", verdict.message,
                                          "; the domain that it lies in has to be registered first, as those "
                                          "of the stripes are by themselves"));
  }
  return std::nullopt;
}

}  // namespace quartet::controller
