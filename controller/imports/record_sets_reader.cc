#include "controller/imports/record_sets_reader.h"

#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/imports/external_sort.h"
#include "controller/zones/record_set_request.h"
#include "controller/zones/zone_rules_in_order.h"
#include "dns/name/canonical_key.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;
using dns::FaultLog;
using dns::Place;
using replication::Origin;

// What a record set is sorted with: this, the control part and the served part.
struct SetHead {
  uint32_t line;
  uint32_t column;
  uint32_t control_bytes;
};

absl::Status Damaged() { return absl::DataLossError("the controller's spool gave other bytes back"); }

// Reads them one by one, and puts those that keep the rules to the sort.
class Reading {
 public:
  Reading(const ImportedFileOptions& options, FaultLog& warnings, ExternalSort& sort, ImportedFile& out)
      : options_(options), filter_(options, out.faults, warnings), sort_(sort), out_(out) {}

  absl::Status Take(const v1::ImportedRecordSet& imported) {
    const v1::RecordSet& asked = imported.record_set();
    const Place place{imported.line(), imported.column()};
    const absl::StatusOr<dns::Type> type = dns::ParseType(asked.type());
    if (type.ok() && unstored_.Take(*type, place, static_cast<uint64_t>(asked.values_size())))
      return absl::OkStatus();
    std::optional<dns::RecordSet> set = Read(asked, place);
    if (!set.has_value() || filter_.IsOwn(*set)) return absl::OkStatus();
    const std::string key = replication::RecordKey(set->owner(), options_.apex, set->type());
    const std::string served = replication::EncodeServed(*set, options_.apex);
    if (!filter_.Keeps(*std::move(set), place)) return absl::OkStatus();
    return Sort(key, served, ControlOf(asked), place);
  }

  void Finish() { unstored_.Tell(options_, out_); }

 private:
  // Nothing if it has a fault, which is told.
  std::optional<dns::RecordSet> Read(const v1::RecordSet& asked, Place place) {
    FaultList faults;
    google::protobuf::RepeatedPtrField<v1::RecordSetChange> one;
    one.Add()->set_action(v1::RecordSetChange::ACTION_UPSERT);
    *one[0].mutable_record_set() = asked;
    std::vector<RecordSetEdit> edits = ReadChanges(one, options_.apex, faults);
    if (faults.empty() && edits.size() == 1) return std::move(edits.front().record_set);
    LocateFaults(options_.file_name, place, faults);
    out_.faults.Add(faults);
    return std::nullopt;
  }

  static std::string ControlOf(const v1::RecordSet& asked) {
    if (asked.writer().empty() && asked.comment().empty()) return "";
    return replication::EncodeControl({Origin::kUser, asked.writer(), asked.comment()});
  }

  absl::Status Sort(const std::string& key, const std::string& served, const std::string& control,
                    Place place) {
    const SetHead head{place.line, place.column, static_cast<uint32_t>(control.size())};
    value_.assign(reinterpret_cast<const char*>(&head), sizeof head);
    absl::StrAppend(&value_, control, served);
    return sort_.Add(key, value_);
  }

  const ImportedFileOptions& options_;
  SetFilter filter_;
  ExternalSort& sort_;
  ImportedFile& out_;
  UnstoredRecords unstored_;
  std::string value_;
};

absl::Status ReadAll(const SpoolFile& file, Reading& reading, Pulse& pulse) {
  SpoolReader bytes(file, 0, file.size());
  v1::ImportedRecordSet imported;
  for (uint64_t done = 0; !bytes.AtEnd();) {
    absl::StatusOr<absl::string_view> head = bytes.Read(sizeof(uint32_t));
    if (!head.ok()) return head.status();
    uint32_t size = 0;
    std::memcpy(&size, head->data(), sizeof size);
    absl::StatusOr<absl::string_view> body = bytes.Read(size);
    if (!body.ok()) return body.status();
    if (!imported.ParseFromArray(body->data(), static_cast<int>(body->size()))) return Damaged();
    if (absl::Status status = reading.Take(imported); !status.ok()) return status;
    done += sizeof size + size;
    absl::Status status = pulse.Beat(v1::ImportProgress::PHASE_READING, done, file.size());
    if (!status.ok()) return status;
  }
  reading.Finish();
  return absl::OkStatus();
}

void AddNamedTwice(const ImportedFileOptions& options, absl::string_view key, Place place,
                   FaultList& faults) {
  v1::Fault fault;
  fault.set_file(options.file_name);
  fault.set_line(place.line);
  fault.set_column(place.column);
  if (const auto parts = replication::SplitRecordKey(key); parts.ok()) {
    const auto owner = dns::NameFromCanonicalKey(parts->owner_key, options.apex);
    if (owner.ok()) fault.set_owner(owner->ToString());
    fault.set_type(dns::TypeName(parts->type));
  }
  fault.set_rule("named-twice");
  fault.set_message("the file names this record set twice: put all its values into one");
  faults.Add(FaultList::Kind::kForm, std::move(fault));
}

absl::Status Gather(SortedItems& items, const ImportedFileOptions& options, ImportedFile& out, Pulse& pulse) {
  std::string last;
  absl::StatusOr<bool> more = items.Next();
  for (; more.ok() && *more; more = items.Next()) {
    if (absl::Status status = pulse.Again(); !status.ok()) return status;
    absl::string_view value = items.value();
    SetHead head;
    if (value.size() < sizeof head) return Damaged();
    std::memcpy(&head, value.data(), sizeof head);
    value.remove_prefix(sizeof head);
    const Place place{head.line, head.column};
    if (items.key() == last) {
      AddNamedTwice(options, last, place, out.faults);
      continue;
    }
    last = std::string(items.key());
    const absl::string_view control = value.substr(0, head.control_bytes);
    absl::Status status = out.sets->Add({last, value.substr(control.size()), control, place});
    if (!status.ok()) return status;
  }
  return more.ok() ? out.sets->Finish() : more.status();
}

}  // namespace

absl::Status SpoolRecordSets(const v1::ImportedRecordSets& record_sets, SpoolFile& file) {
  std::string bytes;
  for (const v1::ImportedRecordSet& one : record_sets.record_sets()) {
    const auto size = static_cast<uint32_t>(one.ByteSizeLong());
    bytes.assign(reinterpret_cast<const char*>(&size), sizeof size);
    one.AppendToString(&bytes);
    if (absl::Status status = file.Append(bytes); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<ImportedFile> ReadImportedRecordSets(const SpoolFile& file, const ImportedFileOptions& options,
                                                    Spool& spool, Pulse& pulse) {
  FaultLog warnings(options.file_name, kMaxFaultsListed, FaultLog::Order::kByPlace);
  ExternalSort sort(spool, options.sort_bytes);
  ImportedFile out;
  Reading reading(options, warnings, sort, out);
  if (absl::Status status = ReadAll(file, reading, pulse); !status.ok()) return status;
  absl::StatusOr<std::unique_ptr<SortedItems>> items = sort.Finish();
  if (!items.ok()) return items.status();
  absl::StatusOr<std::unique_ptr<ImportedSets>> sets = ImportedSets::Create(spool);
  if (!sets.ok()) return sets.status();
  out.sets = *std::move(sets);
  if (absl::Status status = Gather(**items, options, out, pulse); !status.ok()) return status;
  AddWarnings(warnings, out);
  return out;
}

}  // namespace quartet::controller
