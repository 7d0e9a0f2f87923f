#include "replication/replica/node_meta.h"

#include <algorithm>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "replication/digest/digest.h"
#include "replication/replica/layout.h"

namespace quartet::replication {
namespace {

constexpr char kFormat[] = "node/format";
constexpr char kIncarnation[] = "node/incarnation";
constexpr char kCursor[] = "node/cursor";
constexpr char kComplete[] = "node/complete";
constexpr char kDrained[] = "node/drained";
constexpr char kEpoch[] = "node/epoch";
constexpr char kNextGeneration[] = "node/generation";
constexpr char kDigestKey[] = "node/digest/";
constexpr char kStage[] = "node/stage/";
// The scrubber's own (replication/replica/scrubber.h).
constexpr char kScrub[] = "node/scrub";

constexpr uint64_t kReplicaFormat = 1;
constexpr size_t kCursorBytes = 8 + 8 + std::tuple_size<Chain>::value;

absl::Status Damaged(absl::string_view name) {
  return absl::DataLossError(
      absl::StrCat("this node's replica is damaged (", name,
                   "); empty its directory and start the node again: it fetches all its zones"));
}

absl::StatusOr<uint64_t> Number(absl::string_view name, absl::string_view value) {
  if (value.size() != 8) return Damaged(name);
  return layout::ReadBigEndian64(value);
}

absl::StatusOr<Position> DecodeCursor(absl::string_view value) {
  if (value.size() != kCursorBytes) return Damaged(kCursor);
  Position position;
  position.epoch = layout::ReadBigEndian64(value.substr(0, 8));
  position.index = layout::ReadBigEndian64(value.substr(8, 8));
  std::copy_n(value.data() + 16, position.chain.size(), position.chain.begin());
  return position;
}

absl::Status ReadDigestKey(absl::string_view id, absl::string_view key, NodeMeta& meta) {
  uint32_t number = 0;
  if (!absl::SimpleAtoi(id, &number) || key.size() != Hasher::kKeyBytes) return Damaged(kDigestKey);
  meta.digest_keys[number] = std::string(key);
  return absl::OkStatus();
}

absl::Status ReadNumber(absl::string_view name, absl::string_view value, uint64_t& into) {
  absl::StatusOr<uint64_t> number = Number(name, value);
  if (number.ok()) into = *number;
  return number.status();
}

absl::Status ReadStage(absl::string_view zone_id, absl::string_view value, NodeMeta& meta) {
  if (zone_id.size() != layout::kZoneIdBytes) return Damaged(kStage);
  return ReadNumber(kStage, value, meta.stages[std::string(zone_id)]);
}

absl::Status ReadOne(absl::string_view name, absl::string_view value, NodeMeta& meta) {
  if (name == kEpoch) return ReadNumber(name, value, meta.epoch);
  if (name == kNextGeneration) return ReadNumber(name, value, meta.next_generation);
  if (absl::ConsumePrefix(&name, kDigestKey)) return ReadDigestKey(name, value, meta);
  if (absl::ConsumePrefix(&name, kStage)) return ReadStage(name, value, meta);
  if (name == kIncarnation) {
    if (value.size() != NodeMeta::kIncarnationBytes) return Damaged(name);
    meta.incarnation = std::string(value);
  } else if (name == kComplete) {
    meta.complete = true;
  } else if (name == kDrained) {
    meta.drained = true;
  } else if (name == kCursor) {
    absl::StatusOr<Position> cursor = DecodeCursor(value);
    if (!cursor.ok()) return cursor.status();
    meta.cursor = *cursor;
  } else if (name == kFormat) {
    absl::StatusOr<uint64_t> format = Number(name, value);
    if (!format.ok()) return format.status();
    if (*format > kReplicaFormat) {
      return absl::FailedPreconditionError(absl::StrCat("this node's replica has format ", *format,
                                                        ", this program reads ", kReplicaFormat,
                                                        ": run a newer program, or empty its directory"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<NodeMeta>> ReadNodeMeta(const store::Reader& reader) {
  const std::string prefix = layout::Meta("");
  NodeMeta meta;
  std::unique_ptr<store::Iterator> it = reader.Scan(prefix, store::PrefixEnd(prefix));
  bool found = false;
  for (; it->Valid(); it->Next()) {
    const absl::string_view name = it->key().substr(prefix.size());
    // The scrubber may have been through an empty store before a controller was reached, and anything else written.
    if (name == kScrub) continue;
    found = true;
    absl::Status read = ReadOne(name, it->value(), meta);
    if (!read.ok()) return read;
  }
  if (!it->status().ok()) return it->status();
  if (!found) return std::optional<NodeMeta>();
  if (meta.incarnation.empty())
    return absl::FailedPreconditionError(
        "this directory holds something else than a node's replica: name another one");
  if (meta.complete && !meta.cursor.has_value()) return Damaged(kCursor);
  return std::optional<NodeMeta>(std::move(meta));
}

void PutIncarnation(store::Overlay& out, const NodeMeta& meta) {
  out.Put(layout::Meta(kFormat), layout::BigEndian64(kReplicaFormat));
  out.Put(layout::Meta(kIncarnation), meta.incarnation);
}

void PutCursor(store::Overlay& out, const NodeMeta& meta) {
  std::string value = layout::BigEndian64(meta.cursor->epoch) + layout::BigEndian64(meta.cursor->index);
  value.append(meta.cursor->chain.begin(), meta.cursor->chain.end());
  out.Put(layout::Meta(kCursor), value);
}

void PutComplete(store::Overlay& out) { out.Put(layout::Meta(kComplete), ""); }

void PutDrained(store::Overlay& out) { out.Put(layout::Meta(kDrained), ""); }

void PutEpoch(store::Overlay& out, const NodeMeta& meta) {
  out.Put(layout::Meta(kEpoch), layout::BigEndian64(meta.epoch));
}

void PutNextGeneration(store::Overlay& out, const NodeMeta& meta) {
  out.Put(layout::Meta(kNextGeneration), layout::BigEndian64(meta.next_generation));
}

void PutDigestKey(store::Overlay& out, uint32_t id, absl::string_view key) {
  out.Put(layout::Meta(absl::StrCat(kDigestKey, id)), key);
}

void PutStage(store::Overlay& out, absl::string_view zone_id, uint64_t generation) {
  out.Put(layout::Meta(absl::StrCat(kStage, zone_id)), layout::BigEndian64(generation));
}

void EraseStage(store::Overlay& out, absl::string_view zone_id) {
  out.Delete(layout::Meta(absl::StrCat(kStage, zone_id)));
}

}  // namespace quartet::replication
