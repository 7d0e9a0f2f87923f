// DelegationSetService without its network.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "controller/caller.h"
#include "controller/request_host.h"
#include "quartet/admin/v1/delegation.pb.h"
#include "quartet/admin/v1/zone.pb.h"

namespace quartet::controller {

// Thread-safe. Requests that change something block until their entry is synced (or refused). Requests, answers and errors are
// those of proto/quartet/admin/v1/delegation.proto.
class DelegationSets {
 public:
  // `host` must outlive it.
  explicit DelegationSets(RequestHost& host) : host_(host) {}

  absl::StatusOr<admin::v1::DelegationSet> Create(const Caller& caller,
                                                  const admin::v1::CreateDelegationSetRequest& request);
  absl::StatusOr<admin::v1::ListDelegationSetsResponse> List() const;
  absl::StatusOr<admin::v1::DeleteDelegationSetResponse> Delete(
      const Caller& caller, const admin::v1::DeleteDelegationSetRequest& request);
  absl::StatusOr<admin::v1::Zone> Reassign(const Caller& caller,
                                           const admin::v1::ReassignZoneRequest& request);
  // Reads the row of every zone, once.
  absl::StatusOr<admin::v1::BlastRadius> GetBlastRadius(
      const admin::v1::GetBlastRadiusRequest& request) const;

 private:
  RequestHost& host_;
};

}  // namespace quartet::controller
