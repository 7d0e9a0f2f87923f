// Keeps domains delegated to the nameservers of their hosted zones: after a zone has moved to others, its domain gets a
// SET_NAMESERVERS operation.
#pragma once

#include <cstdint>
#include <string>

#include "controller/registrar/operations/due_queue.h"
#include "controller/registrar/upkeep/attempts.h"
#include "controller/registrar/upkeep/submit.h"
#include "quartet/stored/v1/domain.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Whether the registry has confirmed the nameservers that the zone's apex NS names for the domain: those that serve it and are to, as
// joining ones are named only once they serve, and retiring ones no longer. False where that can't be read.
bool IsDelegatedToZone(const store::Reader& reader, const stored::v1::DomainRow& domain,
                       const stored::v1::ZoneRow& zone);

// What an operation has not reached is tried again after a while. Not thread-safe; times are those of the wall clock.
class Delegations {
 public:
  Delegations(SubmitFn submit, int64_t again_after_us)
      : submit_(std::move(submit)), attempts_(again_after_us) {}

  // The row of the domain, or that of its zone, is another one.
  void Look(const std::string& domain) { due_.Put(domain, INT64_MIN); }
  // There is no such domain any more.
  void Forget(const std::string& domain);

  // Begins the operations that are needed, as `reader` shows it; of many domains those of some, and next_us() is not after
  // `now_us`.
  void Run(const store::Reader& reader, int64_t now_us);
  int64_t next_us() const { return due_.next_us(); }

 private:
  void RunOne(const store::Reader& reader, const stored::v1::DomainRow& row, int64_t now_us);

  const SubmitFn submit_;
  DueQueue due_;
  Attempts attempts_;
};

}  // namespace quartet::controller
