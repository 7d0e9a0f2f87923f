#include "config/faults.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace quartet::config {

std::string Faults::Resolved(const std::string& file) const {
  if (file.empty() || file[0] == '/') return file;
  return (std::filesystem::path(path_).parent_path() / file).string();
}

void Faults::Add(size_t line, absl::string_view what) { faults_.emplace_back(line, std::string(what)); }

absl::Status Faults::status() const {
  if (faults_.empty()) return absl::OkStatus();
  auto faults = faults_;
  std::stable_sort(faults.begin(), faults.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  return absl::InvalidArgumentError(absl::StrJoin(faults, "\n", [this](std::string* text, const auto& fault) {
    absl::StrAppend(text, path_, ":", fault.first, ": ", fault.second);
  }));
}

}  // namespace quartet::config
