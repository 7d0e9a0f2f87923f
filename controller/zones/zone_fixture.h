// Zones over a sequencer in memory, for tests of what may be done to them.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/sequencer/plan_fixture.h"
#include "controller/zones/batch_warnings.h"
#include "controller/zones/zone_settings.h"
#include "dns/name/name.h"
#include "dns/record_set/record_set.h"
#include "quartet/admin/v1/record_set.pb.h"
#include "quartet/admin/v1/zone.pb.h"
#include "quartet/stored/v1/zone.pb.h"

namespace quartet::controller {

inline dns::Name NameOf(absl::string_view text) { return *dns::Name::Parse(text); }

// A change as somebody asks for it. Action: as RecordSetChange has it.
struct Ask {
  admin::v1::RecordSetChange::Action action;
  std::string owner;
  std::string type;
  uint32_t ttl = 300;
  std::vector<std::string> values = {};
  std::string writer = {};
  std::string comment = {};
};
Ask Create(std::string owner, std::string type, std::vector<std::string> values);
Ask Upsert(std::string owner, std::string type, std::vector<std::string> values);
Ask Delete(std::string owner, std::string type, std::vector<std::string> values = {});

using Strings = std::vector<std::string>;

class ZoneTest : public PlanTest {
 protected:
  // With two slots in each stripe.
  ZoneTest() { MakeNameservers(2); }

  absl::StatusOr<Outcome> MakeZone(const std::string& name, const std::string& account = "");
  // Its id. The zone has to be possible.
  std::string NewZoneOf(const std::string& name) { return MakeZone(name)->zone_id; }

  // As the service does it: read, then planned, with all faults.
  absl::StatusOr<Outcome> Change(const std::string& zone_id, const admin::v1::ChangeRecordSetsRequest& batch);
  absl::StatusOr<Outcome> Change(const std::string& zone_id, const std::vector<Ask>& asks);
  absl::StatusOr<Outcome> Update(const std::string& zone_id, const admin::v1::UpdateZoneRequest& request);
  absl::StatusOr<Outcome> Remove(const std::string& zone_id, bool force);

  // Rules broken by a refused batch, in the order they are told; "ok" if it was taken.
  Strings Rules(const std::string& zone_id, const std::vector<Ask>& asks);
  // "rule owner" of each warning of the last Change or Update.
  Strings WarnedOf() const;

  stored::v1::ZoneRow Row(const std::string& zone_id) const { return **view_.Zone(zone_id); }
  // `owner` is completed with the zone's name. It has to be there.
  dns::RecordSet Get(const std::string& zone_id, const std::string& owner, dns::Type type) const;
  uint32_t SoaSerial(const std::string& zone_id) const;
  // All record sets but SOA and apex NS: "owner TYPE" in lower case, without the zone's name, with the values as the API
  // shows them.
  std::map<std::string, Strings> Contents(const std::string& zone_id) const;

  Warnings warnings_;
};

// "rule" of each fault that a refusal carries; what it says if it carries none; "ok".
Strings RulesOf(const absl::Status& status);

}  // namespace quartet::controller
