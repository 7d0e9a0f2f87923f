// What a verification found, as the admin API tells it.
#pragma once

#include <string>

#include "controller/inspection/zone_inspection.h"
#include "controller/verify/context.h"
#include "controller/verify/own_repair.h"
#include "controller/verify/zone_comparison.h"
#include "quartet/admin/v1/verify.pb.h"

namespace quartet::controller {

// In this controller.
admin::v1::ZoneDifference OwnDifference(const VerifyContext& context, const ZoneInspection& inspection);
void AddOwnRepair(const VerifyContext& context, const std::string& zone_id, const OwnRepair& repair,
                  admin::v1::ZoneDifference& difference);

// In a node. `own_damaged`: the controller's record sets are none to compare with.
admin::v1::ZoneDifference NodeDifference(const VerifyContext& context, const std::string& zone_id,
                                         const std::string& node, const ComparedZone& zone, bool own_damaged);

}  // namespace quartet::controller
