// For tests: what a node would answer from, kept as plain maps and checked against the digests at every step.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "replication/feed/subscriber.h"
#include "replication/store/store.h"

namespace quartet::replication {

struct ServedZone {
  uint64_t revision = 0;
  // Answers SERVFAIL.
  bool failing = false;
  std::string digest;
  std::map<std::string, std::string> records;
};

class ServedZones {
 public:
  // Installs updates in order; `store` is where kLoad reads. DATA_LOSS: what it came to is not what the
  // digest says.
  absl::Status Install(const std::vector<ZoneUpdate>& updates, const store::Reader& store,
                       const std::map<uint32_t, std::string>& digest_keys);

  const std::map<std::string, ServedZone>& zones() const { return zones_; }

 private:
  absl::Status InstallOne(const ZoneUpdate& update, const store::Reader& store,
                          const std::map<uint32_t, std::string>& digest_keys);

  std::map<std::string, ServedZone> zones_;
};

}  // namespace quartet::replication
