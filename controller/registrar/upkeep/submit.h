// How operations are begun that nobody asked for.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "controller/registrar/domains/operation_plans.h"
#include "controller/registrar/operations/system_principal.h"

namespace quartet::controller {

// Logs the operation, and returns its id; blocks until it is synced. Errors are those of OperationDriver::Submit.
using SubmitFn = std::function<absl::StatusOr<std::string>(const NewOperation& operation)>;

// Of the system, without a wish.
inline NewOperation SystemOperation(stored::v1::DomainOperationKind kind, const std::string& domain,
                                    const std::string& registry) {
  NewOperation operation;
  operation.kind = kind;
  operation.domain = domain;
  operation.registry = registry;
  operation.principal = std::string(kSystemPrincipal);
  return operation;
}

}  // namespace quartet::controller
