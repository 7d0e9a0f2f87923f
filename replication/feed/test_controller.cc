#include "replication/feed/test_controller.h"

#include <optional>
#include <set>
#include <utility>

#include "dns/base/check.h"
#include "dns/name/name.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/entry/entry.h"
#include "replication/log/embedded_log.h"
#include "replication/replica/apply.h"
#include "replication/replica/apply_stages.h"
#include "replication/replica/full_view.h"

namespace quartet::replication {
namespace {

constexpr char kKey[] = "0123456789abcdef";

void SetAssignments(stored::v1::ZoneRow& row, const std::vector<std::string>& nameservers) {
  row.clear_assignments();
  for (const std::string& nameserver : nameservers) {
    stored::v1::Assignment* assignment = row.add_assignments();
    assignment->set_target(nameserver);
    assignment->set_state(stored::v1::ASSIGNMENT_STATE_SERVING);
  }
}

void AddTargets(const stored::v1::ZoneRow& row, stored::v1::Entry& entry) {
  for (const stored::v1::Assignment& assignment : row.assignments()) {
    entry.mutable_header()->add_targets(assignment.target());
  }
}

}  // namespace

std::string TestZoneId(const std::string& name) { return name + std::string(14 - name.size(), '0'); }

TestController::TestController(store::Store& store, uint64_t epoch)
    : store_(store), hasher_(absl::string_view(kKey, Hasher::kKeyBytes)) {
  absl::StatusOr<std::unique_ptr<Log>> log = OpenEmbeddedLog(store, epoch);
  QUARTET_CHECK(log.ok());
  log_ = *std::move(log);
  absl::StatusOr<uint64_t> term = log_->BeginTerm();
  QUARTET_CHECK(term.ok());
  term_ = *term;
  if (head().index == 0) AddDigestKey(1);
}

Position TestController::head() const {
  absl::StatusOr<Log::Head> head = log_->ReadHead();
  QUARTET_CHECK(head.ok());
  return head->position;
}

Position TestController::Append(stored::v1::Entry entry) {
  entry.mutable_header()->set_min_reader(1);
  entry.mutable_header()->set_term(term_);
  entry.mutable_header()->set_time_us(time_us_ += 1000);
  const Position before = head();
  absl::StatusOr<SealedEntry> sealed = Seal(entry, before);
  QUARTET_CHECK(sealed.ok());
  store::Batch batch;
  store::Overlay overlay(store_, batch);
  QUARTET_CHECK(ApplyEntry(overlay, entry, sealed->position, hasher_).ok());
  QUARTET_CHECK(log_->Append(before, term_, {&*sealed, 1}, batch).ok());
  return sealed->position;
}

Position TestController::AppendObject(stored::v1::ObjectKind kind, const std::string& id,
                                      const std::string& row) {
  absl::StatusOr<std::optional<FullView::ObjectRow>> before = FullView(store_).GetObject(kind, id);
  QUARTET_CHECK(before.ok());
  stored::v1::Entry entry;
  stored::v1::ObjectEffect* object = entry.add_effects()->mutable_object();
  object->set_kind(kind);
  object->set_id(id);
  object->set_revision(before->has_value() ? (*before)->revision + 1 : 1);
  object->set_row(row);
  return Append(std::move(entry));
}

Position TestController::Enroll(const std::string& node, const std::string& nameserver,
                                stored::v1::NodeState state) {
  stored::v1::NodeRow row;
  row.set_id(node);
  row.set_nameserver(nameserver);
  row.set_state(state);
  return AppendObject(stored::v1::OBJECT_KIND_NODE, node, row.SerializeAsString());
}

Position TestController::AddDigestKey(uint32_t id) {
  stored::v1::SecretRow row;
  row.set_secret(std::string(kKey, Hasher::kKeyBytes));
  return AppendObject(stored::v1::OBJECT_KIND_SECRET, "digest/" + std::to_string(id),
                      row.SerializeAsString());
}

Position TestController::Nothing() {
  stored::v1::Entry entry;
  entry.add_effects()->mutable_term()->set_controller("test");
  return Append(std::move(entry));
}

stored::v1::ZoneRow TestController::Row(const std::string& zone_id) const {
  absl::StatusOr<std::optional<stored::v1::ZoneRow>> row = FullView(store_).Zone(zone_id);
  QUARTET_CHECK(row.ok() && row->has_value());
  return **std::move(row);
}

// `effect` has the row as it was (revision 0: a new zone) but for what changes it.
Position TestController::AppendZone(stored::v1::Entry entry, stored::v1::ZoneEffect effect) {
  stored::v1::ZoneRow& row = *effect.mutable_row();
  effect.set_prev_revision(row.revision());
  row.set_revision(row.revision() + 1);
  AddTargets(row, entry);
  *entry.add_effects()->mutable_zone() = std::move(effect);
  return Append(std::move(entry));
}

Position TestController::CreateZone(const std::string& zone_id, const std::string& apex,
                                    const std::vector<std::string>& nameservers) {
  absl::StatusOr<dns::Name> name = dns::Name::Parse(apex);
  QUARTET_CHECK(name.ok());
  stored::v1::ZoneEffect effect;
  stored::v1::ZoneRow& row = *effect.mutable_row();
  row.set_id(zone_id);
  row.set_name(std::string(name->wire().begin(), name->wire().end()));
  row.set_digest_key_id(1);
  row.set_served_digest(Digest().ToBytes());
  row.set_control_digest(Digest().ToBytes());
  row.set_state(stored::v1::ZONE_STATE_ACTIVE);
  SetAssignments(row, nameservers);
  return AppendZone({}, std::move(effect));
}

Position TestController::AssignZone(const std::string& zone_id, const std::vector<std::string>& nameservers) {
  stored::v1::Entry entry;
  stored::v1::ZoneEffect effect;
  *effect.mutable_row() = Row(zone_id);
  const std::set<std::string> after(nameservers.begin(), nameservers.end());
  for (const stored::v1::Assignment& before : effect.row().assignments()) {
    if (after.count(before.target()) == 0) entry.mutable_header()->add_targets(before.target());
  }
  SetAssignments(*effect.mutable_row(), nameservers);
  return AppendZone(std::move(entry), std::move(effect));
}

Position TestController::DeleteZone(const std::string& zone_id) {
  stored::v1::ZoneEffect effect;
  *effect.mutable_row() = Row(zone_id);
  effect.mutable_row()->set_state(stored::v1::ZONE_STATE_DELETED);
  return AppendZone({}, std::move(effect));
}

Position TestController::ChangeZone(const std::string& zone_id,
                                    const std::map<std::string, const char*>& records) {
  stored::v1::ZoneEffect effect;
  stored::v1::ZoneRow& row = *effect.mutable_row();
  row = Row(zone_id);
  for (const auto& [key, value] : records) {
    if (value == nullptr) {
      effect.add_removed_keys(key);
      continue;
    }
    stored::v1::RecordPut* put = effect.add_puts();
    put->set_key(key);
    put->set_served(value);
    put->set_control("c");
  }
  absl::StatusOr<uint64_t> generation = FullView(store_).ZoneGeneration(zone_id);
  QUARTET_CHECK(generation.ok());
  store::Batch scratch;
  store::Overlay overlay(store_, scratch);
  const ZoneTotals before{Digest::FromBytes(row.served_digest()), Digest::FromBytes(row.control_digest()),
                          row.record_sets()};
  absl::StatusOr<ZoneTotals> after =
      ApplyRecords(overlay, zone_id, *generation, before, effect.removed_keys(), effect.puts(), hasher_);
  QUARTET_CHECK(after.ok());
  row.set_served_digest(after->served.ToBytes());
  row.set_control_digest(after->control.ToBytes());
  row.set_record_sets(after->record_sets);
  return AppendZone({}, std::move(effect));
}

stored::v1::StageRow TestController::OpenStage(const std::string& zone_id) const {
  absl::StatusOr<std::optional<stored::v1::StageRow>> stage = FullView(store_).Stage(zone_id);
  QUARTET_CHECK(stage.ok() && stage->has_value());
  return **std::move(stage);
}

Position TestController::StageChunk(const std::string& zone_id,
                                    const std::map<std::string, std::string>& records) {
  absl::StatusOr<std::optional<stored::v1::StageRow>> open = FullView(store_).Stage(zone_id);
  QUARTET_CHECK(open.ok());
  stored::v1::Entry entry;
  AddTargets(Row(zone_id), entry);
  stored::v1::StageEffect& effect = *entry.add_effects()->mutable_stage();
  effect.set_zone_id(zone_id);
  effect.set_digest_key_id(1);
  if (open->has_value()) {
    effect.set_stage((*open)->stage());
    effect.set_chunk((*open)->chunks());
  }
  for (const auto& [key, value] : records) {
    stored::v1::RecordPut* put = effect.add_puts();
    put->set_key(key);
    put->set_served(value);
    put->set_control("c");
  }
  return Append(std::move(entry));
}

Position TestController::FlipStage(const std::string& zone_id) {
  const stored::v1::StageRow stage = OpenStage(zone_id);
  stored::v1::Entry entry;
  stored::v1::FlipEffect& flip = *entry.add_effects()->mutable_flip();
  stored::v1::ZoneRow& row = *flip.mutable_row();
  row = Row(zone_id);
  flip.set_prev_revision(row.revision());
  row.set_revision(row.revision() + 1);
  row.set_served_digest(stage.served_digest());
  row.set_control_digest(stage.control_digest());
  row.set_record_sets(stage.record_sets());
  flip.set_stage(stage.stage());
  flip.set_chunks(stage.chunks());
  flip.set_stage_record_sets(stage.record_sets());
  flip.set_stage_served_digest(stage.served_digest());
  flip.set_stage_control_digest(stage.control_digest());
  AddTargets(row, entry);
  return Append(std::move(entry));
}

Position TestController::AbortStage(const std::string& zone_id) {
  stored::v1::Entry entry;
  AddAbort(entry, OpenStage(zone_id), "given up");
  return Append(std::move(entry));
}

Position TestController::NewTerm() {
  absl::StatusOr<uint64_t> term = log_->BeginTerm();
  QUARTET_CHECK(term.ok());
  term_ = *term;
  stored::v1::Entry entry;
  entry.add_effects()->mutable_term()->set_controller("test");
  absl::StatusOr<std::vector<stored::v1::StageRow>> stages = FullView(store_).Stages();
  QUARTET_CHECK(stages.ok());
  for (const stored::v1::StageRow& stage : *stages) AddAbort(entry, stage, "another term has begun");
  return Append(std::move(entry));
}

void TestController::Trim(uint64_t upto) { QUARTET_CHECK(log_->Trim(head(), term_, upto).ok()); }

}  // namespace quartet::replication
