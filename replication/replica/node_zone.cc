#include "replication/replica/node_zone.h"

#include <algorithm>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "replication/replica/layout.h"

namespace quartet::replication {
namespace {

std::vector<std::string> DirectoryKeys(const NodeZone& zone) {
  std::vector<std::string> keys;
  if (!zone.named) return keys;
  if (!zone.row.private_zone()) keys.push_back(layout::Directory("", zone.apex, zone.row.id()));
  for (const std::string& vpc : zone.row.vpc_ids()) {
    keys.push_back(layout::Directory(vpc, zone.apex, zone.row.id()));
  }
  return keys;
}

// The keys of both are the same; most changes of a zone leave them as they are.
bool SameDirectoryKeys(const NodeZone& a, const NodeZone& b) {
  return a.named == b.named && a.row.name() == b.row.name() && a.row.private_zone() == b.row.private_zone() &&
         std::equal(a.row.vpc_ids().begin(), a.row.vpc_ids().end(), b.row.vpc_ids().begin(),
                    b.row.vpc_ids().end());
}

void PutLocal(store::Overlay& out, const NodeZone& zone) {
  stored::v1::ZoneLocalRow local;
  local.set_generation(zone.generation);
  local.set_epoch(zone.epoch);
  local.set_behind(zone.behind);
  local.set_differs(zone.differs);
  local.set_damaged(zone.damaged);
  local.set_repair(zone.repair);
  out.Put(layout::ZoneLocal(zone.row.id()), local.SerializeAsString());
}

}  // namespace

absl::Status SetRow(NodeZone& zone, absl::string_view zone_id, const stored::v1::NodeZoneRow& row) {
  if (row.id() != zone_id)
    return absl::InvalidArgumentError(absl::StrCat("row of ", row.id(), " for ", zone_id));
  const std::string& wire = row.name();
  if (zone.named && wire == zone.row.name()) {
    zone.row = row;
    return absl::OkStatus();
  }
  absl::StatusOr<dns::Name> apex =
      dns::Name::FromWire(std::span(reinterpret_cast<const uint8_t*>(wire.data()), wire.size()));
  if (!apex.ok())
    return absl::InvalidArgumentError(absl::StrCat("name of zone ", zone_id, ": ", apex.status().message()));
  zone.row = row;
  zone.apex = *std::move(apex);
  zone.named = true;
  return absl::OkStatus();
}

void PutNodeZone(store::Overlay& out, const NodeZone& zone, const NodeZone* before) {
  const std::string& id = zone.row.id();
  out.Put(layout::Zone(id), zone.row.SerializeAsString());
  if (before == nullptr || before->generation != zone.generation || before->epoch != zone.epoch ||
      before->behind != zone.behind || before->differs != zone.differs || before->damaged != zone.damaged ||
      before->repair != zone.repair) {
    PutLocal(out, zone);
  }
  if (before != nullptr && SameDirectoryKeys(zone, *before)) return;
  if (before != nullptr) {
    for (const std::string& key : DirectoryKeys(*before)) out.Delete(key);
  }
  for (const std::string& key : DirectoryKeys(zone)) out.Put(key, "");
}

void EraseNodeZone(store::Overlay& out, const NodeZone& zone) {
  const std::string& id = zone.row.id();
  out.Delete(layout::Zone(id));
  out.Delete(layout::ZoneLocal(id));
  for (const std::string& key : DirectoryKeys(zone)) out.Delete(key);
  EraseGeneration(out, id, zone.generation);
}

void EraseGeneration(store::Overlay& out, absl::string_view zone_id, uint64_t generation) {
  if (generation == 0) return;
  const std::string prefix = layout::Generation(zone_id, generation);
  out.DeleteRange(prefix, store::PrefixEnd(prefix));
}

}  // namespace quartet::replication
