// One zone of millions of names, each with an address: for measuring what its size costs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "dns/name/name.h"
#include "nameserver/zone/directory.h"

namespace quartet::tests {

// Owners are names of eight letters and digits, evenly spread, as customers' names or hashes are. Not thread-safe.
class GiantZone {
 public:
  // Aborts if the zone can't be made.
  explicit GiantZone(size_t names);

  nameserver::Directory& directory() { return directory_; }
  // Of owners (as keys) and values, as a replica stores them.
  uint64_t data_bytes() const { return data_bytes_; }
  const nameserver::ZoneTree& tree() const;

  // A query for the address of the i-th name; or for a name beside it that does not exist.
  std::vector<uint8_t> Query(size_t i, bool missing) const;
  // Gives the i-th name another address, which is visible on return.
  void Change(size_t i, uint32_t address);

 private:
  std::string Label(size_t i) const;
  dns::Name Owner(const std::string& label) const;

  const dns::Name apex_;
  const size_t names_;
  uint64_t data_bytes_ = 0;
  nameserver::Directory directory_;
};

}  // namespace quartet::tests
