// What NameserverService does with nameservers that are there, without its network.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "controller/caller.h"
#include "controller/request_host.h"
#include "quartet/admin/v1/nameserver.pb.h"

namespace quartet::controller {

// Thread-safe. Each blocks until its entry is synced (or refused). Requests, answers and errors are those of
// proto/quartet/admin/v1/nameserver.proto.
class Nameservers {
 public:
  // `host` must outlive it.
  explicit Nameservers(RequestHost& host) : host_(host) {}

  absl::StatusOr<admin::v1::Nameserver> Update(const Caller& caller,
                                               const admin::v1::UpdateNameserverRequest& request);
  absl::StatusOr<admin::v1::Nameserver> SetState(const Caller& caller,
                                                 const admin::v1::SetNameserverStateRequest& request);
  absl::StatusOr<admin::v1::Nameserver> Replace(const Caller& caller,
                                                const admin::v1::ReplaceNameserverRequest& request);

 private:
  // Proposes, and returns the nameserver `id` as it is then.
  absl::StatusOr<admin::v1::Nameserver> Propose(const std::string& id, absl::StatusOr<Proposal> proposal);

  RequestHost& host_;
};

}  // namespace quartet::controller
