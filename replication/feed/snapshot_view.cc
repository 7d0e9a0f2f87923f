#include "replication/feed/snapshot_view.h"

#include "quartet/replication/v1/feed.pb.h"
#include "replication/feed/stream_rules.h"

namespace quartet::replication {
namespace {

// The fields of a serialised message (protobuf's encoding), one by one.
class FieldReader {
 public:
  explicit FieldReader(absl::string_view bytes) : rest_(bytes) {}

  // Goes to the next one. False: there is none, or the message is broken (ok()).
  bool Next() {
    uint64_t tag = 0;
    if (rest_.empty()) return false;
    ok_ = Varint(tag) && tag <= UINT32_MAX && tag >> 3 != 0 && Value(tag & 7);
    number_ = static_cast<int>(tag >> 3);
    return ok_;
  }
  bool ok() const { return ok_; }

  int number() const { return number_; }
  // Of the field: its value if it is a number, its bytes if it has some.
  uint64_t value() const { return value_; }
  absl::string_view bytes() const { return bytes_; }
  bool has_bytes() const { return has_bytes_; }

 private:
  bool Varint(uint64_t& out) {
    out = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto octet = static_cast<uint8_t>(rest_[0]);
      rest_.remove_prefix(1);
      out |= uint64_t{octet & 0x7fU} << shift;
      if (octet < 0x80) return true;
    }
    return false;
  }

  bool Take(uint64_t size) {
    if (size > rest_.size()) return false;
    bytes_ = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }

  bool Value(uint64_t type) {
    uint64_t size = 0;
    has_bytes_ = type == 2;
    bytes_ = {};
    value_ = 0;
    switch (type) {
      case 0:
        return Varint(value_);
      case 1:
        return Take(8);
      case 2:
        return Varint(size) && Take(size);
      case 5:
        return Take(4);
      default:
        return false;
    }
  }

  absl::string_view rest_;
  int number_ = 0;
  uint64_t value_ = 0;
  absl::string_view bytes_;
  bool has_bytes_ = false;
  bool ok_ = true;
};

absl::Status Broken() { return absl::InvalidArgumentError("a part of a snapshot that can't be read"); }

bool ReadRecord(absl::string_view bytes, ServedRecordView& record) {
  FieldReader field(bytes);
  while (field.Next()) {
    if (!field.has_bytes()) continue;
    if (field.number() == v1::ServedRecord::kKeyFieldNumber) record.key = field.bytes();
    if (field.number() == v1::ServedRecord::kServedFieldNumber) record.served = field.bytes();
  }
  return field.ok();
}

// A field of bytes. False: it is broken.
bool ReadBytes(const FieldReader& field, SnapshotView& view) {
  switch (field.number()) {
    case v1::SnapshotPart::kZoneIdFieldNumber:
      view.zone_id = field.bytes();
      return true;
    case v1::SnapshotPart::kRecordsFieldNumber:
      return ReadRecord(field.bytes(), view.records.emplace_back());
    case v1::SnapshotPart::kRowFieldNumber:
      view.has_row = true;
      view.row = field.bytes();
      return true;
    case v1::SnapshotPart::kQuarantinedFieldNumber:
      view.quarantined = field.bytes();
      return true;
    default:
      return true;
  }
}

absl::StatusOr<Position> ReadAsOf(absl::string_view bytes) {
  v1::Position message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return Broken();
  return ReadPosition(message);
}

}  // namespace

absl::StatusOr<SnapshotView> ViewSnapshot(absl::string_view bytes) {
  SnapshotView view;
  absl::string_view as_of;
  view.records.reserve(32);
  FieldReader field(bytes);
  while (field.Next()) {
    if (field.has_bytes()) {
      if (field.number() == v1::SnapshotPart::kAsOfFieldNumber) as_of = field.bytes();
      if (!ReadBytes(field, view)) return Broken();
      continue;
    }
    if (field.number() == v1::SnapshotPart::kPartFieldNumber)
      view.part = static_cast<uint32_t>(field.value());
    if (field.number() == v1::SnapshotPart::kLastFieldNumber) view.last = field.value() != 0;
  }
  if (!field.ok()) return Broken();
  absl::StatusOr<Position> position = ReadAsOf(as_of);
  if (!position.ok()) return position.status();
  view.as_of = *position;
  return view;
}

}  // namespace quartet::replication
