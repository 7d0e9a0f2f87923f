// replica_digests DIR: for each zone of a stopped controller's or node's replica a line of JSON with its
// revision and the digest of the bytes that are really stored, hashed here and now. Ends with an error if
// they are not what the zone's row says.
#include <cstdio>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "replication/digest/digest.h"
#include "replication/feed/secrets.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"
#include "replication/replica/node_meta.h"
#include "replication/replica/node_zones.h"
#include "replication/store/rocks_store.h"

namespace quartet::tests {
namespace {

using replication::Digest;
using Keys = std::map<uint32_t, std::string>;

struct Zone {
  std::string id;
  uint64_t revision;
  uint64_t generation;
  uint32_t key_id;
  uint64_t record_sets;
  // As its row says.
  std::string digest;
};

absl::Status Print(const store::Reader& reader, const Zone& zone, const Keys& keys) {
  const auto key = keys.find(zone.key_id);
  if (key == keys.end()) return absl::DataLossError("no digest key for zone " + zone.id);
  replication::Hasher hasher(key->second);
  const std::string prefix = replication::layout::Generation(zone.id, zone.generation);
  Digest digest;
  uint64_t record_sets = 0;
  const auto it = reader.Scan(prefix, store::PrefixEnd(prefix));
  for (; it->Valid(); it->Next(), ++record_sets) {
    digest += hasher.Hash(it->key().substr(prefix.size()), it->value());
  }
  if (!it->status().ok()) return it->status();
  std::printf("{\"zone\": \"%s\", \"revision\": %llu, \"record_sets\": %llu, \"digest\": \"%s\"}\n",
              zone.id.c_str(), static_cast<unsigned long long>(zone.revision),
              static_cast<unsigned long long>(record_sets), digest.ToHex().c_str());
  if (record_sets != zone.record_sets || digest.ToBytes() != zone.digest) {
    return absl::DataLossError("zone " + zone.id + " is not what its row says");
  }
  return absl::OkStatus();
}

absl::Status PrintNode(const store::Reader& reader, const Keys& keys) {
  absl::StatusOr<replication::NodeZones> zones = replication::ReadNodeZones(reader);
  if (!zones.ok()) return zones.status();
  for (const auto& [id, zone] : *zones) {
    if (zone.is_behind()) return absl::DataLossError("zone " + id + " is BEHIND: " + zone.behind);
    absl::Status printed = Print(reader,
                                 {id, zone.row.revision(), zone.generation, zone.row.digest_key_id(),
                                  zone.row.record_sets(), zone.row.served_digest()},
                                 keys);
    if (!printed.ok()) return printed;
  }
  return absl::OkStatus();
}

absl::Status PrintController(const store::Reader& reader) {
  const replication::FullView view(reader);
  absl::StatusOr<replication::DigestKeys> keys = replication::ReadDigestKeys(reader);
  if (!keys.ok()) return keys.status();
  const std::string prefix = replication::layout::Zone("");
  const auto it = reader.Scan(prefix, store::PrefixEnd(prefix));
  for (; it->Valid(); it->Next()) {
    const std::string id(it->key().substr(prefix.size()));
    const auto row = view.Zone(id);
    if (!row.ok()) return row.status();
    if (!row->has_value() || (*row)->state() == stored::v1::ZONE_STATE_DELETED) continue;
    const absl::StatusOr<uint64_t> generation = view.ZoneGeneration(id);
    if (!generation.ok()) return generation.status();
    absl::Status printed = Print(reader,
                                 {id, (*row)->revision(), *generation, (*row)->digest_key_id(),
                                  (*row)->record_sets(), (*row)->served_digest()},
                                 *keys);
    if (!printed.ok()) return printed;
  }
  return it->status();
}

absl::Status Run(const std::string& directory) {
  const absl::StatusOr<std::unique_ptr<store::Store>> opened = store::OpenRocksStore(directory);
  if (!opened.ok()) return opened.status();
  const auto meta = replication::ReadNodeMeta(**opened);
  if (meta.ok() && meta->has_value()) return PrintNode(**opened, (*meta)->digest_keys);
  return PrintController(**opened);
}

}  // namespace
}  // namespace quartet::tests

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: replica_digests DIR\n");
    return 2;
  }
  const absl::Status status = quartet::tests::Run(argv[1]);
  if (!status.ok()) std::fprintf(stderr, "replica_digests: %s\n", std::string(status.message()).c_str());
  return status.ok() ? 0 : 1;
}
