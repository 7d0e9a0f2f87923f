#include "replication/replica/node_zones.h"

#include <cstdint>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "dns/base/check.h"
#include "replication/replica/layout.h"

namespace quartet::replication {
namespace {

// A block is this, the row without its id, and the text of `behind`.
struct Header {
  uint64_t generation;
  uint64_t epoch;
  uint32_t row_size;
  uint32_t behind_size;
  uint8_t flags;
  uint8_t repair;
};
constexpr size_t kHeader = offsetof(Header, repair) + sizeof(Header::repair);

enum Flag : uint8_t { kNamed = 1, kDiffers = 2, kDamaged = 4, kUnloadable = 8, kListedOnly = 16 };

// A map's node is three quarters full where ids come in any order.
constexpr size_t kMapBytes = (sizeof(std::string) + sizeof(std::unique_ptr<char[]>)) * 4 / 3;

uint8_t FlagsOf(const NodeZone& zone) {
  return static_cast<uint8_t>((zone.named ? kNamed : 0) | (zone.differs ? kDiffers : 0) |
                              (zone.damaged ? kDamaged : 0) | (zone.unloadable ? kUnloadable : 0) |
                              (zone.listed_only ? kListedOnly : 0));
}

Header HeaderOf(const char* block) {
  Header header = {};
  std::memcpy(&header, block, kHeader);
  return header;
}

size_t SizeOf(const Header& header) { return kHeader + header.row_size + header.behind_size; }

std::unique_ptr<char[]> Pack(const NodeZone& zone) {
  stored::v1::NodeZoneRow row = zone.row;
  row.clear_id();
  const std::string bytes = row.SerializeAsString();
  const Header header = {zone.generation,
                         zone.epoch,
                         static_cast<uint32_t>(bytes.size()),
                         static_cast<uint32_t>(zone.behind.size()),
                         FlagsOf(zone),
                         static_cast<uint8_t>(zone.repair)};
  std::unique_ptr<char[]> block(new char[SizeOf(header)]);
  std::memcpy(block.get(), &header, kHeader);
  std::memcpy(block.get() + kHeader, bytes.data(), bytes.size());
  std::memcpy(block.get() + kHeader + bytes.size(), zone.behind.data(), zone.behind.size());
  return block;
}

absl::Status Damaged(absl::string_view zone_id) {
  return absl::DataLossError(absl::StrCat(
      "the row of zone ", zone_id, " is damaged; empty the replica's directory and start the node again"));
}

absl::Status ReadLocal(absl::string_view value, NodeZone& zone) {
  stored::v1::ZoneLocalRow local;
  if (!local.ParseFromArray(value.data(), static_cast<int>(value.size()))) return Damaged(zone.row.id());
  zone.generation = local.generation();
  zone.epoch = local.epoch();
  zone.behind = local.behind();
  zone.differs = local.differs();
  zone.damaged = local.damaged();
  zone.repair = local.repair();
  return absl::OkStatus();
}

absl::StatusOr<NodeZone> ReadRow(absl::string_view zone_id, absl::string_view value) {
  stored::v1::NodeZoneRow row;
  NodeZone zone;
  if (!row.ParseFromArray(value.data(), static_cast<int>(value.size()))) return Damaged(zone_id);
  if (!row.name().empty()) {
    if (!SetRow(zone, zone_id, row).ok()) return Damaged(zone_id);
    return zone;
  }
  zone.row = std::move(row);
  zone.row.set_id(std::string(zone_id));
  return zone;
}

}  // namespace

NodeZone NodeZones::Unpack(const std::string& zone_id, const char* block) {
  const Header header = HeaderOf(block);
  stored::v1::NodeZoneRow row;
  QUARTET_CHECK(row.ParseFromArray(block + kHeader, static_cast<int>(header.row_size)));
  row.set_id(zone_id);
  NodeZone zone;
  if ((header.flags & kNamed) != 0) {
    QUARTET_CHECK(SetRow(zone, zone_id, row).ok());
  } else {
    zone.row = std::move(row);
  }
  zone.generation = header.generation;
  zone.epoch = header.epoch;
  zone.behind.assign(block + kHeader + header.row_size, header.behind_size);
  zone.differs = (header.flags & kDiffers) != 0;
  zone.damaged = (header.flags & kDamaged) != 0;
  zone.unloadable = (header.flags & kUnloadable) != 0;
  zone.listed_only = (header.flags & kListedOnly) != 0;
  zone.repair = static_cast<stored::v1::RepairState>(header.repair);
  return zone;
}

void NodeZones::Count(const std::string& zone_id, const char* block, bool there) {
  const Header header = HeaderOf(block);
  const size_t key = zone_id.size() > 15 ? zone_id.size() + 16 : 0;
  const size_t bytes = kMapBytes + key + (SizeOf(header) + 15) / 16 * 16;
  const size_t named = (header.flags & kNamed) != 0 ? 1 : 0;
  bytes_ = there ? bytes_ + bytes : bytes_ - bytes;
  named_ = there ? named_ + named : named_ - named;
}

std::optional<NodeZone> NodeZones::Find(absl::string_view zone_id) const {
  const auto found = blocks_.find(zone_id);
  if (found == blocks_.end()) return std::nullopt;
  return Unpack(found->first, found->second.get());
}

void NodeZones::Put(const NodeZone& zone) {
  const auto [at, added] = blocks_.try_emplace(zone.row.id());
  if (!added) Count(at->first, at->second.get(), false);
  at->second = Pack(zone);
  Count(at->first, at->second.get(), true);
}

void NodeZones::Erase(absl::string_view zone_id) {
  const auto found = blocks_.find(zone_id);
  if (found == blocks_.end()) return;
  Count(found->first, found->second.get(), false);
  blocks_.erase(found);
}

absl::StatusOr<NodeZones> ReadNodeZones(const store::Reader& reader) {
  NodeZones zones;
  const std::string rows = layout::Zone("");
  const std::string locals = layout::ZoneLocal("");
  // Both in order of ids: of a zone that was never put anywhere there is a row alone.
  const std::unique_ptr<store::Iterator> row = reader.Scan(rows, store::PrefixEnd(rows));
  const std::unique_ptr<store::Iterator> local = reader.Scan(locals, store::PrefixEnd(locals));
  for (; row->Valid(); row->Next()) {
    const absl::string_view id = row->key().substr(rows.size());
    absl::StatusOr<NodeZone> zone = ReadRow(id, row->value());
    if (!zone.ok()) return zone.status();
    const bool has_local = local->Valid() && local->key().substr(locals.size()) == id;
    if (has_local) {
      if (absl::Status read = ReadLocal(local->value(), *zone); !read.ok()) return read;
      local->Next();
    }
    zones.Put(*zone);
  }
  if (!row->status().ok()) return row->status();
  if (local->Valid()) return Damaged(local->key().substr(locals.size()));
  if (!local->status().ok()) return local->status();
  return zones;
}

}  // namespace quartet::replication
