// One call of the API, as every command makes it.
#pragma once

#include <grpcpp/grpcpp.h>

#include "admin/session.h"

namespace quartet::admin {

// Runs `call`, a function of (ClientContext*, Response*) that makes a unary call, and returns the response; exits as
// Session::Check does if the call failed.
template <typename Response, typename Call>
Response Invoke(Session& session, Call call) {
  grpc::ClientContext context;
  session.Prepare(context);
  Response response;
  session.Check(call(&context, &response), context);
  return response;
}

}  // namespace quartet::admin
