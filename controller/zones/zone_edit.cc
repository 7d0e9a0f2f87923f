#include "controller/zones/zone_edit.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "dns/base/check.h"
#include "dns/rdata/record_data.h"
#include "replication/record/record_key.h"
#include "replication/replica/apply.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

// What new zones are stored under; see replication/replica/apply.cc.
constexpr uint64_t kFirstGeneration = 1;

using Removed = google::protobuf::RepeatedPtrField<std::string>;
using Puts = google::protobuf::RepeatedPtrField<stored::v1::RecordPut>;

// What there is of a zone that is not there yet: spares a new zone of thousands of names as many reads of the
// disk.
class NothingYet : public store::Reader {
 public:
  absl::StatusOr<std::optional<std::string>> Get(absl::string_view) const override { return std::nullopt; }
  std::unique_ptr<store::Iterator> Scan(absl::string_view, absl::string_view) const override {
    return std::make_unique<End>();
  }

 private:
  class End : public store::Iterator {
   public:
    bool Valid() const override { return false; }
    void Next() override {}
    absl::string_view key() const override { return ""; }
    absl::string_view value() const override { return ""; }
    absl::Status status() const override { return absl::OkStatus(); }
  };
};

}  // namespace

struct ZoneEdit::Pending {
  explicit Pending(const store::Reader* view)
      : before(view == nullptr ? static_cast<const store::Reader&>(nothing) : *view),
        overlay(before, batch) {}

  const NothingYet nothing;
  const store::Reader& before;

  store::Batch batch;
  store::Overlay overlay;
  replication::ZoneTotals totals;
};

absl::StatusOr<dns::Name> ApexOf(const stored::v1::ZoneRow& row) {
  absl::StatusOr<dns::Name> apex =
      dns::Name::FromWire({reinterpret_cast<const uint8_t*>(row.name().data()), row.name().size()});
  if (!apex.ok()) return absl::DataLossError(absl::StrCat("zone ", row.id(), " has a damaged name"));
  return apex;
}

stored::v1::RecordPut MakePut(const dns::RecordSet& record_set, const replication::Control& control,
                              const dns::Name& apex) {
  stored::v1::RecordPut put;
  put.set_key(replication::RecordKey(record_set.owner(), apex, record_set.type()));
  put.set_served(replication::EncodeServed(record_set, apex));
  put.set_control(replication::EncodeControl(control));
  return put;
}

std::string WireText(const dns::Name& name) {
  return std::string(reinterpret_cast<const char*>(name.wire().data()), name.wire().size());
}

ZoneEdit::ZoneEdit(const PlanContext& context, stored::v1::ZoneRow row, dns::Name apex, uint64_t generation)
    : context_(context),
      row_(std::move(row)),
      apex_(std::move(apex)),
      generation_(generation),
      pending_(std::make_unique<Pending>(row_.revision() == 0 ? nullptr : &context.view)) {
  effect_.set_prev_revision(row_.revision());
  pending_->totals = {replication::Digest::FromBytes(row_.served_digest()),
                      replication::Digest::FromBytes(row_.control_digest()), row_.record_sets()};
}

ZoneEdit::~ZoneEdit() = default;

absl::StatusOr<std::unique_ptr<ZoneEdit>> ZoneEdit::Of(const PlanContext& context,
                                                       const stored::v1::ZoneRow& row) {
  absl::StatusOr<dns::Name> apex = ApexOf(row);
  if (!apex.ok()) return apex.status();
  absl::StatusOr<uint64_t> generation = replication::FullView(context.view).ZoneGeneration(row.id());
  if (!generation.ok()) return generation.status();
  std::unique_ptr<ZoneEdit> edit(new ZoneEdit(context, row, *std::move(apex), *generation));
  if (row.digest_key_id() == context.digest_key_id) return edit;
  if (absl::Status status = edit->TakeNewDigestKey(); !status.ok()) return status;
  return edit;
}

absl::StatusOr<std::unique_ptr<ZoneEdit>> ZoneEdit::New(const PlanContext& context, stored::v1::ZoneRow row) {
  absl::StatusOr<dns::Name> apex = ApexOf(row);
  if (!apex.ok()) return apex.status();
  row.set_revision(0);
  row.set_state(stored::v1::ZONE_STATE_ACTIVE);
  row.set_create_time_us(context.time_us);
  row.set_digest_key_id(context.digest_key_id);
  return std::unique_ptr<ZoneEdit>(new ZoneEdit(context, std::move(row), *std::move(apex), kFirstGeneration));
}

const store::Reader& ZoneEdit::before() const { return pending_->before; }
const store::Reader& ZoneEdit::after() const { return pending_->overlay; }

absl::Status ZoneEdit::Put(const dns::RecordSet& record_set, const replication::Control& control) {
  return Put(MakePut(record_set, control, apex_));
}

absl::Status ZoneEdit::Put(stored::v1::RecordPut put) {
  Puts puts;
  *puts.Add() = std::move(put);
  absl::StatusOr<replication::ZoneTotals> totals = replication::ApplyRecords(
      pending_->overlay, row_.id(), generation_, pending_->totals, Removed(), puts, context_.hasher);
  if (!totals.ok()) return totals.status();
  pending_->totals = *totals;
  *effect_.add_puts() = std::move(puts[0]);
  return absl::OkStatus();
}

absl::Status ZoneEdit::Remove(absl::string_view record_key) {
  Removed removed;
  *removed.Add() = std::string(record_key);
  absl::StatusOr<replication::ZoneTotals> totals = replication::ApplyRecords(
      pending_->overlay, row_.id(), generation_, pending_->totals, removed, Puts(), context_.hasher);
  if (!totals.ok()) return totals.status();
  pending_->totals = *totals;
  effect_.add_removed_keys(std::string(record_key));
  return absl::OkStatus();
}

// The zone's first change since there is another key: nodes can't follow it record by record, and fetch the zone.
absl::Status ZoneEdit::TakeNewDigestKey() {
  // What the old key does not vouch for, the new one must not.
  absl::StatusOr<std::string> old_key = replication::ReadDigestKeyOf(context_.view, row_.digest_key_id());
  if (!old_key.ok()) return old_key.status();
  replication::Hasher old_hasher(*old_key);
  const replication::RecordsPlace place{row_.id(), generation_};
  absl::StatusOr<replication::ZoneTotals> stated = replication::RehashRecords(before(), place, old_hasher);
  if (!stated.ok()) return stated.status();
  if (*stated != pending_->totals) {
    return absl::DataLossError(absl::StrCat("the controller's copy of zone ", row_.id(),
                                            " is damaged: it can't be changed under a new digest key"));
  }
  absl::StatusOr<replication::ZoneTotals> totals =
      replication::RehashRecords(before(), place, context_.hasher);
  if (!totals.ok()) return totals.status();
  pending_->totals = *totals;
  row_.set_digest_key_id(context_.digest_key_id);
  return absl::OkStatus();
}

absl::StatusOr<OwnRecordSet> ReadOwn(const store::Reader& view, const std::string& zone_id,
                                     uint64_t generation, const dns::Name& apex, dns::Type type) {
  const std::string key = replication::RecordKey(apex, apex, type);
  absl::StatusOr<std::optional<replication::FullView::Record>> record =
      replication::FullView(view).GetRecord(zone_id, generation, key);
  if (!record.ok()) return record.status();
  if (!record->has_value()) {
    return absl::DataLossError(absl::StrCat("zone ", zone_id, " has no ", dns::TypeName(type)));
  }
  absl::StatusOr<dns::RecordSet> set = replication::DecodeServed(key, (*record)->served, apex);
  if (!set.ok()) return absl::DataLossError(set.status().message());
  absl::StatusOr<replication::Control> control = replication::DecodeControl((*record)->control);
  if (!control.ok()) return absl::DataLossError(control.status().message());
  return OwnRecordSet{*std::move(set), *std::move(control)};
}

absl::StatusOr<stored::v1::RecordPut> MovedSoa(const store::Reader& view, uint64_t generation,
                                               const dns::Name& apex, stored::v1::ZoneRow& row,
                                               const std::optional<dns::Name>& primary) {
  const absl::StatusOr<OwnRecordSet> own = ReadOwn(view, row.id(), generation, apex, dns::Type::kSoa);
  if (!own.ok()) return own.status();
  dns::Soa soa = dns::ReadSoa(own->record_set.records().front());
  // RFC 1982 §3.1: addition modulo 2^32.
  ++soa.serial;
  if (primary.has_value()) soa.mname = *primary;
  absl::StatusOr<dns::RecordSet> moved =
      dns::RecordSet::Create(own->record_set.owner(), own->record_set.ttl(), {dns::MakeSoa(soa)});
  QUARTET_CHECK(moved.ok());
  row.set_serial(soa.serial);
  return MakePut(*moved, own->control, apex);
}

absl::Status ZoneEdit::PutSoa(const dns::RecordSet& soa, const replication::Control& control) {
  row_.set_serial(dns::ReadSoa(soa.records().front()).serial);
  serial_moved_ = true;
  return Put(soa, control);
}

absl::Status ZoneEdit::MoveSerial() {
  absl::StatusOr<stored::v1::RecordPut> soa = MovedSoa(after(), generation_, apex_, row_, primary_);
  if (!soa.ok()) return soa.status();
  return Put(*std::move(soa));
}

absl::StatusOr<Plan> ZoneEdit::Finish(std::string change_id) {
  const bool changed = effect_.puts_size() + effect_.removed_keys_size() > 0;
  // A new zone brings its first serial along.
  if (changed && !serial_moved_ && row_.revision() > 0) {
    if (absl::Status status = MoveSerial(); !status.ok()) return status;
  }
  row_.set_revision(row_.revision() + 1);
  row_.set_served_digest(pending_->totals.served.ToBytes());
  row_.set_control_digest(pending_->totals.control.ToBytes());
  row_.set_record_sets(pending_->totals.record_sets);
  *effect_.mutable_row() = row_;

  Plan plan;
  stored::v1::EntryHeader& header = *plan.entry.mutable_header();
  header.set_change_id(std::move(change_id));
  for (const stored::v1::Assignment& assignment : row_.assignments()) header.add_targets(assignment.target());
  *plan.entry.add_effects()->mutable_zone() = std::move(effect_);
  return plan;
}

}  // namespace quartet::controller
