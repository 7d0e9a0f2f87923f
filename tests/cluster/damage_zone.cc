// damage_zone DIR ZONE-ID change|remove|add OWNER TYPE [fit]: damages a record set of a zone in the replica of a stopped
// node or controller, below all checksums, as a fault of software or memory would. `change` alters the last octet of what
// is stored, `add` stores a copy of the apex NS under that name and type. With `fit` the zone's row says afterwards what
// is there, so that the replica is in order, and another one than it should be.
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "dns/name/name.h"
#include "dns/rdata/type.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/digest/digest.h"
#include "replication/record/record_key.h"
#include "replication/replica/layout.h"
#include "replication/replica/node_meta.h"
#include "replication/replica/zone_on_disk.h"
#include "replication/store/rocks_store.h"

namespace quartet::tests {
namespace {

struct Damage {
  std::string zone_id;
  std::string kind;
  std::string owner;
  std::string type;
  bool fit = false;
};

absl::StatusOr<std::string> StoredUnder(const store::Reader& reader, const std::string& key) {
  absl::StatusOr<std::optional<std::string>> value = reader.Get(key);
  if (!value.ok()) return value.status();
  if (!value->has_value()) return absl::NotFoundError("there is no such record set");
  return **std::move(value);
}

absl::Status Apply(const Damage& damage, const store::Reader& reader, const std::string& prefix,
                   const dns::Name& apex, store::Overlay& out) {
  const absl::StatusOr<dns::Name> owner = dns::Name::Parse(damage.owner, apex);
  if (!owner.ok()) return owner.status();
  const absl::StatusOr<dns::Type> type = dns::ParseType(damage.type);
  if (!type.ok()) return type.status();
  const std::string key = prefix + replication::RecordKey(*owner, apex, *type);
  if (damage.kind == "add") {
    absl::StatusOr<std::string> value =
        StoredUnder(reader, prefix + replication::RecordKey(apex, apex, dns::Type::kNs));
    if (value.ok()) out.Put(key, *value);
    return value.status();
  }
  absl::StatusOr<std::string> value = StoredUnder(reader, key);
  if (!value.ok()) return value.status();
  if (damage.kind == "remove") {
    out.Delete(key);
  } else {
    value->back() = static_cast<char>(value->back() ^ 1);
    out.Put(key, *value);
  }
  return absl::OkStatus();
}

// Makes the row of a node say what is there.
absl::Status MakeRowFit(const replication::ZoneOnDisk& zone, store::Overlay& out) {
  replication::Hasher hasher(zone.digest_key);
  replication::ZoneDigester digester(out, zone.parts[0].prefix, hasher);
  while (!digester.Step(1 << 20)) continue;
  if (!digester.status().ok()) return digester.status();
  const std::string key = replication::layout::Zone(zone.zone_id);
  const absl::StatusOr<std::string> bytes = StoredUnder(out, key);
  if (!bytes.ok()) return bytes.status();
  stored::v1::NodeZoneRow row;
  if (!row.ParseFromString(*bytes)) return absl::DataLossError("the zone's row can't be read");
  row.set_served_digest(digester.digest().ToBytes());
  row.set_record_sets(digester.record_sets());
  out.Put(key, row.SerializeAsString());
  return absl::OkStatus();
}

absl::StatusOr<dns::Name> ReadApex(const std::string& row_bytes, bool node) {
  stored::v1::NodeZoneRow node_row;
  stored::v1::ZoneRow row;
  if (!(node ? node_row.ParseFromString(row_bytes) : row.ParseFromString(row_bytes)))
    return absl::DataLossError("the zone's row can't be read");
  const std::string& wire = node ? node_row.name() : row.name();
  return dns::Name::FromWire({reinterpret_cast<const uint8_t*>(wire.data()), wire.size()});
}

absl::Status Run(const std::string& directory, const Damage& damage) {
  const absl::StatusOr<std::unique_ptr<store::Store>> opened =
      store::OpenRocksStore(directory, {.create = false});
  if (!opened.ok()) return opened.status();
  store::Store& store = **opened;
  const auto meta = replication::ReadNodeMeta(store);
  const bool node = meta.ok() && meta->has_value();
  if (damage.fit && !node) return absl::InvalidArgumentError("fit is for nodes");
  replication::ZoneOnDisk zone;
  zone.zone_id = damage.zone_id;
  absl::Status status = node ? replication::ReadNodeZoneOnDisk(store, zone)
                             : replication::ReadControllerZoneOnDisk(store, zone);
  if (!status.ok()) return status;
  const absl::StatusOr<std::string> row = StoredUnder(store, replication::layout::Zone(zone.zone_id));
  if (!row.ok()) return row.status();
  const absl::StatusOr<dns::Name> apex = ReadApex(*row, node);
  if (!apex.ok()) return apex.status();
  store::Batch batch;
  store::Overlay out(store, batch);
  status = Apply(damage, store, zone.parts[0].prefix, *apex, out);
  if (status.ok() && damage.fit) status = MakeRowFit(zone, out);
  return status.ok() ? store.Write(batch, store::Store::Sync::kYes) : status;
}

}  // namespace
}  // namespace quartet::tests

int main(int argc, char** argv) {
  const std::string kind = argc > 3 ? argv[3] : "";
  const bool fit = argc == 7 && std::strcmp(argv[6], "fit") == 0;
  if ((argc != 6 && !fit) || (kind != "change" && kind != "remove" && kind != "add")) {
    std::fprintf(stderr, "usage: damage_zone DIR ZONE-ID change|remove|add OWNER TYPE [fit]\n");
    return 2;
  }
  const absl::Status status = quartet::tests::Run(argv[1], {argv[2], kind, argv[4], argv[5], fit});
  if (!status.ok()) std::fprintf(stderr, "damage_zone: %s\n", std::string(status.message()).c_str());
  return status.ok() ? 0 : 1;
}
