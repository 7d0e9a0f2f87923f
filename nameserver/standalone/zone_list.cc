#include "nameserver/standalone/zone_list.h"

#include <filesystem>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace quartet::nameserver {
namespace {

class ListReader {
 public:
  ListReader(const std::string& name, dns::FaultLog& faults)
      : folder_(std::filesystem::path(name).parent_path()), faults_(faults) {}

  void ReadLine(absl::string_view line) {
    ++number_;
    const absl::string_view text = absl::StripAsciiWhitespace(line);
    if (text.empty() || text[0] == '#' || text[0] == ';') return;
    const auto column = static_cast<uint32_t>(text.data() - line.data() + 1);
    const absl::string_view name = text.substr(0, text.find_first_of(" \t"));
    const absl::string_view path = absl::StripLeadingAsciiWhitespace(text.substr(name.size()));
    absl::StatusOr<dns::Name> apex = dns::Name::Parse(name);
    if (!apex.ok()) return faults_.Add({number_, column}, "zone-name", apex.status().message());
    if (path.empty()) {
      const auto behind = static_cast<uint32_t>(column + name.size());
      return faults_.Add({number_, behind}, "zone-path", "no zone file: a line is NAME PATH", name);
    }
    Add(*std::move(apex), path, column);
  }

  ZoneList Take() { return std::move(list_); }

 private:
  void Add(dns::Name apex, absl::string_view path, uint32_t column) {
    const auto [known, added] = lines_.try_emplace(apex, number_);
    if (!added) {
      return faults_.Add({number_, column}, "zone-twice",
                         absl::StrCat("the zone is listed in line ", known->second, " already"),
                         apex.ToString());
    }
    FileOf(path).zones.push_back({std::move(apex), number_});
    ++list_.zone_count;
  }

  ZoneList::File& FileOf(absl::string_view path) {
    const auto [known, added] = files_.try_emplace(std::string(path), list_.files.size());
    if (added) list_.files.push_back({(folder_ / std::string(path)).string(), {}});
    return list_.files[known->second];
  }

  const std::filesystem::path folder_;
  dns::FaultLog& faults_;
  uint32_t number_ = 0;
  ZoneList list_;
  // By path as written, the place in list_.
  absl::flat_hash_map<std::string, size_t> files_;
  absl::flat_hash_map<dns::Name, uint32_t> lines_;
};

}  // namespace

ZoneList ParseZoneList(absl::string_view text, const std::string& name, dns::FaultLog& faults) {
  ListReader reader(name, faults);
  while (!text.empty()) {
    const absl::string_view line = text.substr(0, text.find('\n'));
    reader.ReadLine(line);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return reader.Take();
}

}  // namespace quartet::nameserver
