#include "tests/simulation/plans.h"

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "controller/history/retention.h"
#include "controller/sequencer/ids.h"
#include "controller/zones/record_set_request.h"
#include "controller/zones/zone_edit.h"
#include "dns/base/check.h"
#include "dns/rdata/record_data.h"
#include "dns/record_set/record_set.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"
#include "replication/replica/apply_stages.h"
#include "replication/replica/full_view.h"
#include "tests/simulation/world_clock.h"

namespace quartet::simulation {
namespace {

using controller::Plan;
using controller::PlanContext;
using controller::RecordSetEdit;
using replication::FullView;

dns::RecordSet TextRecord(const dns::Name& owner, const std::string& text) {
  absl::StatusOr<dns::RecordData> data =
      dns::RecordData::Parse(dns::Type::kTxt, "\"" + text + "\"", dns::Name());
  QUARTET_CHECK(data.ok());
  absl::StatusOr<dns::RecordSet> record_set = dns::RecordSet::Create(owner, 300, {*data});
  QUARTET_CHECK(record_set.ok());
  return *record_set;
}

dns::Name OwnerIn(const dns::Name& apex, const std::string& label) {
  absl::StatusOr<dns::Name> owner = apex.Prepend(label);
  QUARTET_CHECK(owner.ok());
  return *std::move(owner);
}

absl::StatusOr<stored::v1::ZoneRow> Zone(const PlanContext& context, const std::string& zone_id,
                                         stored::v1::ZoneState state) {
  absl::StatusOr<std::optional<stored::v1::ZoneRow>> row = FullView(context.view).Zone(zone_id);
  if (!row.ok()) return row.status();
  if (!row->has_value() || (*row)->state() != state) return absl::NotFoundError("no such zone");
  return **std::move(row);
}

void AddTargets(const stored::v1::ZoneRow& row, stored::v1::EntryHeader& header) {
  std::map<std::string, bool> targets;
  for (const std::string& target : header.targets()) targets[target] = true;
  for (const stored::v1::Assignment& assignment : row.assignments()) targets[assignment.target()] = true;
  header.clear_targets();
  for (const auto& [target, yes] : targets) header.add_targets(target);
}

// A new revision without a change of its record sets.
Plan PlanRow(const PlanContext& context, const stored::v1::ZoneRow& before, stored::v1::ZoneRow after) {
  Plan plan;
  stored::v1::EntryHeader& header = *plan.entry.mutable_header();
  header.set_change_id(controller::NewChangeId(context.random));
  AddTargets(before, header);
  AddTargets(after, header);
  after.set_revision(before.revision() + 1);
  stored::v1::ZoneEffect& effect = *plan.entry.add_effects()->mutable_zone();
  effect.set_prev_revision(before.revision());
  *effect.mutable_row() = std::move(after);
  return plan;
}

absl::StatusOr<stored::v1::StageRow> Stage(const PlanContext& context, const std::string& zone_id) {
  absl::StatusOr<std::optional<stored::v1::StageRow>> stage = FullView(context.view).Stage(zone_id);
  if (!stage.ok()) return stage.status();
  if (!stage->has_value()) return absl::FailedPreconditionError("no import is open");
  return **std::move(stage);
}

// The zone's SOA and NS record sets, as they are.
absl::Status PutApex(const PlanContext& context, const std::string& zone_id, const dns::Name& apex,
                     std::map<std::string, stored::v1::RecordPut>& puts) {
  const FullView view(context.view);
  absl::StatusOr<uint64_t> generation = view.ZoneGeneration(zone_id);
  if (!generation.ok()) return generation.status();
  for (const dns::Type type : {dns::Type::kSoa, dns::Type::kNs}) {
    const std::string key = replication::RecordKey(apex, apex, type);
    absl::StatusOr<std::optional<FullView::Record>> record = view.GetRecord(zone_id, *generation, key);
    if (!record.ok()) return record.status();
    if (!record->has_value()) return absl::DataLossError("a zone without SOA or NS");
    stored::v1::RecordPut& put = puts[key];
    put.set_key(key);
    put.set_served((*record)->served);
    put.set_control((*record)->control);
  }
  return absl::OkStatus();
}

}  // namespace

dns::Name NameOf(const std::string& text) {
  absl::StatusOr<dns::Name> name = dns::Name::Parse(text);
  QUARTET_CHECK(name.ok());
  return *std::move(name);
}

absl::StatusOr<Plan> PlanCreation(const PlanContext& context, uint64_t number, uint64_t salt,
                                  const controller::UsageFn& usage) {
  Dice dice(salt, "create");
  controller::NewZone zone;
  zone.name = NameOf(absl::StrCat("zone-", number, ".example."));
  zone.account = "simulation";
  const uint64_t records = dice.Chance(20) ? 14 : 2;
  for (uint64_t i = 0; i < records; ++i) {
    const dns::Name owner = OwnerIn(zone.name, absl::StrCat("r", i));
    zone.record_sets.push_back({RecordSetEdit::Action::kCreate, owner, dns::Type::kTxt,
                                TextRecord(owner, std::string(dice.Below(60), 'x')), ""});
  }
  return controller::PlanNewZone(context, zone, usage);
}

absl::StatusOr<Plan> PlanChange(const PlanContext& context, const std::string& zone_id, uint64_t salt) {
  absl::StatusOr<stored::v1::ZoneRow> row = Zone(context, zone_id, stored::v1::ZONE_STATE_ACTIVE);
  if (!row.ok()) return row.status();
  absl::StatusOr<dns::Name> apex = controller::ApexOf(*row);
  if (!apex.ok()) return apex.status();
  const FullView view(context.view);
  absl::StatusOr<uint64_t> generation = view.ZoneGeneration(zone_id);
  if (!generation.ok()) return generation.status();
  Dice dice(salt, "change");
  std::vector<RecordSetEdit> edits;
  for (uint64_t i = dice.Chance(70) ? 1 : dice.Between(2, 4); i > 0; --i) {
    const dns::Name owner = OwnerIn(*apex, absl::StrCat("r", 3 * i + dice.Below(3)));
    const std::string key = replication::RecordKey(owner, *apex, dns::Type::kTxt);
    absl::StatusOr<std::optional<FullView::Record>> there = view.GetRecord(zone_id, *generation, key);
    if (!there.ok()) return there.status();
    RecordSetEdit edit = {RecordSetEdit::Action::kDelete, owner, dns::Type::kTxt, std::nullopt, ""};
    if (!dice.Chance(25) || !there->has_value()) {
      edit.action = RecordSetEdit::Action::kUpsert;
      edit.record_set = TextRecord(owner, absl::StrCat(salt, std::string(dice.Below(80), 'x')));
    }
    edits.push_back(std::move(edit));
  }
  return controller::PlanChanges(context, zone_id, edits);
}

absl::StatusOr<Plan> PlanUndeletion(const PlanContext& context, const std::string& zone_id) {
  absl::StatusOr<stored::v1::ZoneRow> row = Zone(context, zone_id, stored::v1::ZONE_STATE_DELETED);
  if (!row.ok()) return row.status();
  stored::v1::ZoneRow after = *row;
  after.set_state(stored::v1::ZONE_STATE_ACTIVE);
  after.clear_delete_time_us();
  return PlanRow(context, *row, std::move(after));
}

absl::StatusOr<Plan> PlanMove(const PlanContext& context, const std::string& zone_id, uint64_t salt) {
  absl::StatusOr<stored::v1::ZoneRow> row = Zone(context, zone_id, stored::v1::ZONE_STATE_ACTIVE);
  if (!row.ok()) return row.status();
  stored::v1::ZoneRow after = *row;
  for (stored::v1::Assignment& assignment : *after.mutable_assignments()) {
    std::string& target = *assignment.mutable_target();
    const bool moves = target[3] == 'a' ? salt % 3 != 0 : target[3] == 'd' && salt % 3 != 1;
    if (moves) target.back() = target.back() == '0' ? '1' : '0';
  }
  return PlanRow(context, *row, std::move(after));
}

absl::StatusOr<Plan> PlanDigestKey(const PlanContext& context) {
  const auto key = static_cast<uint32_t>(context.time_us / kSecond);
  if (key <= context.digest_key_id) return absl::FailedPreconditionError("there is one of this second");
  Plan plan;
  stored::v1::ObjectEffect& object = *plan.entry.add_effects()->mutable_object();
  object.set_kind(stored::v1::OBJECT_KIND_SECRET);
  object.set_id(absl::StrCat("digest/", key));
  object.set_revision(1);
  stored::v1::SecretRow secret;
  for (int i = 0; i < 2; ++i) {
    const uint64_t half = context.random.Next();
    secret.mutable_secret()->append(reinterpret_cast<const char*>(&half), sizeof(half));
  }
  object.set_row(secret.SerializeAsString());
  // They were begun with the key before.
  absl::StatusOr<std::vector<stored::v1::StageRow>> stages = FullView(context.view).Stages();
  if (!stages.ok()) return stages.status();
  for (const stored::v1::StageRow& stage : *stages)
    replication::AddAbort(plan.entry, stage, "there is a new digest key");
  return plan;
}

absl::StatusOr<Plan> PlanChunk(const PlanContext& context, const std::string& zone_id, uint64_t salt) {
  absl::StatusOr<stored::v1::ZoneRow> row = Zone(context, zone_id, stored::v1::ZONE_STATE_ACTIVE);
  if (!row.ok()) return row.status();
  absl::StatusOr<dns::Name> apex = controller::ApexOf(*row);
  if (!apex.ok()) return apex.status();
  const absl::StatusOr<stored::v1::StageRow> stage = Stage(context, zone_id);
  Plan plan;
  stored::v1::StageEffect& effect = *plan.entry.add_effects()->mutable_stage();
  effect.set_zone_id(zone_id);
  std::map<std::string, stored::v1::RecordPut> puts;
  if (stage.ok()) {
    effect.set_stage(stage->stage());
    effect.set_chunk(stage->chunks());
    effect.set_digest_key_id(stage->digest_key_id());
    *plan.entry.mutable_header()->mutable_targets() = stage->targets();
  } else {
    effect.set_digest_key_id(context.digest_key_id);
    AddTargets(*row, *plan.entry.mutable_header());
    if (absl::Status status = PutApex(context, zone_id, *apex, puts); !status.ok()) return status;
  }
  Dice dice(salt, "stage");
  for (int64_t i = dice.Between(1, 6); i > 0; --i) {
    // In canonical order behind those of the chunks before.
    const dns::Name owner = OwnerIn(*apex, absl::StrFormat("s%03d-%d", effect.chunk(), i));
    stored::v1::RecordPut put;
    put.set_key(replication::RecordKey(owner, *apex, dns::Type::kTxt));
    put.set_served(replication::EncodeServed(TextRecord(owner, std::string(dice.Below(60), 'y')), *apex));
    put.set_control(replication::EncodeControl(replication::Control()));
    puts[put.key()] = put;
  }
  for (auto& [key, put] : puts) *effect.add_puts() = std::move(put);
  return plan;
}

absl::StatusOr<Plan> PlanFlip(const PlanContext& context, const std::string& zone_id) {
  absl::StatusOr<stored::v1::ZoneRow> row = Zone(context, zone_id, stored::v1::ZONE_STATE_ACTIVE);
  if (!row.ok()) return row.status();
  absl::StatusOr<stored::v1::StageRow> stage = Stage(context, zone_id);
  if (!stage.ok()) return stage.status();
  absl::StatusOr<dns::Name> apex = controller::ApexOf(*row);
  if (!apex.ok()) return apex.status();
  Plan plan;
  stored::v1::EntryHeader& header = *plan.entry.mutable_header();
  header.set_change_id(controller::NewChangeId(context.random));
  *header.mutable_targets() = stage->targets();
  AddTargets(*row, header);
  stored::v1::FlipEffect& effect = *plan.entry.add_effects()->mutable_flip();
  effect.set_prev_revision(row->revision());
  effect.set_stage(stage->stage());
  effect.set_chunks(stage->chunks());
  effect.set_stage_record_sets(stage->record_sets());
  effect.set_stage_served_digest(stage->served_digest());
  effect.set_stage_control_digest(stage->control_digest());
  // The zone may have changed since it was begun: its serial goes on from where it is.
  std::map<std::string, stored::v1::RecordPut> puts;
  if (absl::Status status = PutApex(context, zone_id, *apex, puts); !status.ok()) return status;
  for (auto& [key, put] : puts) *effect.add_puts() = std::move(put);
  absl::StatusOr<replication::ZoneTotals> totals =
      replication::TotalsOfFlip(context.view, *stage, effect.removed_keys(), effect.puts(), context.hasher);
  if (!totals.ok()) return totals.status();
  row->set_revision(row->revision() + 1);
  row->set_served_digest(totals->served.ToBytes());
  row->set_control_digest(totals->control.ToBytes());
  row->set_record_sets(totals->record_sets);
  row->set_digest_key_id(stage->digest_key_id());
  *effect.mutable_row() = *std::move(row);
  return plan;
}

absl::StatusOr<Plan> PlanAbort(const PlanContext& context, const std::string& zone_id) {
  absl::StatusOr<stored::v1::StageRow> stage = Stage(context, zone_id);
  if (!stage.ok()) return stage.status();
  Plan plan;
  replication::AddAbort(plan.entry, *stage, "by its user");
  return plan;
}

absl::StatusOr<Plan> PlanCut(const PlanContext& context, const std::string& zone_id, uint64_t salt) {
  absl::StatusOr<std::optional<stored::v1::ZoneRow>> row = FullView(context.view).Zone(zone_id);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return absl::NotFoundError("no such zone");
  stored::v1::Entry due;
  stored::v1::HistoryCutEffect& cut = *due.add_effects()->mutable_history_cut();
  cut.set_zone_id(zone_id);
  cut.set_revision(salt % (*row)->revision() + 1);
  return controller::PlanRetention(context, due);
}

absl::StatusOr<Plan> PlanPurge(const PlanContext& context, const std::string& zone_id) {
  absl::StatusOr<stored::v1::ZoneRow> row = Zone(context, zone_id, stored::v1::ZONE_STATE_DELETED);
  if (!row.ok()) return row.status();
  stored::v1::Entry due;
  stored::v1::PurgeEffect& purge = *due.add_effects()->mutable_purge();
  purge.set_zone_id(zone_id);
  purge.set_prev_revision(row->revision());
  return controller::PlanRetention(context, due);
}

}  // namespace quartet::simulation
