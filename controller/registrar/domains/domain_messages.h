// Rows of domains, their operations and what registries said, as the admin API shows them.
#pragma once

#include "quartet/admin/v1/domain.pb.h"
#include "quartet/stored/v1/domain.pb.h"

namespace quartet::controller {

admin::v1::Domain DomainMessage(const stored::v1::DomainRow& row);
// Without `nameservers`, which are the zone's to tell.
admin::v1::DomainOperation OperationMessage(const stored::v1::DomainOperationRow& row);
admin::v1::RegistryMessage MessageOfRegistry(const stored::v1::RegistryMessageRow& row);

}  // namespace quartet::controller
