// How many zones each nameserver has.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "quartet/stored/v1/entry.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Counted once from a replica, then kept up with the log. Memory: about a hundred bytes for each zone that uses a reusable
// delegation set, and for each nameserver. Thread-safe.
class Usage {
 public:
  // Reads every zone's row.
  absl::Status Load(const store::Reader& replica);
  // Entries behind what Load saw, each once. A zone that is deleted has nobody; undeleted, it has them again.
  void Committed(const stored::v1::Entry& entry);

  // Those that it joins or leaves, too.
  uint64_t ZonesOf(const std::string& nameserver) const;
  // Zones that use a reusable delegation set.
  uint64_t ZonesOfSet(const std::string& delegation_set) const;
  uint64_t zones() const;

 private:
  // All with mutex_ held.
  void Add(const stored::v1::ZoneRow& row, int64_t by);
  void Moved(const stored::v1::EntryHeader& header, const stored::v1::ZoneRow& row);
  void SetOf(const stored::v1::ZoneRow& row);
  void Changed(const stored::v1::EntryHeader& header, const stored::v1::ZoneEffect& effect);

  mutable std::mutex mutex_;
  std::map<std::string, uint64_t> of_;
  // Of each zone that uses a reusable set, which; and how many use each.
  std::map<std::string, std::string> set_of_zone_;
  std::map<std::string, uint64_t> of_set_;
  uint64_t zones_ = 0;
  // Ids of zones that are deleted and not purged.
  std::set<std::string> deleted_;
};

}  // namespace quartet::controller
