#include "controller/imports/import_fixture.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_import.h"
#include "controller/zones/zone_plans.h"
#include "dns/name/name.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"
#include "replication/replica/apply.h"

namespace quartet::controller {

namespace v1 = admin::v1;

absl::StatusOr<v1::ImportZoneRequest> ScriptedStream::Read() {
  if (gone_) return absl::AbortedError("gone");
  if (next_ == messages_.size()) return absl::OutOfRangeError("no more");
  return messages_[next_++];
}

absl::Status ScriptedStream::Send(v1::ImportZoneResponse response) {
  if (gone_) return absl::AbortedError("gone");
  for (v1::RecordSetEffect& effect : *response.mutable_effects()->mutable_effects())
    effects.push_back(std::move(effect));
  return absl::OkStatus();
}

std::vector<v1::ImportZoneRequest> Messages(const v1::ImportStart& start, absl::string_view text) {
  std::vector<v1::ImportZoneRequest> messages(1);
  *messages.back().mutable_start() = start;
  constexpr size_t kPiece = 1000;
  for (size_t at = 0; at < text.size(); at += kPiece) {
    messages.emplace_back().set_text(std::string(text.substr(at, kPiece)));
  }
  messages.emplace_back().mutable_end()->set_bytes(text.size());
  return messages;
}

std::vector<v1::ImportZoneRequest> Messages(const v1::ImportStart& start,
                                            const std::vector<v1::ImportedRecordSet>& record_sets) {
  std::vector<v1::ImportZoneRequest> messages(1);
  *messages.back().mutable_start() = start;
  constexpr int kPiece = 3;
  for (const v1::ImportedRecordSet& set : record_sets) {
    const v1::ImportZoneRequest& last = messages.back();
    if (!last.has_record_sets() || last.record_sets().record_sets_size() == kPiece) messages.emplace_back();
    *messages.back().mutable_record_sets()->add_record_sets() = set;
  }
  messages.emplace_back().mutable_end()->set_record_sets(record_sets.size());
  return messages;
}

ImportTest::ImportTest() {
  MakeNameservers(2);
  Open(SmallOptions());
}

ZoneImporter::Options ImportTest::SmallOptions() {
  ZoneImporter::Options options;
  options.directory = absl::StrCat(::testing::TempDir(), "/imports");
  options.spool.keep_free = 0;
  options.imports = 2;
  options.small_text = 100;
  options.sort_bytes = 500;
  options.small_sort_bytes = 100;
  options.entry = {2, 1000};
  options.new_zone_entry = {2, 1000};
  options.stage.chunk_bytes = 150;
  options.stage.patience = std::chrono::milliseconds(300);
  return options;
}

void ImportTest::Open(const ZoneImporter::Options& options) {
  importer_ = std::move(ZoneImporter::Open(*this, options)).value();
}

absl::StatusOr<Imported> ImportTest::Import(const v1::ImportStart& start, absl::string_view text) {
  return Run(Messages(start, text));
}

absl::StatusOr<Imported> ImportTest::Import(const v1::ImportStart& start,
                                            const std::vector<v1::ImportedRecordSet>& record_sets) {
  return Run(Messages(start, record_sets));
}

absl::StatusOr<Imported> ImportTest::Run(std::vector<v1::ImportZoneRequest> messages) {
  ScriptedStream stream(std::move(messages));
  stream_ = &stream;
  proposals_ = 0;
  absl::StatusOr<Imported> imported = importer_->Import("quartet://admin/test", stream);
  stream_ = nullptr;
  told_ = std::move(stream.told);
  effects_ = std::move(stream.effects);
  return imported;
}

v1::ImportStart ImportTest::Merge(const std::string& zone_id) {
  v1::ImportStart start;
  start.set_zone(absl::StrCat("zones/", zone_id));
  start.set_mode(v1::IMPORT_MODE_MERGE);
  start.set_file_name("test.zone");
  return start;
}
v1::ImportStart ImportTest::Replace(const std::string& zone_id, uint64_t if_revision) {
  v1::ImportStart start = Merge(zone_id);
  start.set_mode(v1::IMPORT_MODE_REPLACE);
  start.set_if_revision(if_revision);
  return start;
}
v1::ImportStart ImportTest::Force(const std::string& zone_id) {
  v1::ImportStart start = Replace(zone_id, 0);
  start.set_force(true);
  return start;
}
v1::ImportStart ImportTest::NewZoneStart(const std::string& name) {
  v1::ImportStart start;
  start.mutable_new_zone()->set_domain_name(name);
  start.set_file_name("test.zone");
  return start;
}

std::string ImportTest::MakeZone(const std::string& name, absl::string_view text) {
  NewZone zone{*dns::Name::Parse(name), "", "", {}};
  FaultList faults;
  google::protobuf::RepeatedPtrField<v1::Fault> warnings;
  zone.record_sets = ImportZoneFile(text, "test.zone", zone.name, faults, warnings);
  EXPECT_TRUE(faults.empty()) << faults.ToStatus();
  const auto made = Commit([&](const PlanContext& context) {
    return PlanNewZone(context, zone, [](const std::string&) { return 0; });
  });
  EXPECT_TRUE(made.ok()) << made.status();
  return made.ok() ? made->zone_id : "";
}

absl::StatusOr<Outcome> ImportTest::Upsert(const std::string& zone_id, const std::string& owner,
                                           const std::string& address) {
  google::protobuf::RepeatedPtrField<v1::RecordSetChange> changes;
  v1::RecordSetChange& change = *changes.Add();
  change.set_action(v1::RecordSetChange::ACTION_UPSERT);
  change.mutable_record_set()->set_owner(owner);
  change.mutable_record_set()->set_type("A");
  change.mutable_record_set()->set_ttl(60);
  change.mutable_record_set()->add_values(address);
  FaultList faults;
  const auto edits = ReadChanges(changes, *ApexOf(Row(zone_id)), faults);
  return Commit([&](const PlanContext& context) { return PlanChanges(context, zone_id, edits); });
}

stored::v1::ZoneRow ImportTest::Row(const std::string& zone_id) {
  const auto row = *view_.Zone(zone_id);
  EXPECT_TRUE(row.has_value());
  return row.value_or(stored::v1::ZoneRow());
}

std::vector<std::string> ImportTest::Contents(const std::string& zone_id) {
  const stored::v1::ZoneRow row = Row(zone_id);
  const dns::Name apex = *ApexOf(row);
  replication::Hasher hasher(replication::ReadDigestKey(store_)->key);
  replication::ZoneTotals totals;
  std::vector<std::string> lines;
  const absl::Status status = view_.VisitRecords(
      zone_id, *view_.ZoneGeneration(zone_id), "", "", [&](const replication::FullView::Record& record) {
        totals.served += hasher.Hash(record.key, record.served);
        totals.control += hasher.Hash(record.key, record.control);
        ++totals.record_sets;
        const dns::RecordSet set = *replication::DecodeServed(record.key, record.served, apex);
        if (set.type() == dns::Type::kSoa) {
          EXPECT_EQ(dns::ReadSoa(set.records().front()).serial, row.serial());
          return true;
        }
        std::string line =
            absl::StrCat(set.owner().ToString(), " ", set.ttl(), " ", dns::TypeName(set.type()));
        for (const dns::RecordData& data : set.records()) absl::StrAppend(&line, " | ", data.ToString());
        lines.push_back(std::move(line));
        return true;
      });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_TRUE(totals == replication::TotalsOf(row));
  return lines;
}

void ImportTest::ProposeAsync(Proposal proposal, Sequencer::Done done) {
  if (before_proposal_) before_proposal_(proposals_);
  ++proposals_;
  done(Commit(std::move(proposal)));
}

std::unique_ptr<Watch> ImportTest::WatchNodes(std::function<void()> moved) {
  class Nothing : public Watch {};
  moved_ = std::move(moved);
  return std::make_unique<Nothing>();
}

}  // namespace quartet::controller
