#include "nameserver/replica/zone_fixture.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "dns/base/check.h"
#include "dns/record_set/record_set.h"
#include "nameserver/zone/lookup_name.h"
#include "nameserver/zone/rcu.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"
#include "replication/replica/layout.h"
#include "replication/replica/node_meta.h"
#include "replication/replica/node_zone.h"

namespace quartet::nameserver {

dns::Name TestName(absl::string_view text) {
  absl::StatusOr<dns::Name> name = dns::Name::Parse(text);
  QUARTET_CHECK(name.ok());
  return *std::move(name);
}

TestRecord MakeTestRecord(const dns::Name& apex, absl::string_view text) {
  const std::vector<std::string> fields = absl::StrSplit(text, absl::MaxSplits(' ', 3));
  QUARTET_CHECK(fields.size() == 4);
  const absl::StatusOr<dns::Name> owner = dns::Name::Parse(fields[0], apex);
  const absl::StatusOr<dns::Type> type = dns::ParseType(fields[2]);
  QUARTET_CHECK(owner.ok() && type.ok());
  absl::StatusOr<dns::RecordData> data = dns::RecordData::Parse(*type, fields[3], apex);
  QUARTET_CHECK(data.ok());
  const absl::StatusOr<dns::RecordSet> set =
      dns::RecordSet::Create(*owner, static_cast<uint32_t>(std::stoul(fields[1])), {*std::move(data)});
  QUARTET_CHECK(set.ok());
  return {replication::RecordKey(*owner, apex, *type), replication::EncodeServed(*set, apex)};
}

std::vector<TestRecord> MakeTestZone(const dns::Name& apex, const std::vector<std::string>& records) {
  std::vector<TestRecord> zone = {
      MakeTestRecord(apex, "@ 900 SOA ns1.test. hostmaster.test. 1 7200 900 1209600 300"),
      MakeTestRecord(apex, "@ 172800 NS ns1.test.")};
  for (const std::string& record : records) zone.push_back(MakeTestRecord(apex, record));
  return zone;
}

replication::Digest DigestOf(const std::vector<TestRecord>& records) {
  replication::Hasher hasher(kTestKey);
  replication::Digest digest;
  for (const TestRecord& record : records) digest += hasher.Hash(record.key, record.served);
  return digest;
}

replication::ZoneUpdate StoreTestZone(store::Store& store, const std::string& zone_id, const dns::Name& apex,
                                      uint64_t generation, const std::vector<TestRecord>& records) {
  store::Batch batch;
  for (const TestRecord& record : records) {
    batch.Put(replication::layout::Record(zone_id, generation, record.key), record.served);
  }
  QUARTET_CHECK(store.Write(batch, store::Store::Sync::kYes).ok());
  replication::ZoneUpdate update;
  update.kind = replication::ZoneUpdate::Kind::kLoad;
  update.zone_id = zone_id;
  update.apex = apex;
  update.revision = 1;
  update.generation = generation;
  update.digest = DigestOf(records).ToBytes();
  update.digest_key_id = kTestKeyId;
  update.record_sets = records.size();
  return update;
}

void StoreTestRows(store::Store& store, const replication::ZoneUpdate& zone,
                   stored::v1::AssignmentState state) {
  replication::NodeZone stored;
  stored.row.set_state(state);
  stored.row.set_id(zone.zone_id);
  stored.row.set_name(
      std::string(reinterpret_cast<const char*>(zone.apex.wire().data()), zone.apex.wire().size()));
  stored.row.set_revision(zone.revision);
  stored.row.set_served_digest(zone.digest);
  stored.row.set_digest_key_id(zone.digest_key_id);
  stored.row.set_record_sets(zone.record_sets);
  stored.apex = zone.apex;
  stored.named = true;
  stored.generation = zone.generation;
  store::Batch batch;
  store::Overlay out(store, batch);
  replication::PutNodeZone(out, stored, nullptr);
  replication::PutDigestKey(out, kTestKeyId, kTestKey);
  QUARTET_CHECK(store.Write(batch, store::Store::Sync::kYes).ok());
}

replication::ZoneUpdate StoreTestChange(store::Store& store, replication::ZoneUpdate& zone,
                                        absl::string_view record) {
  const TestRecord added = MakeTestRecord(zone.apex, record);
  store::Batch batch;
  batch.Put(replication::layout::Record(zone.zone_id, zone.generation, added.key), added.served);
  QUARTET_CHECK(store.Write(batch, store::Store::Sync::kYes).ok());
  const std::string prefix = replication::layout::Generation(zone.zone_id, zone.generation);
  replication::Digest digest;
  replication::Hasher hasher(kTestKey);
  zone.record_sets = 0;
  for (auto it = store.Scan(prefix, store::PrefixEnd(prefix)); it->Valid(); it->Next(), ++zone.record_sets)
    digest += hasher.Hash(it->key().substr(prefix.size()), it->value());
  zone.digest = digest.ToBytes();
  ++zone.revision;
  StoreTestRows(store, zone);
  replication::ZoneUpdate change = zone;
  change.kind = replication::ZoneUpdate::Kind::kRecords;
  change.records = {{added.key, added.served}};
  return change;
}

std::string Look(const Directory& directory, absl::string_view name, dns::Type type) {
  const RcuThread reader;
  const dns::Name parsed = TestName(name);
  LookupName lookup;
  QUARTET_CHECK(lookup.Read(parsed.wire()) != 0);
  const ZoneMatch match = directory.Find(lookup, lookup.labels);
  if (match.entry == nullptr) return "no zone";
  if (match.cold) return "cold";
  if (match.tree == nullptr) return "SERVFAIL";
  LookupKey key;
  key.Assign(lookup, match.entry->apex_labels);
  const ZoneTree::Search search = match.tree->Find(key);
  if (!search.name.valid()) return "no name";
  const uint8_t* set = search.name.FindSet(static_cast<uint16_t>(type));
  return set == nullptr ? "no data" : absl::StrCat(RecordSetView(set).records());
}

}  // namespace quartet::nameserver
