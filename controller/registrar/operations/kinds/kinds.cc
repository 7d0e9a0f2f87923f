#include "controller/registrar/operations/kinds/kinds.h"

#include "controller/registrar/operations/kinds/deletion.h"
#include "controller/registrar/operations/kinds/register.h"
#include "controller/registrar/operations/kinds/register_zone.h"
#include "controller/registrar/operations/kinds/renewal.h"
#include "controller/registrar/operations/kinds/set_nameservers.h"
#include "controller/registrar/operations/kinds/simple_updates.h"
#include "controller/registrar/operations/kinds/transfer.h"

namespace quartet::controller {
namespace {

constexpr OperationKind kRegister{RegisterStep, TakeZoneBack};
constexpr OperationKind kRenew{RenewalStep, nullptr};
constexpr OperationKind kSetNameservers{SetNameserversStep, nullptr};
constexpr OperationKind kSetStatuses{SetStatusesStep, nullptr};
constexpr OperationKind kSetDs{SetDsStep, nullptr};
constexpr OperationKind kSetAuthInfo{SetAuthInfoStep, nullptr};
constexpr OperationKind kTransfer{TransferStep, nullptr};
constexpr OperationKind kDelete{DeletionStep, nullptr};

}  // namespace

const OperationKind* KindOf(stored::v1::DomainOperationKind kind) {
  switch (kind) {
    case stored::v1::DOMAIN_OPERATION_KIND_REGISTER:
      return &kRegister;
    case stored::v1::DOMAIN_OPERATION_KIND_RENEW:
      return &kRenew;
    case stored::v1::DOMAIN_OPERATION_KIND_SET_NAMESERVERS:
      return &kSetNameservers;
    case stored::v1::DOMAIN_OPERATION_KIND_SET_STATUSES:
      return &kSetStatuses;
    case stored::v1::DOMAIN_OPERATION_KIND_SET_DS:
      return &kSetDs;
    case stored::v1::DOMAIN_OPERATION_KIND_SET_AUTH_INFO:
      return &kSetAuthInfo;
    case stored::v1::DOMAIN_OPERATION_KIND_TRANSFER:
      return &kTransfer;
    case stored::v1::DOMAIN_OPERATION_KIND_DELETE:
      return &kDelete;
    default:
      return nullptr;
  }
}

}  // namespace quartet::controller
