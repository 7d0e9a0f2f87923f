#include "controller/zones/zone_fixture.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "controller/zones/faults.h"
#include "controller/zones/record_set_message.h"
#include "controller/zones/record_set_request.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_plans.h"
#include "dns/rdata/record_data.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"

namespace quartet::controller {
namespace {

using admin::v1::RecordSetChange;
using replication::FullView;

}  // namespace

Ask Create(std::string owner, std::string type, std::vector<std::string> values) {
  return {RecordSetChange::ACTION_CREATE, std::move(owner), std::move(type), 300, std::move(values)};
}

Ask Upsert(std::string owner, std::string type, std::vector<std::string> values) {
  return {RecordSetChange::ACTION_UPSERT, std::move(owner), std::move(type), 300, std::move(values)};
}

Ask Delete(std::string owner, std::string type, std::vector<std::string> values) {
  return {RecordSetChange::ACTION_DELETE, std::move(owner), std::move(type), 300, std::move(values)};
}

Strings RulesOf(const absl::Status& status) {
  if (status.ok()) return {"ok"};
  const auto faults = FaultsOf(status);
  if (!faults.has_value()) return {status.ToString()};
  Strings rules;
  for (const admin::v1::Fault& fault : faults->faults()) rules.push_back(fault.rule());
  return rules;
}

absl::StatusOr<Outcome> ZoneTest::MakeZone(const std::string& name, const std::string& account) {
  const NewZone zone{NameOf(name), account, "", {}};
  return Commit([&](const PlanContext& context) {
    return PlanNewZone(context, zone, [](const std::string&) { return 0; });
  });
}

absl::StatusOr<Outcome> ZoneTest::Change(const std::string& zone_id,
                                         const admin::v1::ChangeRecordSetsRequest& batch) {
  warnings_.Clear();
  const dns::Name apex = *ApexOf(Row(zone_id));
  const absl::StatusOr<BatchConditions> conditions = ReadConditions(batch);
  if (!conditions.ok()) return conditions.status();
  FaultList faults;
  const std::vector<RecordSetEdit> edits = ReadChanges(batch.changes(), apex, faults);
  WarnOfDots(batch.changes(), apex, warnings_);
  return Commit([&](const PlanContext& context) {
    return PlanChanges(context, zone_id, edits, *conditions, &warnings_, faults);
  });
}

absl::StatusOr<Outcome> ZoneTest::Change(const std::string& zone_id, const std::vector<Ask>& asks) {
  admin::v1::ChangeRecordSetsRequest batch;
  for (const Ask& ask : asks) {
    RecordSetChange& change = *batch.add_changes();
    change.set_action(ask.action);
    admin::v1::RecordSet& set = *change.mutable_record_set();
    set.set_owner(ask.owner);
    set.set_type(ask.type);
    set.set_ttl(ask.ttl);
    for (const std::string& value : ask.values) set.add_values(value);
    set.set_writer(ask.writer);
    set.set_comment(ask.comment);
  }
  return Change(zone_id, batch);
}

absl::StatusOr<Outcome> ZoneTest::Update(const std::string& zone_id,
                                         const admin::v1::UpdateZoneRequest& request) {
  warnings_.Clear();
  const absl::StatusOr<ZoneSettings> settings = ReadSettings(request, *ApexOf(Row(zone_id)), warnings_);
  if (!settings.ok()) return settings.status();
  return Commit([&](const PlanContext& context) { return PlanSettings(context, zone_id, *settings); });
}

absl::StatusOr<Outcome> ZoneTest::Remove(const std::string& zone_id, bool force) {
  return Commit([&](const PlanContext& context) { return PlanZoneDeletion(context, zone_id, force); });
}

Strings ZoneTest::Rules(const std::string& zone_id, const std::vector<Ask>& asks) {
  return RulesOf(Change(zone_id, asks).status());
}

Strings ZoneTest::WarnedOf() const {
  Strings told;
  for (const admin::v1::Fault& warning : warnings_) {
    told.push_back(absl::StrCat(warning.rule(), " ", warning.owner()));
  }
  return told;
}

dns::RecordSet ZoneTest::Get(const std::string& zone_id, const std::string& owner, dns::Type type) const {
  const dns::Name apex = *ApexOf(Row(zone_id));
  const std::string key = replication::RecordKey(*dns::Name::Parse(owner, apex), apex, type);
  const auto record = *view_.GetRecord(zone_id, *view_.ZoneGeneration(zone_id), key);
  return *replication::DecodeServed(key, record->served, apex);
}

uint32_t ZoneTest::SoaSerial(const std::string& zone_id) const {
  return dns::ReadSoa(Get(zone_id, "@", dns::Type::kSoa).records()[0]).serial;
}

std::map<std::string, Strings> ZoneTest::Contents(const std::string& zone_id) const {
  const dns::Name apex = *ApexOf(Row(zone_id));
  std::map<std::string, Strings> contents;
  const auto visit = [&](const FullView::Record& record) {
    const admin::v1::RecordSet set = *RecordSetMessage(record, apex);
    const dns::Name owner = NameOf(set.owner());
    if (owner == apex && (set.type() == "SOA" || set.type() == "NS")) return true;
    std::string relative = owner == apex ? "@" : absl::AsciiStrToLower(owner.ToString());
    relative = std::string(absl::StripSuffix(relative, absl::StrCat(".", apex.ToLower().ToString())));
    contents[absl::StrCat(relative, " ", set.type())] = Strings(set.values().begin(), set.values().end());
    return true;
  };
  EXPECT_TRUE(view_.VisitRecords(zone_id, *view_.ZoneGeneration(zone_id), "", "", visit).ok());
  return contents;
}

}  // namespace quartet::controller
