// Registers the domains of the stripes, and keeps their nameservers' names known to their registries.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "controller/registrar/operations/stripe_domains.h"
#include "controller/registrar/registries/registry_client.h"
#include "controller/registrar/upkeep/attempts.h"
#include "controller/registrar/upkeep/submit.h"
#include "quartet/stored/v1/domain.pb.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Of each stripe whose domain lies in a TLD of a configured registry and has its zone: the domain is registered without
// nameservers (REGISTER); then SET_NAMESERVERS makes the host objects, with glue, and delegates it to them; and whenever a
// nameserver is added, or has other addresses, another one. Once after each start too, as what registries have is not
// kept. Not thread-safe; times are those of the wall clock.
class StripeRegistrations {
 public:
  // `registries` must outlive it.
  StripeRegistrations(const Registries& registries, SubmitFn submit, int64_t again_after_us)
      : registries_(registries), submit_(std::move(submit)), attempts_(again_after_us) {}

  // Stripes, nameservers, the stripes' zones or their domains are others.
  void Look() { look_us_ = INT64_MIN; }

  // Begins the operations that are needed, as `reader` shows it.
  void Run(const store::Reader& reader, int64_t now_us);
  int64_t next_us() const { return look_us_; }

 private:
  // The last operation that made a stripe's names known.
  struct Known {
    std::string names;
    std::string operation;
  };
  absl::Status Keep(const store::Reader& reader, const StripeDomain& stripe, int64_t now_us);
  absl::Status Register(const store::Reader& reader, const StripeDomain& stripe, const std::string& registry,
                        int64_t now_us);
  absl::Status KeepNames(const store::Reader& reader, const StripeDomain& stripe,
                         const stored::v1::DomainRow& row, int64_t now_us);
  // Whether it may be begun now; if not, it is looked at again.
  bool MayTry(const std::string& domain, const std::string& what, int64_t now_us);

  const Registries& registries_;
  const SubmitFn submit_;
  // INT64_MAX: nothing has changed.
  int64_t look_us_ = INT64_MIN;
  Attempts attempts_;
  // By domain.
  std::map<std::string, Known> known_;
};

}  // namespace quartet::controller
