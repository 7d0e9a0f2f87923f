// The served part.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "dns/base/check.h"
#include "dns/name/canonical_key.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"

namespace quartet::replication {

namespace {

constexpr uint8_t kVersion = 1;
constexpr uint8_t kKindRdata = 1;

absl::string_view Text(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::span<const uint8_t> Bytes(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

void AppendU16(size_t number, std::string& out) {
  out += static_cast<char>(number >> 8 & 0xff);
  out += static_cast<char>(number & 0xff);
}

bool HasUpper(absl::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char octet) { return octet >= 'A' && octet <= 'Z'; });
}

// Whether a wire name's labels hold an upper-case letter. A length octet is 63 at most, which is below 'A'.
static_assert(dns::Name::kMaxLabel < 'A');

// The labels of `owner` that are not the apex', in wire format; empty if they are lower-case.
absl::string_view OwnerCase(const dns::Name& owner, const dns::Name& apex) {
  const absl::string_view wire = Text(owner.wire());
  const absl::string_view labels = wire.substr(0, wire.size() - apex.wire().size());
  return HasUpper(labels) ? labels : absl::string_view();
}

absl::Status Damaged(absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("damaged record set value: ", why));
}

// Takes numbers and bytes from the front; refuses to read beyond the end.
class Cursor {
 public:
  explicit Cursor(absl::string_view bytes) : rest_(bytes) {}

  bool Take(size_t count, absl::string_view& out) {
    if (rest_.size() < count) return false;
    out = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return true;
  }

  // Big-endian, of `size` bytes, four at most.
  bool Number(size_t size, uint32_t& out) {
    absl::string_view bytes;
    if (!Take(size, bytes)) return false;
    out = 0;
    for (char octet : bytes) out = out << 8 | static_cast<uint8_t>(octet);
    return true;
  }

  absl::string_view rest() const { return rest_; }

 private:
  absl::string_view rest_;
};

absl::Status CheckOwnerCase(absl::string_view labels) {
  if (labels.empty()) return absl::OkStatus();
  if (!HasUpper(labels)) return Damaged("an owner's case without upper-case letters");
  Cursor cursor(labels);
  while (!cursor.rest().empty()) {
    uint32_t length = 0;
    absl::string_view label;
    cursor.Number(1, length);
    if (length == 0 || length > dns::Name::kMaxLabel)
      return Damaged("a label of no length or over 63 octets");
    if (!cursor.Take(length, label)) return Damaged("the owner ends within a label");
  }
  return absl::OkStatus();
}

// `rdata`: `count` records and nothing behind, each greater than the one before.
absl::Status CheckRdata(absl::string_view rdata, uint32_t count) {
  if (count == 0) return Damaged("no records");
  Cursor cursor(rdata);
  absl::string_view before;
  for (uint32_t i = 0; i < count; ++i) {
    uint32_t length = 0;
    absl::string_view record;
    if (!cursor.Number(2, length) || !cursor.Take(length, record)) return Damaged("it ends within a record");
    if (i > 0 && record <= before) return Damaged("records out of order");
    before = record;
  }
  if (!cursor.rest().empty()) return Damaged("bytes behind the last record");
  return absl::OkStatus();
}

absl::StatusOr<dns::Name> ReadOwner(absl::string_view owner_key, absl::string_view owner_case,
                                    const dns::Name& apex) {
  auto lower = dns::NameFromCanonicalKey(owner_key, apex);
  if (!lower.ok() || owner_case.empty()) return lower;
  const std::string wire = absl::StrCat(owner_case, Text(apex.wire()));
  auto owner = dns::Name::FromWire(Bytes(wire));
  if (!owner.ok()) return owner.status();
  if (*owner != *lower) return Damaged("the owner in it is not the key's");
  return owner;
}

absl::StatusOr<std::vector<dns::RecordData>> ReadRecords(dns::Type type, const ServedView& view) {
  std::vector<dns::RecordData> records;
  records.reserve(view.count);
  Cursor cursor(view.rdata);
  for (uint32_t i = 0; i < view.count; ++i) {
    uint32_t length = 0;
    absl::string_view wire;
    // ViewServed has seen that they are there.
    QUARTET_CHECK(cursor.Number(2, length) && cursor.Take(length, wire));
    auto record = dns::RecordData::FromWire(type, Bytes(wire));
    if (!record.ok()) return record.status();
    records.push_back(*std::move(record));
  }
  return records;
}

}  // namespace

std::string EncodeServed(const dns::RecordSet& record_set, const dns::Name& apex) {
  std::vector<absl::string_view> records;
  for (const auto& record : record_set.records()) records.push_back(Text(record.wire()));
  std::sort(records.begin(), records.end());

  const absl::string_view owner = OwnerCase(record_set.owner(), apex);
  std::string out = {static_cast<char>(kVersion), static_cast<char>(kKindRdata)};
  AppendU16(record_set.ttl() >> 16, out);
  AppendU16(record_set.ttl(), out);
  out += static_cast<char>(owner.size());
  out.append(owner.data(), owner.size());
  AppendU16(records.size(), out);
  for (absl::string_view record : records) {
    AppendU16(record.size(), out);
    out.append(record.data(), record.size());
  }
  return out;
}

absl::StatusOr<ServedView> ViewServed(absl::string_view served) {
  Cursor cursor(served);
  uint32_t version = 0;
  uint32_t kind = 0;
  if (!cursor.Number(1, version)) return Damaged("it is empty");
  if (version != kVersion) {
    return absl::UnimplementedError(absl::StrCat("record set value of version ", version, "; known is 1"));
  }
  if (!cursor.Number(1, kind)) return Damaged("it ends before its kind");
  if (kind != kKindRdata) {
    return absl::UnimplementedError(absl::StrCat("record set value of kind ", kind, "; known is 1"));
  }
  ServedView view;
  uint32_t owner_bytes = 0;
  uint32_t count = 0;
  if (!cursor.Number(4, view.ttl) || !cursor.Number(1, owner_bytes) ||
      !cursor.Take(owner_bytes, view.owner_case) || !cursor.Number(2, count)) {
    return Damaged("it ends before its records");
  }
  if (view.ttl > dns::RecordSet::kMaxTtl) return Damaged("a TTL over 2^31 - 1");
  view.count = static_cast<uint16_t>(count);
  view.rdata = cursor.rest();
  if (auto status = CheckOwnerCase(view.owner_case); !status.ok()) return status;
  if (auto status = CheckRdata(view.rdata, count); !status.ok()) return status;
  return view;
}

absl::StatusOr<dns::RecordSet> DecodeServed(absl::string_view record_key, absl::string_view served,
                                            const dns::Name& apex) {
  const auto key = SplitRecordKey(record_key);
  if (!key.ok()) return key.status();
  const auto view = ViewServed(served);
  if (!view.ok()) return view.status();
  auto owner = ReadOwner(key->owner_key, view->owner_case, apex);
  if (!owner.ok()) return owner.status();
  auto records = ReadRecords(key->type, *view);
  if (!records.ok()) return records.status();
  return dns::RecordSet::Create(*std::move(owner), view->ttl, *std::move(records));
}

}  // namespace quartet::replication
