#include "nameserver/node/scripted_feed.h"

#include <algorithm>

#include "dns/base/check.h"

namespace quartet::nameserver {
namespace {

namespace v1 = quartet::replication::v1;

void WritePosition(uint64_t index, v1::Position& position) {
  position.set_epoch(kTestEpoch);
  position.set_index(index);
  // Any chain that belongs to the index.
  std::string chain(16, '\0');
  if (index != 0) chain[0] = static_cast<char>(index);
  position.set_chain(chain);
}

std::string WireOf(const dns::Name& name) {
  return {reinterpret_cast<const char*>(name.wire().data()), name.wire().size()};
}

void WriteRow(const ScriptedZone& zone, stored::v1::NodeZoneRow& row) {
  row.set_id(zone.id);
  row.set_name(WireOf(zone.apex));
  row.set_revision(zone.revision);
  row.set_served_digest(DigestOf(zone.records).ToBytes());
  row.set_digest_key_id(kTestKeyId);
  row.set_record_sets(zone.records.size());
  row.set_state(stored::v1::ASSIGNMENT_STATE_SERVING);
}

void WriteRecord(const TestRecord& record, v1::ServedRecord& out) {
  out.set_key(record.key);
  out.set_served(record.served);
}

}  // namespace

uint64_t RecordedStream::Acknowledged() const {
  uint64_t index = 0;
  for (const Replica::Request& request : sent) {
    if (request.has_acknowledgement()) index = std::max(index, request.acknowledgement().index());
  }
  return index;
}

const v1::Acknowledgement& RecordedStream::LastAcknowledgement() const {
  const auto last = std::find_if(sent.rbegin(), sent.rend(),
                                 [](const auto& request) { return request.has_acknowledgement(); });
  QUARTET_CHECK(last != sent.rend());
  return last->acknowledgement();
}

Replica::Response Welcome(bool resumed) {
  Replica::Response message;
  message.mutable_welcome()->set_epoch(kTestEpoch);
  message.mutable_welcome()->set_resumed(resumed);
  v1::DigestKey* key = message.mutable_welcome()->add_digest_keys();
  key->set_id(kTestKeyId);
  key->set_key(kTestKey);
  return message;
}

Replica::Response Inventory(uint64_t as_of, const std::vector<ScriptedZone>& zones) {
  Replica::Response message;
  v1::InventoryPart* part = message.mutable_inventory_part();
  WritePosition(as_of, *part->mutable_as_of());
  for (const ScriptedZone& zone : zones) WriteRow(zone, *part->add_zones());
  part->set_last(true);
  return message;
}

Replica::Response Snapshot(uint64_t as_of, const ScriptedZone& zone) {
  Replica::Response message;
  v1::SnapshotPart* part = message.mutable_snapshot_part();
  part->set_zone_id(zone.id);
  WritePosition(as_of, *part->mutable_as_of());
  std::vector<TestRecord> sorted = zone.records;
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  for (const TestRecord& record : sorted) WriteRecord(record, *part->add_records());
  WriteRow(zone, *part->mutable_row());
  part->set_last(true);
  return message;
}

Replica::Response Heartbeat(uint64_t after, uint64_t upto) {
  Replica::Response message;
  WritePosition(after, *message.mutable_span()->mutable_after());
  WritePosition(upto, *message.mutable_span()->mutable_upto());
  return message;
}

Replica::Response Change(uint64_t index, ScriptedZone& zone, const TestRecord& added) {
  v1::ZoneDelta delta;
  delta.set_prev_revision(zone.revision);
  zone.records.push_back(added);
  delta.set_revision(++zone.revision);
  WriteRow(zone, *delta.mutable_row());
  WriteRecord(added, *delta.add_puts());
  Replica::Response message = Heartbeat(index - 1, index);
  v1::NodeEntry* entry = message.mutable_span()->add_entries();
  entry->set_index(index);
  entry->set_zone_id(zone.id);
  entry->set_min_reader(1);
  entry->set_delta(delta.SerializeAsString());
  return message;
}

Replica::Response DrainOrder() {
  Replica::Response message;
  message.mutable_drain();
  return message;
}

}  // namespace quartet::nameserver
