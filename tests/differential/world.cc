#include "tests/differential/world.h"

#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "dns/zonefile/importer.h"

namespace quartet::differential {

const dns::RecordSet* Zone::Find(const dns::Name& name, dns::Type type) const {
  const auto at = names.find(name);
  if (at == names.end()) return nullptr;
  const auto set = at->second.find(type);
  return set == at->second.end() ? nullptr : &set->second;
}

bool Zone::Exists(const dns::Name& name) const {
  // Canonical order: what lies below a name follows it.
  const auto at = names.lower_bound(name);
  return at != names.end() && at->first.IsWithin(name);
}

const dns::Name* Zone::CutAbove(const dns::Name& name) const {
  for (size_t n = name.label_count() - apex.label_count(); n-- > 0;) {
    const auto at = names.find(name.Ancestor(n));
    if (at != names.end() && at->second.count(dns::Type::kNs) != 0) return &at->first;
  }
  return nullptr;
}

absl::Status World::AddFile(absl::string_view apex, const std::string& path) {
  const auto name = dns::Name::Parse(apex);
  if (!name.ok()) return name.status();
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  dns::ImportOptions options;
  options.apex = *name;
  options.file_name = path;
  dns::ImportResult result = dns::Import(text.str(), options);
  if (!result.ok() || !result.soa || !result.apex_ns) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": ", result.faults.empty() ? "no SOA or NS" : result.faults[0].message));
  }
  result.record_sets.push_back(*std::move(result.soa));
  result.record_sets.push_back(*std::move(result.apex_ns));
  Zone zone;
  zone.apex = *name;
  for (dns::RecordSet& set : result.record_sets) {
    zone.names[set.owner()].emplace(set.type(), std::move(set));
  }
  zones_.push_back(std::move(zone));
  return absl::OkStatus();
}

const Zone* World::ZoneOf(const dns::Name& name) const {
  const Zone* best = nullptr;
  for (const Zone& zone : zones_) {
    if (name.IsWithin(zone.apex) && (best == nullptr || zone.apex.IsWithin(best->apex))) best = &zone;
  }
  return best;
}

const Zone* World::ZoneFor(const dns::Name& name, dns::Type type) const {
  const Zone* zone = ZoneOf(name);
  if (type != dns::Type::kDs || zone == nullptr || zone->apex != name || name.is_root()) return zone;
  const Zone* above = ZoneOf(name.Parent());
  return above != nullptr ? above : zone;
}

}  // namespace quartet::differential
