#include "controller/roster/roster_messages.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "controller/roster/roster_plans.h"
#include "dns/name/name.h"

namespace quartet::controller {
namespace {

using google::protobuf::util::TimeUtil;
using replication::NodeProgress;
using stored::v1::NodeRow;

// Empty for an empty or damaged one.
std::string NameText(const std::string& wire) {
  if (wire.empty()) return "";
  const absl::StatusOr<dns::Name> name =
      dns::Name::FromWire({reinterpret_cast<const uint8_t*>(wire.data()), wire.size()});
  return name.ok() ? name->ToString() : "";
}

admin::v1::NodeProgress NodeProgressMessage(const std::string& id, const NodeRow& row,
                                            const TrackedChange& change, const InsyncTracker& tracker) {
  admin::v1::NodeProgress message;
  message.set_node(absl::StrCat("nodes/", id));
  message.set_counted(IsCounted(row));
  const NodeProgress* progress = tracker.progress(id);
  if (progress == nullptr) return message;
  message.set_connected(progress->connected);
  message.set_serving(Covers(*progress, tracker.epoch(), change));
  message.set_acknowledged_index(progress->acknowledged_index);
  for (const replication::ZoneException& exception : progress->exceptions) {
    if (exception.zone_id == change.zone_id) message.set_exception(exception.reason);
  }
  return message;
}

admin::v1::NameserverProgress NameserverProgressMessage(const std::string& id, const TrackedChange& change,
                                                        const InsyncTracker& tracker) {
  admin::v1::NameserverProgress message;
  message.set_nameserver(absl::StrCat("nameservers/", id));
  const Roster& roster = tracker.roster();
  if (const auto found = roster.nameservers.find(id); found != roster.nameservers.end()) {
    message.set_host_name(NameText(found->second.row.host_name()));
    message.set_region(found->second.row.region());
  }
  const auto nodes = roster.by_nameserver.find(id);
  if (nodes == roster.by_nameserver.end()) return message;
  bool any = false;
  bool all = true;
  for (const std::string& node : nodes->second) {
    admin::v1::NodeProgress& one = *message.add_nodes();
    one = NodeProgressMessage(node, roster.nodes.at(node).row, change, tracker);
    any = any || one.counted();
    all = all && (one.serving() || !one.counted());
  }
  message.set_serving(any && all);
  return message;
}

bool WasForcedWhilePending(const NodeRow& node, const stored::v1::ChangeRow& change,
                           const std::vector<std::string>& targets) {
  if (node.forced_time_us() == 0 || node.forced_time_us() < change.time_us()) return false;
  if (change.insync_time_us() != 0 && node.forced_time_us() > change.insync_time_us()) return false;
  return std::find(targets.begin(), targets.end(), node.nameserver()) != targets.end();
}

}  // namespace

admin::v1::Change ChangeMessage(const stored::v1::ChangeRow& row) {
  admin::v1::Change message;
  message.set_name(absl::StrCat("changes/", row.id()));
  message.set_zone(absl::StrCat("zones/", row.zone_id()));
  message.set_state(row.insync_time_us() == 0 ? admin::v1::Change::STATE_PENDING
                                              : admin::v1::Change::STATE_INSYNC);
  message.set_revision(row.revision());
  message.set_epoch(row.epoch());
  message.set_index(row.index());
  *message.mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(row.time_us());
  if (row.insync_time_us() != 0) {
    *message.mutable_insync_time() = TimeUtil::MicrosecondsToTimestamp(row.insync_time_us());
    *message.mutable_safe_after_time() =
        TimeUtil::MicrosecondsToTimestamp(row.insync_time_us() + int64_t{row.replaced_ttl()} * 1'000'000);
  }
  message.set_principal(row.principal());
  return message;
}

admin::v1::Change ChangeMessage(const stored::v1::ChangeRow& row, const TrackedChange& change,
                                const InsyncTracker& tracker) {
  admin::v1::Change message = ChangeMessage(row);
  for (const std::string& target : change.targets) {
    *message.add_nameservers() = NameserverProgressMessage(target, change, tracker);
  }
  for (const auto& [id, node] : tracker.roster().nodes) {
    if (WasForcedWhilePending(node.row, row, change.targets))
      message.add_forced_nodes(absl::StrCat("nodes/", id));
  }
  return message;
}

std::string DomainName(const stored::v1::ZoneRow& zone) { return NameText(zone.name()); }

admin::v1::Stripe StripeMessage(const stored::v1::StripeRow& row) {
  admin::v1::Stripe message;
  message.set_name(absl::StrCat("stripes/", row.id()));
  message.set_domain(NameText(row.domain()));
  return message;
}

admin::v1::Nameserver NameserverMessage(const stored::v1::NameserverRow& row, uint64_t zones) {
  admin::v1::Nameserver message;
  message.set_name(absl::StrCat("nameservers/", row.id()));
  message.set_host_name(NameText(row.host_name()));
  message.set_stripe(row.stripe());
  message.set_slot(row.slot());
  message.set_region(row.region());
  for (const std::string& address : row.addresses()) message.add_addresses(AddressToString(address));
  message.set_state(static_cast<admin::v1::Nameserver::State>(row.state()));
  message.set_zones(zones);
  return message;
}

admin::v1::Node NodeMessage(const NodeRow& row, const InsyncTracker& tracker, uint64_t head) {
  admin::v1::Node message;
  message.set_name(absl::StrCat("nodes/", row.id()));
  message.set_nameserver(absl::StrCat("nameservers/", row.nameserver()));
  message.set_state(static_cast<admin::v1::Node::State>(row.state()));
  if (row.forced_time_us() != 0) {
    *message.mutable_forced_time() = TimeUtil::MicrosecondsToTimestamp(row.forced_time_us());
  }
  const auto nameserver = tracker.roster().nameservers.find(row.nameserver());
  if (nameserver != tracker.roster().nameservers.end()) message.set_region(nameserver->second.row.region());
  message.set_lag(head);
  const NodeProgress* progress = tracker.progress(row.id());
  if (progress == nullptr) return message;
  message.set_connected(progress->connected);
  message.set_incarnation(absl::BytesToHexString(progress->incarnation));
  message.set_version(progress->version);
  if (!progress->acknowledged) return message;
  message.set_acknowledged_epoch(progress->epoch);
  message.set_acknowledged_index(progress->acknowledged_index);
  if (progress->epoch == tracker.epoch()) {
    message.set_lag(head > progress->acknowledged_index ? head - progress->acknowledged_index : 0);
  }
  *message.mutable_last_acknowledged_time() =
      TimeUtil::MicrosecondsToTimestamp(progress->acknowledged_wall_us);
  for (const replication::ZoneException& exception : progress->exceptions) {
    admin::v1::NodeException& shown = *message.add_exceptions();
    shown.set_zone(absl::StrCat("zones/", exception.zone_id));
    shown.set_served_revision(exception.served_revision);
    shown.set_reason(exception.reason);
  }
  return message;
}

}  // namespace quartet::controller
