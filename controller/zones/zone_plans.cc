#include "controller/zones/zone_plans.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/sequencer/ids.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_rules.h"
#include "replication/record/record_key.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using replication::Control;
using replication::FullView;
using replication::Origin;
using stored::v1::ZoneRow;

void StateFault(FaultList& faults, const RecordSetEdit& edit, absl::string_view rule,
                absl::string_view message) {
  faults.Add(FaultList::Kind::kRule, edit.owner.ToString(), dns::TypeName(edit.type), rule, message);
}

// Compares what is asked with what is there, which is returned: whether it is there.
absl::StatusOr<bool> CheckPresent(const ZoneEdit& zone, const RecordSetEdit& edit, const std::string& key,
                                  FaultList& faults) {
  absl::StatusOr<std::optional<FullView::Record>> there =
      FullView(zone.before()).GetRecord(zone.zone_id(), zone.generation(), key);
  if (!there.ok()) return there.status();
  if (edit.action == RecordSetEdit::Action::kCreate && there->has_value()) {
    StateFault(faults, edit, "exists", "it exists already; UPSERT replaces it");
  }
  if (edit.action != RecordSetEdit::Action::kDelete) return there->has_value();
  if (!there->has_value()) {
    StateFault(faults, edit, "not-found", "it can't be deleted, as it does not exist");
    return false;
  }
  if (!edit.record_set.has_value()) return true;
  absl::StatusOr<dns::RecordSet> present = replication::DecodeServed(key, (*there)->served, zone.apex());
  if (!present.ok()) return absl::DataLossError(present.status().message());
  if (!(*present == *edit.record_set)) {
    StateFault(faults, edit, "differs",
               "it is not deleted, as its TTL or values are others than those given; read it again, or leave "
               "TTL and values out");
  }
  return true;
}

// Makes the edit even if it has a fault: what else would be wrong with the zone that it asks for is to be told too.
absl::Status MakeEdit(ZoneEdit& zone, const RecordSetEdit& edit, const std::string& only_writer,
                      FaultList& faults) {
  const std::string key = replication::RecordKey(edit.owner, zone.apex(), edit.type);
  bool there = true;
  if (edit.action != RecordSetEdit::Action::kUpsert) {
    const absl::StatusOr<bool> present = CheckPresent(zone, edit, key, faults);
    if (!present.ok()) return present.status();
    there = *present;
  }
  if (absl::Status status = CheckWriter(zone, edit, only_writer, faults); !status.ok()) return status;
  if (edit.action != RecordSetEdit::Action::kDelete) {
    return zone.Put(*edit.record_set,
                    Control{Origin::kUser, edit.writer.empty() ? only_writer : edit.writer, edit.comment});
  }
  return there ? zone.Remove(key) : absl::OkStatus();
}

// Makes the edits, and looks at what the zone has become. What is the service's, or can't stand at the apex, is left
// alone: no other fault follows from that.
absl::Status MakeEdits(ZoneEdit& zone, const std::vector<RecordSetEdit>& edits,
                       const std::string& only_writer, FaultList& faults) {
  for (const RecordSetEdit& edit : edits) {
    if (edit.unread) continue;
    const uint32_t before = faults.total();
    CheckEdit(edit, zone.apex(), faults);
    if (faults.total() > before && (edit.type == dns::Type::kSoa || edit.owner == zone.apex())) continue;
    if (absl::Status status = MakeEdit(zone, edit, only_writer, faults); !status.ok()) return status;
  }
  return CheckZone(zone, edits, faults);
}

uint64_t Deletions(const std::vector<RecordSetEdit>& edits) {
  return static_cast<uint64_t>(std::count_if(edits.begin(), edits.end(), [](const RecordSetEdit& edit) {
    return edit.action == RecordSetEdit::Action::kDelete && !edit.unread;
  }));
}

}  // namespace

absl::StatusOr<Plan> PlanNewZone(const PlanContext& context, const NewZone& zone, const UsageFn& usage) {
  absl::StatusOr<FoundedZone> founded =
      FoundZone(context, {zone.name, zone.account, zone.comment, zone.delegation_set}, usage);
  if (!founded.ok()) return founded.status();
  absl::StatusOr<std::unique_ptr<ZoneEdit>> edit = ZoneEdit::New(context, founded->row);
  if (!edit.ok()) return edit.status();
  for (const dns::RecordSet& own : founded->own) {
    if (absl::Status status = (*edit)->Put(own, {Origin::kSystem, "", ""}); !status.ok()) return status;
  }
  FaultList faults;
  if (absl::Status status = MakeEdits(**edit, zone.record_sets, "", faults); !status.ok()) return status;
  LocateFaults(zone.file_name, zone.record_sets, faults);
  if (!faults.empty()) return faults.ToStatus();
  return (*edit)->Finish(NewChangeId(context.random));
}

absl::StatusOr<Plan> PlanZoneDeletion(const PlanContext& context, const std::string& zone_id, bool force) {
  absl::StatusOr<ZoneRow> row = ActiveZone(context.view, zone_id);
  if (!row.ok()) return row.status();
  if (row->record_sets() > kOwnRecordSets && !force) {
    FaultList faults;
    faults.Add(FaultList::Kind::kRule, "", "", "zone-not-empty",
               absl::StrCat("the zone holds ", row->record_sets() - kOwnRecordSets,
                            " record sets besides its SOA and NS; delete them first, or force the deletion"));
    return faults.ToStatus();
  }
  row->set_state(stored::v1::ZONE_STATE_DELETED);
  row->set_delete_time_us(context.time_us);
  absl::StatusOr<std::unique_ptr<ZoneEdit>> edit = ZoneEdit::Of(context, *row);
  if (!edit.ok()) return edit.status();
  return (*edit)->Finish(NewChangeId(context.random));
}

absl::StatusOr<Plan> PlanChanges(const PlanContext& context, const std::string& zone_id,
                                 const std::vector<RecordSetEdit>& edits, const BatchConditions& conditions,
                                 Warnings* warnings, const FaultList& form_faults) {
  absl::StatusOr<ZoneRow> row = ActiveZone(context.view, zone_id);
  if (!row.ok()) return row.status();
  if (absl::Status status = CheckRevision(*row, conditions.if_revision); !status.ok()) {
    return form_faults.empty() ? status : form_faults.ToStatus();
  }
  absl::StatusOr<std::unique_ptr<ZoneEdit>> edit = ZoneEdit::Of(context, *row);
  if (!edit.ok()) return edit.status();
  FaultList faults = form_faults;
  if (absl::Status status = MakeEdits(**edit, edits, conditions.only_writer, faults); !status.ok())
    return status;
  CheckDeletions(Deletions(edits), row->record_sets(), conditions.allowed, faults);
  if (!faults.empty()) return faults.ToStatus();
  if (warnings != nullptr) {
    if (absl::Status status = WarnOfAliases(**edit, edits, *warnings); !status.ok()) return status;
  }
  return (*edit)->Finish(NewChangeId(context.random));
}

}  // namespace quartet::controller
