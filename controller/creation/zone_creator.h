// Zones made of a request each: alone, or many in a stream.
#pragma once

#include "absl/status/statusor.h"
#include "controller/caller.h"
#include "controller/request_host.h"
#include "controller/sequencer/proposal.h"
#include "google/protobuf/repeated_field.h"
#include "quartet/admin/v1/zone.pb.h"

namespace quartet::controller {

// Thread-safe. `host` must outlive it, and what was proposed.
class ZoneCreator {
 public:
  explicit ZoneCreator(RequestHost& host) : host_(host) {}

  // A request that is well formed: what is to be proposed, and what its zone file was found to have.
  struct Creation {
    Proposal proposal;
    google::protobuf::RepeatedPtrField<admin::v1::Fault> warnings;
  };
  // The statuses are those of ZoneService.CreateZone. Costs time: reads the request's zone file.
  absl::StatusOr<Creation> Read(const Caller& caller, const admin::v1::CreateZoneRequest& request) const;

  // Once it is committed: what its caller is told.
  absl::StatusOr<admin::v1::CreateZoneResponse> Respond(
      const Outcome& outcome, google::protobuf::RepeatedPtrField<admin::v1::Fault> warnings) const;

 private:
  RequestHost& host_;
};

}  // namespace quartet::controller
