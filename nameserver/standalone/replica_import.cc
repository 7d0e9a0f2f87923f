#include "nameserver/standalone/replica_import.h"

#include <optional>

#include "dns/base/check.h"
#include "nameserver/standalone/zone_id.h"
#include "replication/replica/layout.h"
#include "replication/replica/node_meta.h"
#include "replication/replica/node_records.h"
#include "replication/replica/node_zone.h"
#include "replication/replica/served_record.h"

namespace quartet::nameserver {
namespace {

namespace layout = replication::layout;

constexpr char kSources[] = "standalone/sources";
constexpr uint32_t kDigestKeyId = 1;
constexpr uint64_t kEpoch = 1;
constexpr size_t kBatchBytes = 1 << 20;

std::string RandomBytes(replication::Random& random, size_t count) {
  std::string bytes;
  while (bytes.size() < count) {
    const uint64_t part = random.Next();
    bytes.append(reinterpret_cast<const char*>(&part), sizeof(part));
  }
  bytes.resize(count);
  return bytes;
}

}  // namespace

ReplicaImport::ReplicaImport(store::Store& store, replication::Random& random)
    : store_(store),
      incarnation_(RandomBytes(random, replication::NodeMeta::kIncarnationBytes)),
      digest_key_(RandomBytes(random, replication::Hasher::kKeyBytes)),
      hasher_(digest_key_) {}

absl::Status ReplicaImport::Add(const dns::Name& apex, const std::vector<ZoneRecord>& records) {
  replication::NodeZone zone;
  quartet::stored::v1::NodeZoneRow row;
  row.set_id(StandaloneZoneId(zones_));
  row.set_name(std::string(reinterpret_cast<const char*>(apex.wire().data()), apex.wire().size()));
  row.set_revision(1);
  row.set_digest_key_id(kDigestKeyId);
  row.set_record_sets(records.size());
  row.set_state(quartet::stored::v1::ASSIGNMENT_STATE_SERVING);
  replication::Digest digest;
  std::vector<replication::ServedRecordView> views;
  views.reserve(records.size());
  for (const ZoneRecord& record : records) {
    digest += hasher_.Hash(record.key, record.served);
    views.push_back({record.key, record.served});
  }
  row.set_served_digest(digest.ToBytes());
  QUARTET_CHECK(replication::SetRow(zone, row.id(), row).ok());
  zone.generation = ++zones_;
  zone.epoch = kEpoch;
  // An overlay looks through all that is in its batch before: so each zone has one of its own.
  store::Batch batch;
  store::Overlay out(store_, batch);
  replication::PutGeneration(out, row.id(), zone.generation, views);
  replication::PutNodeZone(out, zone, nullptr);
  batch_.Append(batch);
  return WriteIfFull();
}

absl::Status ReplicaImport::WriteIfFull() {
  if (batch_.bytes() < kBatchBytes) return absl::OkStatus();
  absl::Status written = store_.Write(batch_, store::Store::Sync::kNo);
  batch_.Clear();
  return written;
}

absl::Status ReplicaImport::Finish(const Sources& sources) {
  replication::NodeMeta meta;
  meta.incarnation = incarnation_;
  meta.epoch = kEpoch;
  meta.cursor = replication::Position{.epoch = kEpoch};
  meta.next_generation = zones_ + 1;
  store::Overlay out(store_, batch_);
  replication::PutIncarnation(out, meta);
  replication::PutDigestKey(out, kDigestKeyId, digest_key_);
  replication::PutEpoch(out, meta);
  replication::PutNextGeneration(out, meta);
  replication::PutCursor(out, meta);
  replication::PutComplete(out);
  out.Put(layout::Meta(kSources), sources.Encode());
  return store_.Write(batch_, store::Store::Sync::kYes);
}

absl::StatusOr<Sources> SourcesOf(const store::Reader& store) {
  const absl::StatusOr<std::optional<std::string>> bytes = store.Get(layout::Meta(kSources));
  if (!bytes.ok()) return bytes.status();
  if (!bytes->has_value()) return absl::NotFoundError("no zones were imported from files");
  return Sources::Decode(**bytes);
}

uint64_t ImportedCount(const store::Reader& store) {
  const absl::StatusOr<std::optional<replication::NodeMeta>> meta = replication::ReadNodeMeta(store);
  // The first zone has generation 1.
  return meta.ok() && meta->has_value() ? (*meta)->next_generation - 1 : 0;
}

}  // namespace quartet::nameserver
