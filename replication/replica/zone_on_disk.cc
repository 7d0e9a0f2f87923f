#include "replication/replica/zone_on_disk.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "quartet/stored/v1/entry.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"

namespace quartet::replication {
namespace {

// As reader.Get, but without the filters of tables, which help where a key is not there: with a million zones they are larger
// than the cache of blocks, and each Get would read one as a whole (some milliseconds).
absl::StatusOr<std::optional<std::string>> GetPresent(const store::Reader& reader, const std::string& key) {
  const std::unique_ptr<store::Iterator> at = reader.Scan(key, key + '\0');
  if (at->Valid()) return std::string(at->value());
  if (!at->status().ok()) return at->status();
  return std::nullopt;
}

template <typename Row>
absl::Status ReadRow(const store::Reader& reader, const std::string& key, Row& row) {
  absl::StatusOr<std::optional<std::string>> value = GetPresent(reader, key);
  if (!value.ok()) return value.status();
  if (!value->has_value() || !row.ParseFromString(**value)) return absl::DataLossError("its row is damaged");
  return absl::OkStatus();
}

// What both kinds of row have.
template <typename Row>
absl::Status ReadRows(const store::Reader& reader, ZoneOnDisk& zone, Row& row) {
  stored::v1::ZoneLocalRow local;
  if (absl::Status read = ReadRow(reader, layout::ZoneLocal(zone.zone_id), local); !read.ok()) return read;
  zone.generation = local.generation();
  if (absl::Status read = ReadRow(reader, layout::Zone(zone.zone_id), row); !read.ok()) return read;
  zone.revision = row.revision();
  zone.record_sets = row.record_sets();
  zone.digest_key_id = row.digest_key_id();
  zone.parts.push_back({"record sets", layout::Generation(zone.zone_id, zone.generation),
                        Digest::FromBytes(row.served_digest())});
  return absl::OkStatus();
}

absl::Status NoKey(uint32_t id) {
  return absl::DataLossError(absl::StrCat("digest key ", id, " is not here"));
}

}  // namespace

absl::Status ReadNodeZoneOnDisk(const store::Reader& reader, ZoneOnDisk& zone) {
  stored::v1::NodeZoneRow row;
  if (absl::Status read = ReadRows(reader, zone, row); !read.ok()) return read;
  zone.joining = row.state() == stored::v1::ASSIGNMENT_STATE_JOINING;
  if (zone.generation == 0) return absl::OkStatus();
  absl::StatusOr<std::optional<std::string>> key =
      GetPresent(reader, layout::Meta(absl::StrCat("node/digest/", row.digest_key_id())));
  if (!key.ok()) return key.status();
  if (!key->has_value() || (*key)->size() != Hasher::kKeyBytes) return NoKey(row.digest_key_id());
  zone.digest_key = **std::move(key);
  return absl::OkStatus();
}

absl::Status ReadControllerZoneOnDisk(const store::Reader& reader, ZoneOnDisk& zone) {
  stored::v1::ZoneRow row;
  if (absl::Status read = ReadRows(reader, zone, row); !read.ok()) return read;
  if (zone.generation == 0) return absl::OkStatus();
  zone.parts.push_back({"control parts", layout::ControlGeneration(zone.zone_id, zone.generation),
                        Digest::FromBytes(row.control_digest())});
  absl::StatusOr<std::optional<FullView::ObjectRow>> object = FullView(reader).GetObject(
      stored::v1::OBJECT_KIND_SECRET, absl::StrCat("digest/", row.digest_key_id()));
  if (!object.ok()) return object.status();
  stored::v1::SecretRow secret;
  if (!object->has_value() || !secret.ParseFromString((*object)->row) ||
      secret.secret().size() != Hasher::kKeyBytes) {
    return NoKey(row.digest_key_id());
  }
  zone.digest_key = secret.secret();
  return absl::OkStatus();
}

ZoneCheck::ZoneCheck(const store::Reader& reader, ZoneOnDisk zone)
    : reader_(reader), zone_(std::move(zone)), hasher_(zone_.digest_key) {
  Begin();
}

void ZoneCheck::Begin() {
  digester_ = std::make_unique<ZoneDigester>(reader_, zone_.parts[part_].prefix, hasher_);
}

bool ZoneCheck::Step(size_t bytes) {
  const uint64_t before = digester_->bytes_read();
  const bool whole = digester_->Step(bytes);
  bytes_read_ += digester_->bytes_read() - before;
  if (!whole) return false;
  Compare();
  if (part_ == 0) served_ = digester_->digest();
  if (!fault_.empty() || ++part_ == zone_.parts.size()) return true;
  Begin();
  return false;
}

void ZoneCheck::Compare() {
  const ZoneOnDisk::Part& part = zone_.parts[part_];
  if (!digester_->status().ok()) {
    fault_ = std::string(digester_->status().message());
    return;
  }
  const uint64_t count = digester_->record_sets();
  if (count == zone_.record_sets && digester_->digest() == part.digest) return;
  fault_ = absl::StrCat("its ", count, " ", part.name, " add up to digest ", digester_->digest().ToHex(),
                        ", its row says ", zone_.record_sets, " with ", part.digest.ToHex());
}

}  // namespace quartet::replication
