#include "controller/imports/import_reader.h"

#include <cstring>
#include <utility>

#include "controller/imports/external_sort.h"
#include "dns/base/check.h"
#include "dns/zonefile/importer.h"
#include "dns/zonefile/lexer.h"
#include "dns/zonefile/set_collector.h"
#include "dns/zonefile/zone_reader.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"

namespace quartet::controller {
namespace {

using dns::FaultLog;
using dns::Place;
using dns::Type;
using Progress = admin::v1::ImportProgress;

// What a response holds, and so a record set at most (RecordSet::Create refuses larger ones).
constexpr size_t kMaxSetBytes = 65535;

// What a record is sorted with: this, the owner as it was spelled, and the data.
struct RecordHead {
  uint32_t ttl;
  uint32_t line;
  uint32_t column;
  uint32_t owner_bytes;
};

absl::string_view AsText(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
std::span<const uint8_t> AsBytes(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// Puts each record that can be stored to the sort. (A $GENERATE of millions is one step of the reader.)
class SortingSink : public dns::RecordSink {
 public:
  SortingSink(const dns::Name& apex, ExternalSort& sort, UnstoredRecords& unstored, Pulse& pulse)
      : apex_(apex), sort_(sort), unstored_(unstored), pulse_(pulse) {}

  bool Take(const dns::Name& owner, uint32_t ttl, dns::RecordData data, Place place) override {
    if (unstored_.Take(data.type(), place)) return true;
    const RecordHead head{ttl, place.line, place.column, static_cast<uint32_t>(owner.wire().size())};
    value_.assign(reinterpret_cast<const char*>(&head), sizeof head);
    for (const absl::string_view part : {AsText(owner.wire()), AsText(data.wire())}) {
      value_.append(part.data(), part.size());
    }
    status_ = sort_.Add(replication::RecordKey(owner, apex_, data.type()), value_);
    if (status_.ok()) status_ = pulse_.Again();
    return status_.ok();
  }
  const absl::Status& status() const { return status_; }

 private:
  const dns::Name& apex_;
  ExternalSort& sort_;
  UnstoredRecords& unstored_;
  Pulse& pulse_;
  std::string value_;
  absl::Status status_;
};

struct SortedRecord {
  dns::Name owner;
  uint32_t ttl;
  dns::RecordData data;
  Place place;
};

absl::StatusOr<SortedRecord> DecodeRecord(Type type, absl::string_view value) {
  RecordHead head;
  std::memcpy(&head, value.data(), sizeof head);
  value.remove_prefix(sizeof head);
  absl::StatusOr<dns::Name> owner = dns::Name::FromWire(AsBytes(value.substr(0, head.owner_bytes)));
  absl::StatusOr<dns::RecordData> data =
      dns::RecordData::FromWire(type, AsBytes(value.substr(head.owner_bytes)));
  if (!owner.ok() || !data.ok()) return absl::DataLossError("the controller's spool gave other bytes back");
  return SortedRecord{*std::move(owner), head.ttl, *std::move(data), {head.line, head.column}};
}

// Makes sorted records into sets.
class Gatherer {
 public:
  Gatherer(const ImportedFileOptions& options, ImportedFile& out, FaultLog& faults, FaultLog& warnings)
      : options_(options),
        out_(out),
        faults_(faults),
        warnings_(warnings),
        filter_(options, out.faults, warnings),
        check_sets_(faults.total() == 0) {}

  absl::Status Gather(SortedItems& records, Pulse& pulse) {
    absl::StatusOr<bool> more = records.Next();
    for (; more.ok() && *more; more = records.Next()) {
      if (records.key() != key_) {
        if (absl::Status status = EndSet(); !status.ok()) return status;
        key_ = std::string(records.key());
      }
      if (absl::Status status = Add(records.value()); !status.ok()) return status;
      if (absl::Status status = pulse.Again(); !status.ok()) return status;
    }
    return more.ok() ? EndSet() : more.status();
  }

 private:
  absl::Status Add(absl::string_view value) {
    const absl::StatusOr<replication::RecordKeyParts> parts = replication::SplitRecordKey(key_);
    if (!parts.ok()) return absl::DataLossError("the controller's spool gave other bytes back");
    const Type type = parts->type;
    absl::StatusOr<SortedRecord> record = DecodeRecord(type, value);
    if (!record.ok()) return record.status();
    // It can't be made any more; EndSet tells, and memory stays bounded.
    if (set_bytes_ > kMaxSetBytes) return absl::OkStatus();
    const size_t bytes = record->data.wire().size() + 1;
    const dns::Name owner = record->owner;
    const dns::SetCollector::Added added =
        collector_.Add(record->owner, record->ttl, std::move(record->data), record->place);
    if (!added.duplicate) set_bytes_ += bytes;
    if (added.duplicate) {
      dns::WarnOfDuplicate(&warnings_, record->place, owner, type);
    } else if (type == Type::kSoa && added.before > 0) {
      dns::AddSecondSoa(&faults_, record->place, owner);
    }
    if (added.other_ttl) dns::WarnOfTtl(&warnings_, record->place, owner, type);
    return absl::OkStatus();
  }

  absl::Status EndSet() {
    set_bytes_ = 0;
    std::vector<Place> places;
    std::vector<dns::RecordSet> sets = collector_.Finish(&faults_, &places);
    if (sets.empty()) return absl::OkStatus();
    QUARTET_CHECK(sets.size() == 1);
    return Take(std::move(sets.front()), places.front());
  }

  absl::Status Take(dns::RecordSet set, Place place) {
    if (filter_.IsOwn(set) || !check_sets_) return absl::OkStatus();
    const std::string served = replication::EncodeServed(set, options_.apex);
    if (!filter_.Keeps(std::move(set), place)) return absl::OkStatus();
    return out_.sets->Add({key_, served, "", place});
  }

  const ImportedFileOptions& options_;
  ImportedFile& out_;
  FaultLog& faults_;
  FaultLog& warnings_;
  SetFilter filter_;
  const bool check_sets_;
  std::string key_;
  dns::SetCollector collector_;
  size_t set_bytes_ = 0;
};

absl::Status SortRecords(const SpoolFile& file, const ImportedFileOptions& options, ExternalSort& sort,
                         UnstoredRecords& unstored, FaultLog& faults, FaultLog& warnings, Pulse& pulse) {
  absl::StatusOr<std::unique_ptr<SpoolText>> text = SpoolText::Of(file);
  if (!text.ok()) return text.status();
  dns::ImportOptions read;
  read.apex = options.apex;
  read.file_name = options.file_name;
  SortingSink sink(options.apex, sort, unstored, pulse);
  dns::ZoneReader reader((*text)->text(), read, sink, &faults, &warnings);
  while (reader.Step()) {
    const size_t offset = reader.offset();
    if (absl::Status status = pulse.Beat(Progress::PHASE_READING, offset, file.size()); !status.ok()) {
      return status;
    }
    // The reader goes back by an entry at most.
    if (offset > dns::kMaxEntry) (*text)->Release(offset - dns::kMaxEntry);
  }
  return sink.status();
}

}  // namespace

absl::StatusOr<ImportedFile> ReadImportedText(const SpoolFile& text, const ImportedFileOptions& options,
                                              Spool& spool, Pulse& pulse) {
  FaultLog faults(options.file_name, kMaxFaultsListed);
  FaultLog warnings(options.file_name, kMaxFaultsListed, FaultLog::Order::kByPlace);
  ExternalSort sort(spool, options.sort_bytes);
  UnstoredRecords unstored;
  if (absl::Status status = SortRecords(text, options, sort, unstored, faults, warnings, pulse); !status.ok())
    return status;
  absl::StatusOr<std::unique_ptr<SortedItems>> records = sort.Finish();
  if (!records.ok()) return records.status();

  ImportedFile out;
  absl::StatusOr<std::unique_ptr<ImportedSets>> sets = ImportedSets::Create(spool);
  if (!sets.ok()) return sets.status();
  out.sets = *std::move(sets);
  Gatherer gatherer(options, out, faults, warnings);
  if (absl::Status status = gatherer.Gather(**records, pulse); !status.ok()) return status;
  if (absl::Status status = out.sets->Finish(); !status.ok()) return status;

  AddFaults(faults, out);
  unstored.Tell(options, out);
  AddWarnings(warnings, out);
  return out;
}

}  // namespace quartet::controller
