// Which domains are delegated to which hosted zones: kept beside the rows, which are in order of domains.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace quartet::controller {

// Fed by commits from the beginning, and once by a reading of all rows, in any order. Thread-safe. Memory: about 200 bytes for
// each domain.
class DomainsByZone {
 public:
  // A committed row; `zone_id` empty: it has none, or is no more.
  void Note(const std::string& domain, const std::string& zone_id);
  // A row that was read: what was noted of that domain is newer.
  void Load(const std::string& domain, const std::string& zone_id);
  // All rows were read.
  void Loaded();

  // Before that, what is told is not all.
  bool loaded() const;
  std::vector<std::string> Of(const std::string& zone_id) const;
  bool Has(const std::string& zone_id) const;

 private:
  void NoteLocked(const std::string& domain, const std::string& zone_id);

  mutable std::mutex mutex_;
  bool loaded_ = false;
  // Until all is loaded, domains without a zone too.
  std::map<std::string, std::string> zones_;
  std::map<std::string, std::set<std::string>> domains_;
};

}  // namespace quartet::controller
