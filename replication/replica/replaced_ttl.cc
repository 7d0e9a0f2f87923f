#include "replication/replica/replaced_ttl.h"

#include <algorithm>
#include <optional>
#include <string>

#include "dns/rdata/type.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"
#include "replication/replica/full_view.h"

namespace quartet::replication {
namespace {

// serial, refresh, retry, expire, minimum (RFC 1035 §3.3.13).
constexpr size_t kSoaNumbers = 20;

std::string ApexKey(dns::Type type) { return RecordKey(dns::Name(), dns::Name(), type); }

uint32_t TtlOf(absl::string_view served) {
  const absl::StatusOr<ServedView> view = ViewServed(served);
  return view.ok() ? view->ttl : 0;
}

bool IsWildcard(absl::string_view owner_key) {
  constexpr absl::string_view kLabel("*\0", 2);
  if (owner_key.size() < 2 || owner_key.substr(owner_key.size() - 2) != kLabel) return false;
  return owner_key.size() == 2 || owner_key[owner_key.size() - 3] == '\0';
}

template <typename Row>
void Note(const RecordPuts& puts, Row& row) {
  for (const stored::v1::RecordPut& put : puts) {
    const absl::StatusOr<RecordKeyParts> key = SplitRecordKey(put.key());
    if (!key.ok()) continue;
    const bool kept = key->type == dns::Type::kSoa || key->type == dns::Type::kNs;
    if (key->owner_key.empty() && kept) continue;
    const uint32_t ttl = TtlOf(put.served());
    row.set_longest_ttl(std::max(row.longest_ttl(), ttl));
    if (IsWildcard(key->owner_key)) row.set_longest_wildcard_ttl(std::max(row.longest_wildcard_ttl(), ttl));
  }
}

// The SOA's only record; empty if `served` is damaged.
absl::string_view SoaData(const ServedView& view) {
  if (view.rdata.size() < 2 + kSoaNumbers) return {};
  return view.rdata.substr(2);
}

// min(TTL of the SOA, its minimum): RFC 2308 §5.
uint32_t NegativeTtlOf(absl::string_view soa) {
  const absl::StatusOr<ServedView> view = ViewServed(soa);
  if (!view.ok()) return 0;
  const absl::string_view data = SoaData(*view);
  if (data.empty()) return 0;
  uint32_t minimum = 0;
  for (const char octet : data.substr(data.size() - 4)) minimum = minimum << 8 | static_cast<uint8_t>(octet);
  return std::min(view->ttl, minimum);
}

bool OnlySerialDiffers(absl::string_view before, absl::string_view after) {
  const absl::StatusOr<ServedView> one = ViewServed(before);
  const absl::StatusOr<ServedView> other = ViewServed(after);
  if (!one.ok() || !other.ok() || one->ttl != other->ttl) return false;
  const absl::string_view a = SoaData(*one);
  const absl::string_view b = SoaData(*other);
  if (a.empty() || a.size() != b.size()) return false;
  const size_t serial = a.size() - kSoaNumbers;
  return a.substr(0, serial) == b.substr(0, serial) && a.substr(serial + 4) == b.substr(serial + 4);
}

// The served part of one of the apex' record sets; empty if it is not there.
absl::StatusOr<std::string> ReadApex(const store::Reader& reader, const RecordsPlace& place, dns::Type type) {
  absl::StatusOr<std::optional<FullView::Record>> record =
      FullView(reader).GetRecord(place.zone_id, place.generation, ApexKey(type));
  if (!record.ok()) return record.status();
  return record->has_value() ? (*record)->served : std::string();
}

}  // namespace

void NoteTtls(const RecordPuts& puts, stored::v1::ZoneLocalRow& row) { Note(puts, row); }
void NoteTtls(const RecordPuts& puts, stored::v1::StageRow& row) { Note(puts, row); }

absl::StatusOr<uint32_t> ReplacedTtl(const store::Reader& reader, const RecordsPlace& place,
                                     const stored::v1::ZoneLocalRow& local, const RecordPuts& puts,
                                     const RecordImages& images) {
  const std::string soa_key = ApexKey(dns::Type::kSoa);
  const int removed = images.size() - puts.size();
  std::optional<std::string> soa;
  bool made = false;
  uint32_t ttl = 0;
  for (int i = 0; i < images.size(); ++i) {
    const stored::v1::HistoryRecord& image = images[i];
    if (image.served().empty()) {
      made = made || i >= removed;
      continue;
    }
    if (image.key() == soa_key) {
      soa = image.served();
      if (i >= removed && OnlySerialDiffers(*soa, puts[i - removed].served())) continue;
    }
    ttl = std::max(ttl, TtlOf(image.served()));
  }
  if (!made) return ttl;
  if (!soa.has_value()) {
    absl::StatusOr<std::string> read = ReadApex(reader, place, dns::Type::kSoa);
    if (!read.ok()) return read.status();
    soa = *std::move(read);
  }
  return std::max({ttl, NegativeTtlOf(*soa), local.longest_wildcard_ttl()});
}

absl::StatusOr<uint32_t> ReplacedTtlOfFlip(const store::Reader& reader, const RecordsPlace& place,
                                           const stored::v1::ZoneLocalRow& local) {
  const absl::StatusOr<std::string> soa = ReadApex(reader, place, dns::Type::kSoa);
  if (!soa.ok()) return soa.status();
  return std::max(local.longest_ttl(), NegativeTtlOf(*soa));
}

absl::StatusOr<uint32_t> ReplacedTtlOfDeletion(const store::Reader& reader, const RecordsPlace& place,
                                               const stored::v1::ZoneLocalRow& local) {
  const absl::StatusOr<std::string> soa = ReadApex(reader, place, dns::Type::kSoa);
  if (!soa.ok()) return soa.status();
  const absl::StatusOr<std::string> ns = ReadApex(reader, place, dns::Type::kNs);
  if (!ns.ok()) return ns.status();
  return std::max({local.longest_ttl(), TtlOf(*soa), TtlOf(*ns)});
}

}  // namespace quartet::replication
