// Brings what a replica stores into what is answered: from record sets on disk to pages in the directory.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "nameserver/zone/directory.h"
#include "replication/digest/digest.h"
#include "replication/feed/subscriber.h"
#include "replication/store/store.h"

namespace quartet::nameserver {

// A zone that should be served and can't be; it answers SERVFAIL.
struct UnloadableZone {
  std::string zone_id;
  std::string reason;
};

// The directory's only writer. Not thread-safe. Store and directory must outlive it.
class ZoneInstaller {
 public:
  using DigestKeys = std::map<uint32_t, std::string>;

  ZoneInstaller(const store::Store& store, Directory& directory) : store_(store), directory_(directory) {}

  // Installs updates in order and publishes: on return every later datagram is answered from them. A zone
  // whose record sets on disk are damaged, or don't add up to the digest they must have, is one of those
  // returned; the others are installed all the same.
  std::vector<UnloadableZone> Install(const std::vector<replication::ZoneUpdate>& updates,
                                      const DigestKeys& keys);

  // Zones in the directory, and those of them that answer SERVFAIL (still to be fetched, or unloadable).
  size_t zone_count() const { return zones_.size(); }
  size_t failing_count() const { return failing_; }

 private:
  absl::Status Apply(const replication::ZoneUpdate& update, const DigestKeys& keys);
  absl::Status Load(const replication::ZoneUpdate& update, const DigestKeys& keys);
  absl::Status Change(const replication::ZoneUpdate& update);
  absl::StatusOr<replication::Hasher*> HasherFor(uint32_t key_id, const DigestKeys& keys);
  // Keeps the counts: the zone answers (or fails), or is gone.
  void Note(const std::string& zone_id, bool failing);
  void Forget(const std::string& zone_id);

  const store::Store& store_;
  Directory& directory_;
  // Zone id -> it answers SERVFAIL. Invariant: failing_ of them do.
  absl::flat_hash_map<std::string, bool> zones_;
  size_t failing_ = 0;
  std::map<uint32_t, replication::Hasher> hashers_;
};

}  // namespace quartet::nameserver
