#include "controller/imports/imported_file.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/zones/record_set_request.h"
#include "controller/zones/storable.h"
#include "controller/zones/zone_import.h"
#include "controller/zones/zone_rules.h"
#include "controller/zones/zone_rules_in_order.h"

namespace quartet::controller {
namespace {

// "1,234".
std::string Grouped(uint64_t number) {
  std::string text = absl::StrCat(number);
  for (size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, 1, ',');
  return text;
}

}  // namespace

bool UnstoredRecords::Take(dns::Type type, dns::Place place, uint64_t records) {
  if (IsStorable(type)) return false;
  const auto [found, is_first] = types_.try_emplace(type);
  if (is_first) found->second.first = place;
  found->second.records += records;
  return true;
}

void UnstoredRecords::Tell(const ImportedFileOptions& options, ImportedFile& out) const {
  for (const auto& [type, count] : types_) {
    const std::string name = dns::TypeName(type);
    if (options.skip_unsupported) {
      admin::v1::SkippedRecords& skipped = *out.skipped.Add();
      skipped.set_type(name);
      skipped.set_records(count.records);
      continue;
    }
    admin::v1::Fault fault;
    fault.set_file(options.file_name);
    fault.set_line(count.first.line);
    fault.set_column(count.first.column);
    fault.set_type(name);
    fault.set_rule("type-not-stored");
    fault.set_message(absl::StrCat(Grouped(count.records), " ", name, ": ", WhyTypeIsNotStored(type),
                                   "; --skip-unsupported (skip_unsupported) leaves them out"));
    out.faults.Add(FaultList::Kind::kForm, std::move(fault));
  }
}

bool SetFilter::IsOwn(const dns::RecordSet& set) {
  if (!(set.owner() == options_.apex)) return false;
  if (set.type() == dns::Type::kSoa) {
    warnings_.Add({}, "soa-left-out", "the file's SOA is left out: the zone has one of its own",
                  set.owner().ToString(), dns::TypeName(set.type()));
    return true;
  }
  if (set.type() == dns::Type::kNs) {
    warnings_.Add({}, "apex-ns-left-out", "the file's nameservers are left out: the zone has four of its own",
                  set.owner().ToString(), dns::TypeName(set.type()));
    return true;
  }
  return false;
}

bool SetFilter::Keeps(dns::RecordSet set, dns::Place place) {
  FaultList own;
  dns::Name owner = set.owner();
  const dns::Type type = set.type();
  CheckEdit({RecordSetEdit::Action::kUpsert, std::move(owner), type, std::move(set), "", place},
            options_.apex, own);
  if (own.empty()) return true;
  LocateFaults(options_.file_name, place, own);
  faults_.Add(own);
  return false;
}

void AddFaults(dns::FaultLog& log, ImportedFile& out) {
  FaultList faults;
  const uint32_t total = log.total();
  std::vector<dns::Fault> listed = log.Take();
  faults.AddUnlisted(total - static_cast<uint32_t>(listed.size()));
  for (dns::Fault& fault : listed) faults.Add(FaultList::Kind::kForm, FaultMessage(std::move(fault)));
  faults.Add(out.faults);
  out.faults = std::move(faults);
}

void AddWarnings(dns::FaultLog& warnings, ImportedFile& out) {
  out.total_warnings = warnings.total();
  for (dns::Fault& warning : warnings.Take()) *out.warnings.Add() = FaultMessage(std::move(warning));
}

}  // namespace quartet::controller
