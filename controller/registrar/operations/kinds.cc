#include "controller/registrar/operations/kinds.h"

#include "controller/registrar/operations/register.h"

namespace quartet::controller {

const OperationKind* KindOf(stored::v1::DomainOperationKind kind) {
  switch (kind) {
    case stored::v1::DOMAIN_OPERATION_KIND_REGISTER: {
      static constexpr OperationKind kRegister{RegisterStep, RollBackRegistration};
      return &kRegister;
    }
    default:
      return nullptr;
  }
}

}  // namespace quartet::controller
