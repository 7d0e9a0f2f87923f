#include "controller/zones/zone_import.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/zones/storable.h"
#include "dns/zonefile/importer.h"

namespace quartet::controller {
namespace {

// Tags, lengths, key and control part of a record set in an entry, roughly.
constexpr size_t kBytesAroundRecordSet = 24;

admin::v1::Fault Note(absl::string_view file, dns::Place place, const dns::Name& owner, dns::Type type,
                      absl::string_view rule, absl::string_view message) {
  admin::v1::Fault note;
  note.set_file(std::string(file));
  note.set_line(place.line);
  note.set_column(place.column);
  note.set_owner(owner.ToString());
  note.set_type(dns::TypeName(type));
  note.set_rule(std::string(rule));
  note.set_message(std::string(message));
  return note;
}

}  // namespace

admin::v1::Fault FaultMessage(dns::Fault fault) {
  admin::v1::Fault message;
  message.set_line(fault.line);
  message.set_column(fault.column);
  message.set_file(std::move(fault.file));
  message.set_owner(std::move(fault.owner));
  message.set_type(std::move(fault.type));
  message.set_rule(std::move(fault.rule));
  message.set_message(std::move(fault.message));
  return message;
}

std::vector<RecordSetEdit> ImportZoneFile(absl::string_view text, absl::string_view file_name,
                                          const dns::Name& apex, FaultList& faults,
                                          google::protobuf::RepeatedPtrField<admin::v1::Fault>& warnings) {
  dns::ImportOptions options;
  options.apex = apex;
  options.file_name = std::string(file_name);
  dns::ImportResult result = dns::Import(text, options);
  for (dns::Fault& warning : result.warnings) *warnings.Add() = FaultMessage(std::move(warning));
  for (dns::Fault& fault : result.faults) faults.Add(FaultList::Kind::kForm, FaultMessage(std::move(fault)));
  faults.AddUnlisted(result.total - static_cast<uint32_t>(result.faults.size()));
  if (!result.ok()) return {};
  if (result.soa.has_value()) {
    *warnings.Add() = Note(file_name, {}, apex, dns::Type::kSoa, "soa-left-out",
                           "the file's SOA is left out: the zone gets one of its own");
  }
  if (result.apex_ns.has_value()) {
    *warnings.Add() = Note(file_name, {}, apex, dns::Type::kNs, "apex-ns-left-out",
                           "the file's nameservers are left out: the zone gets four of its own");
  }
  std::vector<RecordSetEdit> edits;
  for (size_t i = 0; i < result.record_sets.size(); ++i) {
    dns::RecordSet& record_set = result.record_sets[i];
    const dns::Type type = record_set.type();
    if (const std::string why = WhyTypeIsNotStored(type); !why.empty()) {
      faults.Add(FaultList::Kind::kForm,
                 Note(file_name, result.places[i], record_set.owner(), type, "type-not-stored", why));
      continue;
    }
    dns::Name owner = record_set.owner();
    edits.push_back({RecordSetEdit::Action::kCreate, std::move(owner), type, std::move(record_set), "",
                     result.places[i]});
  }
  return edits;
}

size_t EntryBytes(const std::vector<RecordSetEdit>& edits) {
  size_t bytes = 0;
  for (const RecordSetEdit& edit : edits) {
    bytes += kBytesAroundRecordSet;
    if (!edit.record_set.has_value()) continue;
    for (const dns::RecordData& data : edit.record_set->records()) bytes += data.wire().size() + 2;
  }
  return bytes;
}

}  // namespace quartet::controller
