#include "controller/registrar/upkeep/stripe_registrations.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "controller/registrar/domains/domain_rows.h"
#include "replication/base/log.h"

namespace quartet::controller {
namespace {

using stored::v1::DomainOperationRow;
using stored::v1::DomainRow;

// What is in the way of beginning an operation may be gone then.
constexpr int64_t kAgainUs = 60'000'000;

std::string TextOf(const std::vector<DelegatedTo>& names) {
  std::string text;
  for (const DelegatedTo& one : names)
    absl::StrAppend(&text, one.host_name, " ", absl::StrJoin(one.addresses, " "), "\n");
  return text;
}

// Whether it has ended, and did not do.
absl::StatusOr<bool> HasFailed(const store::Reader& reader, const std::string& operation) {
  const absl::StatusOr<std::optional<DomainOperationRow>> row = ReadOperation(reader, operation);
  if (!row.ok()) return row.status();
  return row->has_value() && (*row)->state() == stored::v1::DOMAIN_OPERATION_STATE_FAILED;
}

}  // namespace

void StripeRegistrations::Run(const store::Reader& reader, int64_t now_us) {
  if (now_us < look_us_) return;
  look_us_ = INT64_MAX;
  const absl::StatusOr<std::vector<StripeDomain>> stripes = StripeDomainsOf(reader);
  if (!stripes.ok()) return LogError("the stripes can't be read: {}", stripes.status().ToString());
  for (const StripeDomain& stripe : *stripes) {
    const absl::Status status = Keep(reader, stripe, now_us);
    if (status.ok()) continue;
    look_us_ = std::min(look_us_, now_us + kAgainUs);
    LogWarning("the domain of stripe {}, {}, can't be kept registered now: {}", stripe.stripe, stripe.domain,
               std::string(status.message()));
  }
}

absl::Status StripeRegistrations::Keep(const store::Reader& reader, const StripeDomain& stripe,
                                       int64_t now_us) {
  RegistryClient* const registry = registries_.Of(stripe.domain);
  if (registry == nullptr) return absl::OkStatus();
  const absl::StatusOr<std::optional<DomainRow>> row = ReadDomain(reader, stripe.domain);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return Register(reader, stripe, registry->config().name, now_us);
  // Somebody has registered it himself, and keeps it; or it has an operation, whose end is heard of.
  if ((*row)->stripe() != stripe.stripe || !(*row)->operation().empty()) return absl::OkStatus();
  return KeepNames(reader, stripe, **row, now_us);
}

bool StripeRegistrations::MayTry(const std::string& domain, const std::string& what, int64_t now_us) {
  const int64_t not_before_us = attempts_.NotBefore(domain, what);
  if (not_before_us > now_us) look_us_ = std::min(look_us_, not_before_us);
  return not_before_us <= now_us;
}

absl::Status StripeRegistrations::Register(const store::Reader& reader, const StripeDomain& stripe,
                                           const std::string& registry, int64_t now_us) {
  const absl::StatusOr<std::string> zone_id = ZoneOfStripeDomain(reader, stripe);
  if (!zone_id.ok()) return zone_id.status();
  // It is made once every stripe has a nameserver.
  if (zone_id->empty() || !MayTry(stripe.domain, "", now_us)) return absl::OkStatus();
  NewOperation operation =
      SystemOperation(stored::v1::DOMAIN_OPERATION_KIND_REGISTER, stripe.domain, registry);
  operation.wish.set_stripe(stripe.stripe);
  operation.wish.set_auto_renew(true);
  const absl::StatusOr<std::string> id = submit_(operation);
  if (!id.ok()) return id.status();
  attempts_.Note(stripe.domain, "", now_us);
  LogInfo("the domain of stripe {}, {}, is being registered: operation {}", stripe.stripe, stripe.domain,
          *id);
  return absl::OkStatus();
}

absl::Status StripeRegistrations::KeepNames(const store::Reader& reader, const StripeDomain& stripe,
                                            const DomainRow& row, int64_t now_us) {
  const absl::StatusOr<std::vector<DelegatedTo>> names = NamesInStripeDomain(reader, stripe);
  if (!names.ok()) return names.status();
  const std::string text = TextOf(*names);
  Known& known = known_[stripe.domain];
  if (known.names == text) {
    const absl::StatusOr<bool> failed = HasFailed(reader, known.operation);
    if (!failed.ok() || !*failed) return failed.status();
    if (!MayTry(stripe.domain, text, now_us)) return absl::OkStatus();
  }
  const absl::StatusOr<std::string> zone_id = ZoneOfStripeDomain(reader, stripe);
  if (!zone_id.ok()) return zone_id.status();
  if (zone_id->empty()) return absl::OkStatus();
  NewOperation operation =
      SystemOperation(stored::v1::DOMAIN_OPERATION_KIND_SET_NAMESERVERS, stripe.domain, row.registry());
  operation.wish.set_zone_id(*zone_id);
  const absl::StatusOr<std::string> id = submit_(operation);
  if (!id.ok()) return id.status();
  attempts_.Note(stripe.domain, text, now_us);
  known = {text, *id};
  LogInfo("the nameservers of stripe {} are made known to registry {}: operation {}", stripe.stripe,
          row.registry(), *id);
  return absl::OkStatus();
}

}  // namespace quartet::controller
