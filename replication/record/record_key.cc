#include "replication/record/record_key.h"

#include "dns/name/canonical_key.h"

namespace quartet::replication {

namespace {

constexpr char kEnd = 0;
constexpr char kEscape = 1;
constexpr size_t kMaxSetIdentifier = 255;

absl::Status NotAKey(absl::string_view why) {
  return absl::InvalidArgumentError("not a record key: " + std::string(why));
}

bool IsUpper(char octet) { return octet >= 'A' && octet <= 'Z'; }

// Bytes of the label at the front of `key`, its final 0x00 included, and what the label counts in wire
// format.
struct LabelSize {
  size_t key;
  size_t wire;
};

absl::StatusOr<LabelSize> MeasureLabel(absl::string_view key) {
  size_t octets = 0;
  for (size_t i = 0; i < key.size(); ++i) {
    if (key[i] == kEnd) return LabelSize{i + 1, octets + 1};
    if (++octets > dns::Name::kMaxLabel) return NotAKey("a label of over 63 octets");
    if (IsUpper(key[i])) return NotAKey("an upper-case letter");
    if (key[i] != kEscape) continue;
    ++i;
    if (i == key.size() || (key[i] != 1 && key[i] != 2)) return NotAKey("an unknown escape");
  }
  return NotAKey("it ends within a label");
}

}  // namespace

std::string RecordKey(const dns::Name& owner, const dns::Name& apex, dns::Type type) {
  std::string key = dns::CanonicalKey(owner, apex);
  const auto number = static_cast<uint16_t>(type);
  key += kEnd;
  key += static_cast<char>(number >> 8);
  key += static_cast<char>(number & 0xff);
  return key;
}

absl::StatusOr<RecordKeyParts> SplitRecordKey(absl::string_view record_key) {
  size_t owner = 0;
  size_t wire = 1;
  while (owner < record_key.size() && record_key[owner] != kEnd) {
    const auto label = MeasureLabel(record_key.substr(owner));
    if (!label.ok()) return label.status();
    owner += label->key;
    wire += label->wire;
    if (wire > dns::Name::kMaxWire) return NotAKey("an owner of over 255 octets");
  }
  const absl::string_view rest = record_key.substr(owner);
  if (rest.size() < 3) return NotAKey("it ends before its type");
  if (rest.size() - 3 > kMaxSetIdentifier) return NotAKey("a set identifier of over 255 bytes");
  const auto number =
      static_cast<uint16_t>(static_cast<uint8_t>(rest[1]) << 8 | static_cast<uint8_t>(rest[2]));
  return RecordKeyParts{record_key.substr(0, owner), static_cast<dns::Type>(number), rest.substr(3)};
}

bool IsSoaKey(absl::string_view record_key) {
  static const std::string soa = RecordKey(dns::Name(), dns::Name(), dns::Type::kSoa);
  return record_key == soa;
}

bool IsOwnKey(absl::string_view record_key) {
  static const std::string ns = RecordKey(dns::Name(), dns::Name(), dns::Type::kNs);
  return record_key == ns || IsSoaKey(record_key);
}

}  // namespace quartet::replication
