#include "tests/bench/feed_script.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dns/base/check.h"
#include "dns/record_set/record_set.h"
#include "replication/feed/outgoing.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"

namespace quartet::tests {
namespace {

namespace v1 = replication::v1;

constexpr uint64_t kEpoch = 7;
constexpr uint64_t kAsOf = 1;
constexpr uint32_t kKeyId = 1;
constexpr char kKey[] = "0123456789abcdef";
constexpr size_t kMessageBytes = 64 << 10;
constexpr size_t kPartBytes = 48 << 10;

void WritePosition(uint64_t index, v1::Position& position) {
  position.set_epoch(kEpoch);
  position.set_index(index);
  std::string chain(16, '\0');
  for (int i = 0; i < 8; ++i) chain[i] = static_cast<char>(index >> (8 * i));
  position.set_chain(chain);
}

std::string ZoneId(int number) { return absl::StrFormat("Z%013d", number); }

dns::RecordSet Parse(const dns::Name& apex, const std::string& owner, dns::Type type,
                     const std::vector<std::string>& values) {
  absl::StatusOr<dns::Name> name = dns::Name::Parse(owner, apex);
  std::vector<dns::RecordData> records;
  for (const std::string& value : values) {
    absl::StatusOr<dns::RecordData> data = dns::RecordData::Parse(type, value, apex);
    QUARTET_CHECK(data.ok());
    records.push_back(*std::move(data));
  }
  absl::StatusOr<dns::RecordSet> set = dns::RecordSet::Create(*name, 300, std::move(records));
  QUARTET_CHECK(set.ok());
  return *std::move(set);
}

dns::RecordSet Soa(const dns::Name& apex, uint64_t serial) {
  return Parse(apex, "@", dns::Type::kSoa,
               {absl::StrCat("ns-1.quartet.sandbox-a. hostmaster ", serial, " 7200 900 1209600 300")});
}

dns::RecordSet Host(const dns::Name& apex, int host, uint32_t value) {
  return Parse(apex, absl::StrCat("host-", host), dns::Type::kA,
               {absl::StrCat("10.", value >> 16 & 255, ".", value >> 8 & 255, ".", value & 255)});
}

// Four name servers, mail, text, and hosts.
std::vector<dns::RecordSet> Records(const dns::Name& apex, int count) {
  std::vector<dns::RecordSet> sets = {
      Soa(apex, 1), Parse(apex, "@", dns::Type::kNs,
                          {"ns-1.quartet.sandbox-a.", "ns-2.quartet.sandbox-b.", "ns-3.quartet.sandbox-c.",
                           "ns-4.quartet.sandbox-d."})};
  if (count > 5) sets.push_back(Parse(apex, "@", dns::Type::kMx, {"10 host-0", "20 host-1"}));
  if (count > 5) sets.push_back(Parse(apex, "@", dns::Type::kTxt, {"\"v=spf1 mx -all\""}));
  if (count > 5) sets.push_back(Parse(apex, "www", dns::Type::kCname, {"host-0"}));
  for (int host = 0; static_cast<int>(sets.size()) < count; ++host) sets.push_back(Host(apex, host, host));
  return sets;
}

std::string Serialised(const v1::SubscribeResponse& message) { return message.SerializeAsString(); }

}  // namespace

FeedScript::FeedScript(int zones, int record_sets)
    : hasher_(absl::string_view(kKey, replication::Hasher::kKeyBytes)) {
  for (int i = 0; i < zones; ++i) {
    zones_.push_back(MakeZone(i, record_sets));
    for (const std::string& part : zones_.back().parts) snapshot_bytes_ += part.size();
  }
}

FeedScript::Zone FeedScript::MakeZone(int number, int record_sets) {
  Zone zone;
  zone.id = ZoneId(number);
  absl::StatusOr<dns::Name> apex = dns::Name::Parse(absl::StrCat("zone-", number, ".test."));
  QUARTET_CHECK(apex.ok());
  zone.apex = *std::move(apex);
  std::vector<Record> records;
  for (const dns::RecordSet& set : Records(zone.apex, record_sets)) {
    records.push_back({replication::RecordKey(set.owner(), zone.apex, set.type()),
                       replication::EncodeServed(set, zone.apex)});
    zone.digest += hasher_.Hash(records.back().key, records.back().served);
  }
  zone.record_sets = records.size();
  zone.soa = records.front();
  zone.host = records.back();
  std::sort(records.begin(), records.end(), [](const Record& a, const Record& b) { return a.key < b.key; });
  MakeParts(records, zone);
  return zone;
}

void FeedScript::MakeParts(const std::vector<Record>& records, Zone& zone) {
  for (size_t next = 0; next < records.size();) {
    v1::SnapshotPart part;
    part.set_zone_id(zone.id);
    part.set_part(static_cast<uint32_t>(zone.parts.size()));
    WritePosition(kAsOf, *part.mutable_as_of());
    for (size_t bytes = 0; next < records.size() && bytes < kPartBytes; ++next) {
      v1::ServedRecord& served = *part.add_records();
      served.set_key(records[next].key);
      served.set_served(records[next].served);
      bytes += records[next].key.size() + records[next].served.size();
    }
    part.set_last(next == records.size());
    if (part.last()) WriteRow(zone, *part.mutable_row());
    zone.parts.push_back(part.SerializeAsString());
  }
}

void FeedScript::WriteRow(const Zone& zone, stored::v1::NodeZoneRow& row) const {
  row.set_id(zone.id);
  row.set_name(std::string(zone.apex.wire().begin(), zone.apex.wire().end()));
  row.set_revision(zone.revision);
  row.set_served_digest(zone.digest.ToBytes());
  row.set_digest_key_id(kKeyId);
  row.set_record_sets(zone.record_sets);
  row.set_state(stored::v1::ASSIGNMENT_STATE_SERVING);
}

std::string FeedScript::Welcome(bool resumed) const {
  v1::SubscribeResponse message;
  message.mutable_welcome()->set_epoch(kEpoch);
  message.mutable_welcome()->set_resumed(resumed);
  v1::DigestKey& key = *message.mutable_welcome()->add_digest_keys();
  key.set_id(kKeyId);
  key.set_key(std::string(kKey, replication::Hasher::kKeyBytes));
  return Serialised(message);
}

std::vector<std::string> FeedScript::Inventory() const {
  std::vector<std::string> messages;
  size_t next = 0;
  do {
    v1::SubscribeResponse message;
    v1::InventoryPart& part = *message.mutable_inventory_part();
    WritePosition(kAsOf, *part.mutable_as_of());
    for (size_t end = next + 500; next < zones_.size() && next < end; ++next)
      WriteRow(zones_[next], *part.add_zones());
    part.set_last(next == zones_.size());
    messages.push_back(Serialised(message));
  } while (next < zones_.size());
  return messages;
}

std::vector<std::string> FeedScript::Snapshots(const v1::FetchZones& fetch) {
  std::vector<std::string> messages;
  std::string parts;
  const auto send = [&] {
    if (parts.empty()) return;
    std::string message;
    replication::AppendField(v1::SubscribeResponse::kSnapshotPartsFieldNumber, parts, message);
    messages.push_back(std::move(message));
    parts.clear();
  };
  for (const std::string& id : fetch.zone_ids()) {
    const auto zone = std::lower_bound(zones_.begin(), zones_.end(), id,
                                       [](const Zone& a, const std::string& b) { return a.id < b; });
    QUARTET_CHECK(zone != zones_.end() && zone->id == id);
    for (const std::string& part : zone->parts) {
      if (parts.size() + part.size() > kMessageBytes) send();
      replication::AppendField(v1::SnapshotParts::kPartsFieldNumber, part, parts);
    }
  }
  send();
  return messages;
}

void FeedScript::WriteChange(Zone& zone, uint32_t value, v1::NodeEntry& entry) {
  v1::ZoneDelta delta;
  delta.set_prev_revision(zone.revision);
  delta.set_revision(++zone.revision);
  for (Record* record : {&zone.soa, &zone.host}) {
    zone.digest -= hasher_.Hash(record->key, record->served);
    // The same size in the same place: a serial, an address.
    if (record == &zone.soa) {
      record->served = replication::EncodeServed(Soa(zone.apex, zone.revision), zone.apex);
    } else {
      for (int i = 0; i < 3; ++i)
        record->served[record->served.size() - 1 - i] = static_cast<char>(value >> (8 * i));
    }
    zone.digest += hasher_.Hash(record->key, record->served);
    v1::ServedRecord& put = *delta.add_puts();
    put.set_key(record->key);
    put.set_served(record->served);
  }
  WriteRow(zone, *delta.mutable_row());
  entry.set_zone_id(zone.id);
  entry.set_min_reader(1);
  entry.set_delta(delta.SerializeAsString());
}

std::vector<std::string> FeedScript::Spans(int changes, int zones, int per_span) {
  std::vector<std::string> messages;
  for (int made = 0; made < changes;) {
    v1::SubscribeResponse message;
    v1::Span& span = *message.mutable_span();
    WritePosition(index_, *span.mutable_after());
    for (int i = 0; i < per_span && made < changes; ++i, ++made) {
      v1::NodeEntry& entry = *span.add_entries();
      entry.set_index(++index_);
      WriteChange(zones_[made % zones], static_cast<uint32_t>(made) + 1, entry);
    }
    WritePosition(index_, *span.mutable_upto());
    messages.push_back(Serialised(message));
  }
  return messages;
}

}  // namespace quartet::tests
