// A zone being changed: what its record sets will be, and the effect that makes them so.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/sequencer/proposal.h"
#include "dns/name/name.h"
#include "dns/record_set/record_set.h"
#include "quartet/stored/v1/entry.pb.h"
#include "replication/record/record_value.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Not thread-safe. Keeps a reference to the context.
class ZoneEdit {
 public:
  // A zone that exists, at context.view's revision.
  static absl::StatusOr<std::unique_ptr<ZoneEdit>> Of(const PlanContext& context,
                                                      const stored::v1::ZoneRow& row);
  // A zone to be made. `row` needs id, name, account and assignments.
  static absl::StatusOr<std::unique_ptr<ZoneEdit>> New(const PlanContext& context, stored::v1::ZoneRow row);
  ~ZoneEdit();

  const dns::Name& apex() const { return apex_; }
  const std::string& zone_id() const { return row_.id(); }
  uint64_t generation() const { return generation_; }
  // The zone as it is and as it will be: read it with FullView.
  const store::Reader& before() const;
  const store::Reader& after() const;

  // Each key is put or removed once in an edit.
  absl::Status Put(const dns::RecordSet& record_set, const replication::Control& control);
  absl::Status Put(stored::v1::RecordPut put);
  absl::Status Remove(absl::string_view record_key);
  // The zone's SOA as it is to be, in place of one whose serial Finish moves: with a serial ahead of the present one
  // (RFC 1982 §3.2).
  absl::Status PutSoa(const dns::RecordSet& soa, const replication::Control& control);

  // The SOA is to name this one as the zone's primary, whatever it names (RFC 1035 §3.3.13). To be followed by a Put or Remove.
  void SetPrimary(dns::Name primary) { primary_ = std::move(primary); }

  // Moves the serial in the SOA (RFC 1982 §3.1) where there is one, if record sets were put or removed; then revision,
  // totals and time. Nothing may be put afterwards. The plan's targets are the zone's nameservers.
  absl::StatusOr<Plan> Finish(std::string change_id);

 private:
  struct Pending;
  ZoneEdit(const PlanContext& context, stored::v1::ZoneRow row, dns::Name apex, uint64_t generation);
  absl::Status MoveSerial();
  absl::Status TakeNewDigestKey();

  const PlanContext& context_;
  stored::v1::ZoneRow row_;
  dns::Name apex_;
  uint64_t generation_;
  stored::v1::ZoneEffect effect_;
  std::optional<dns::Name> primary_;
  std::unique_ptr<Pending> pending_;
  // By PutSoa.
  bool serial_moved_ = false;
};

// A record set as entries hold it.
stored::v1::RecordPut MakePut(const dns::RecordSet& record_set, const replication::Control& control,
                              const dns::Name& apex);

// SOA or apex NS, as a zone has them of its own.
struct OwnRecordSet {
  dns::RecordSet record_set;
  replication::Control control;
};
// DATA_LOSS: the zone has none of this type at its apex.
absl::StatusOr<OwnRecordSet> ReadOwn(const store::Reader& view, const std::string& zone_id,
                                     uint64_t generation, const dns::Name& apex, dns::Type type);

// The zone's SOA with the serial moved (RFC 1982 §3.1), which becomes row's too, and another primary, if one is given.
// DATA_LOSS: the zone has none.
absl::StatusOr<stored::v1::RecordPut> MovedSoa(const store::Reader& view, uint64_t generation,
                                               const dns::Name& apex, stored::v1::ZoneRow& row,
                                               const std::optional<dns::Name>& primary = std::nullopt);

// Apex of a row; DATA_LOSS if it is no name.
absl::StatusOr<dns::Name> ApexOf(const stored::v1::ZoneRow& row);
std::string WireText(const dns::Name& name);

}  // namespace quartet::controller
