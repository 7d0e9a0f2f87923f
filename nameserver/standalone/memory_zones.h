// Zones put straight from their files into the directory, with nothing on disk.
#pragma once

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "dns/name/name.h"
#include "nameserver/standalone/zone_template.h"
#include "nameserver/zone/directory.h"

namespace quartet::nameserver {

// Not thread-safe: it is the directory's writer.
class MemoryZones {
 public:
  // `directory` must outlive it.
  explicit MemoryZones(Directory& directory) : directory_(directory) {}

  // `records` in ascending order of keys. Errors: as Directory::Install.
  absl::Status Add(const dns::Name& apex, const std::vector<ZoneRecord>& records);
  // Every later datagram is answered from all that was added.
  void Finish() { directory_.Publish(); }

 private:
  // What is staged in the directory costs memory of its own, for each zone.
  static constexpr size_t kStaged = 1024;

  Directory& directory_;
  size_t zones_ = 0;
};

}  // namespace quartet::nameserver
