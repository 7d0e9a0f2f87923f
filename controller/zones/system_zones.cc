#include "controller/zones/system_zones.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/zones/faults.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using stored::v1::ZoneRow;

constexpr absl::string_view kStripeKey = "quartet/stripe";

}  // namespace

std::string StripeOfZone(const ZoneRow& row) {
  for (const stored::v1::Tag& tag : row.tags()) {
    if (tag.key() == kStripeKey) return tag.value();
  }
  return "";
}

void SetStripeOfZone(const std::string& stripe, ZoneRow& row) {
  stored::v1::Tag& tag = *row.add_tags();
  tag.set_key(std::string(kStripeKey));
  tag.set_value(stripe);
}

absl::Status CheckNoSystemZone(const ZoneRow& row) {
  const std::string stripe = StripeOfZone(row);
  if (stripe.empty()) return absl::OkStatus();
  FaultList faults;
  faults.Add(
      FaultList::Kind::kRule, "", "", "system-zone",
      absl::StrCat("this is the zone of stripe ", stripe,
                   ", made and kept by the system: it follows `quartet nameserver add|update|retire`"));
  return faults.ToStatus();
}

absl::StatusOr<ZoneRow> AnyActiveZone(const store::Reader& view, const std::string& zone_id) {
  absl::StatusOr<std::optional<ZoneRow>> row = replication::FullView(view).Zone(zone_id);
  if (!row.ok()) return row.status();
  if (!row->has_value() || (*row)->state() == stored::v1::ZONE_STATE_DELETED) {
    return absl::NotFoundError(absl::StrCat("there is no zone ", zone_id));
  }
  return **std::move(row);
}

}  // namespace quartet::controller
