#include "nameserver/standalone/zone_file.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "dns/rdata/type.h"
#include "dns/zonefile/importer.h"

namespace quartet::nameserver {
namespace {

using dns::Type;

// Enough for the largest zones there are; memory is what bounds them.
constexpr uint32_t kMaxRecords = 1'000'000'000;

bool IsProofOrSignature(Type type) {
  return type == Type::kRrsig || type == Type::kNsec || type == Type::kNsec3 || type == Type::kNsec3param;
}

// Looks at all record sets of a zone together.
class ZoneChecker {
 public:
  ZoneChecker(const std::string& path, const dns::Name& apex) : apex_(apex), faults_(path, kMaxFaults) {}

  void Check(const dns::ImportResult& zone) {
    CheckApex(zone);
    for (size_t i = 0; i < zone.record_sets.size(); ++i) CheckAlone(zone.record_sets[i], zone.places[i]);
    for (const dns::RecordSet& set : zone.record_sets) CheckBesideCname(set.owner(), set.type());
  }
  uint32_t total() const { return faults_.total(); }
  std::vector<dns::Fault> Take() { return faults_.Take(); }

 private:
  static constexpr uint32_t kMaxFaults = 1000;

  void CheckApex(const dns::ImportResult& zone) {
    const std::string name = apex_.ToString();
    if (!zone.soa.has_value()) {
      faults_.Add({1, 1}, "soa-missing", absl::StrCat("there is no SOA record at ", name), name, "SOA");
    }
    if (!zone.apex_ns.has_value()) {
      faults_.Add({1, 1}, "apex-ns-missing", absl::StrCat("there is no NS record at ", name), name, "NS");
    }
  }

  void CheckAlone(const dns::RecordSet& set, dns::Place place) {
    const bool single = set.records().size() == 1;
    if (set.type() == Type::kCname) {
      cnames_.emplace(set.owner(), place);
      if (set.owner() == apex_) BesideCname(set.owner(), place, Type::kSoa);
      if (!single) Add(set, place, "many-cnames", "a name has one CNAME at most");
    }
    if (set.type() == Type::kDname && !single) {
      Add(set, place, "many-dnames", "a name has one DNAME at most");
    }
  }

  void CheckBesideCname(const dns::Name& owner, Type type) {
    if (type == Type::kCname || IsProofOrSignature(type) || cnames_.empty()) return;
    const auto cname = cnames_.find(owner);
    if (cname == cnames_.end()) return;
    BesideCname(owner, cname->second, type);
    cnames_.erase(cname);
  }

  void BesideCname(const dns::Name& owner, dns::Place place, Type other) {
    faults_.Add(place, "cname-beside-other-types",
                absl::StrCat("a CNAME can't stand beside other types, here ", dns::TypeName(other)),
                owner.ToString(), "CNAME");
  }

  void Add(const dns::RecordSet& set, dns::Place place, absl::string_view rule, absl::string_view message) {
    faults_.Add(place, rule, message, set.owner().ToString(), dns::TypeName(set.type()));
  }

  const dns::Name& apex_;
  dns::FaultLog faults_;
  // Where they stand.
  absl::flat_hash_map<dns::Name, dns::Place> cnames_;
};

// Of what is left out, the first is named.
void WarnOfLeftOut(const dns::RecordSet& set, dns::Place place, const std::string& path, ZoneFile& file) {
  ++file.total_warnings;
  for (const dns::Fault& warning : file.warnings) {
    if (warning.rule == "not-served") return;
  }
  file.warnings.push_back({place.line, place.column, path, set.owner().ToString(), dns::TypeName(set.type()),
                           "not-served",
                           "left out, as are all RRSIG, NSEC, NSEC3 and NSEC3PARAM records: the zone is "
                           "served without signatures and proofs"});
}

void TakeSets(dns::ImportResult zone, const std::string& path, ZoneFile& file) {
  file.sets.reserve(zone.record_sets.size() + 2);
  file.sets.push_back(*std::move(zone.soa));
  file.sets.push_back(*std::move(zone.apex_ns));
  for (size_t i = 0; i < zone.record_sets.size(); ++i) {
    dns::RecordSet& set = zone.record_sets[i];
    if (IsProofOrSignature(set.type())) {
      WarnOfLeftOut(set, zone.places[i], path, file);
    } else {
      file.sets.push_back(std::move(set));
    }
  }
}

}  // namespace

ZoneFile ReadZoneText(absl::string_view text, const std::string& path, const dns::Name& apex) {
  dns::ImportOptions options;
  options.apex = apex;
  options.file_name = path;
  options.max_records = kMaxRecords;
  dns::ImportResult zone = dns::Import(text, options);
  ZoneFile file;
  file.faults = std::move(zone.faults);
  file.total_faults = zone.total;
  file.warnings = std::move(zone.warnings);
  file.total_warnings = zone.total_warnings;
  if (!file.ok()) return file;
  ZoneChecker checker(path, apex);
  checker.Check(zone);
  file.total_faults = checker.total();
  file.faults = checker.Take();
  if (file.ok()) TakeSets(std::move(zone), path, file);
  return file;
}

absl::StatusOr<std::string> ReadWholeFile(const std::string& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    return absl::NotFoundError(absl::StrCat(path, ": ", error ? error.message() : "no such file"));
  }
  if (!std::filesystem::is_regular_file(status)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": no regular file"));
  }
  const uintmax_t size = std::filesystem::file_size(path, error);
  if (!error && size > dns::kMaxZoneFile) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": ", size, " octets; ", dns::kMaxZoneFile, " is the most"));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::PermissionDeniedError(absl::StrCat(path, ": can't be opened for reading"));
  std::string text(error ? 0 : static_cast<size_t>(size), '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

}  // namespace quartet::nameserver
