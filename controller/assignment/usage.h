// How many zones each nameserver has.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "quartet/stored/v1/entry.pb.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Counted once from a replica, then kept up with the log. Thread-safe.
class Usage {
 public:
  // Reads every zone's row.
  absl::Status Load(const store::Reader& replica);
  // Entries behind what Load saw, each once.
  void Committed(const stored::v1::Entry& entry);

  uint64_t ZonesOf(const std::string& nameserver) const;
  uint64_t zones() const;

 private:
  void Add(const stored::v1::ZoneRow& row, int64_t by);

  mutable std::mutex mutex_;
  std::map<std::string, uint64_t> of_;
  uint64_t zones_ = 0;
};

}  // namespace quartet::controller
