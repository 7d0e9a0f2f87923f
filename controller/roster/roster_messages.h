// Changes, nameservers and nodes as the admin API shows them.
#pragma once

#include <cstdint>
#include <string>

#include "controller/roster/insync_tracker.h"
#include "controller/roster/roster.h"
#include "quartet/admin/v1/change.pb.h"
#include "quartet/admin/v1/nameserver.pb.h"
#include "quartet/admin/v1/node.pb.h"
#include "quartet/stored/v1/zone.pb.h"

namespace quartet::controller {

// Without the progress of its nameservers.
admin::v1::Change ChangeMessage(const stored::v1::ChangeRow& row);
// With how far each nameserver of its zone is by now.
admin::v1::Change ChangeMessage(const stored::v1::ChangeRow& row, const TrackedChange& change,
                                const InsyncTracker& tracker);

// Fully qualified; empty if it is damaged.
std::string DomainName(const stored::v1::ZoneRow& zone);

admin::v1::Stripe StripeMessage(const stored::v1::StripeRow& row);
admin::v1::Nameserver NameserverMessage(const stored::v1::NameserverRow& row, uint64_t zones);
// `head`: last committed index.
admin::v1::Node NodeMessage(const stored::v1::NodeRow& row, const InsyncTracker& tracker, uint64_t head);

}  // namespace quartet::controller
