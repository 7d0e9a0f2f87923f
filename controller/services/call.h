// What all admin services do around a call of the core: who asks, and how a refusal looks on the wire.
#pragma once

#include <grpcpp/grpcpp.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/core.h"

namespace quartet::controller {

// The admin at the other end. UNAUTHENTICATED: its certificate names nobody; PERMISSION_DENIED: it is no
// admin's.
absl::StatusOr<Caller> AdminCaller(const grpc::ServerContextBase& context);

// Codes are the same on both sides; faults go into the trailing metadata `quartet-faults-bin`.
grpc::Status ToGrpc(const absl::Status& status, grpc::ServerContextBase& context);

// Runs `call`, a function from Caller to StatusOr<Response>, for an admin.
template <typename Response, typename Call>
grpc::Status ServeAdmin(grpc::ServerContextBase& context, Response* response, Call call) {
  const absl::StatusOr<Caller> caller = AdminCaller(context);
  if (!caller.ok()) return ToGrpc(caller.status(), context);
  absl::StatusOr<Response> result = call(*caller);
  if (!result.ok()) return ToGrpc(result.status(), context);
  *response = *std::move(result);
  return grpc::Status::OK;
}

}  // namespace quartet::controller
