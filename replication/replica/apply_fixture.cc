#include "replication/replica/apply_fixture.h"

#include "dns/name/name.h"

namespace quartet::replication {

ZoneTotals ApplyFixture::TotalsOfSets(const std::vector<Set>& sets) {
  Hasher hasher(kKey);
  ZoneTotals totals;
  for (const Set& set : sets) {
    totals.served += hasher.Hash(set.key, set.served);
    totals.control += hasher.Hash(set.key, set.control);
  }
  totals.record_sets = sets.size();
  return totals;
}

stored::v1::ZoneRow ApplyFixture::Row(uint64_t revision, const std::vector<Set>& sets) {
  const dns::Name apex = *dns::Name::Parse("Example.");
  stored::v1::ZoneRow row;
  row.set_id(kZone);
  row.set_name(reinterpret_cast<const char*>(apex.wire().data()), apex.wire().size());
  row.set_revision(revision);
  row.set_state(stored::v1::ZONE_STATE_ACTIVE);
  const ZoneTotals totals = TotalsOfSets(sets);
  row.set_served_digest(totals.served.ToBytes());
  row.set_control_digest(totals.control.ToBytes());
  row.set_record_sets(totals.record_sets);
  for (const char* target : {"ns-1", "ns-2"}) {
    stored::v1::Assignment& assignment = *row.add_assignments();
    assignment.set_target(target);
    assignment.set_state(stored::v1::ASSIGNMENT_STATE_SERVING);
  }
  return row;
}

void ApplyFixture::AddPuts(const std::vector<Set>& sets, RecordPuts& puts) {
  for (const Set& set : sets) {
    stored::v1::RecordPut& put = *puts.Add();
    put.set_key(set.key);
    put.set_served(set.served);
    put.set_control(set.control);
  }
}

stored::v1::Entry ApplyFixture::ZoneEntry(uint64_t prev, const stored::v1::ZoneRow& row,
                                          const std::vector<std::string>& removed,
                                          const std::vector<Set>& puts) {
  stored::v1::Entry entry;
  entry.mutable_header()->set_time_us(1000 + static_cast<int64_t>(row.revision()));
  entry.mutable_header()->set_change_id("C000000000000" + std::to_string(row.revision()));
  entry.mutable_header()->set_principal("quartet://admin/a");
  stored::v1::ZoneEffect& effect = *entry.add_effects()->mutable_zone();
  effect.set_prev_revision(prev);
  *effect.mutable_row() = row;
  for (const std::string& key : removed) effect.add_removed_keys(key);
  AddPuts(puts, *effect.mutable_puts());
  return entry;
}

absl::Status ApplyFixture::Apply(const stored::v1::Entry& entry) {
  store::Batch batch;
  store::Overlay overlay(store_, batch);
  const Position position{7, index_ + 1, {}};
  if (absl::Status status = ApplyEntry(overlay, entry, position, hasher_); !status.ok()) return status;
  ++index_;
  return store_.Write(batch, store::Store::Sync::kYes);
}

void ApplyFixture::MakeZone() {
  const std::vector<Set> sets = {{"a", "sa", "ca"}, {"b", "sb", "cb"}};
  ASSERT_TRUE(Apply(ZoneEntry(0, Row(1, sets), {}, sets)).ok());
}

}  // namespace quartet::replication
