#include "controller/imports/zone_merge.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "dns/rdata/type.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"
#include "replication/replica/layout.h"

namespace quartet::controller {
namespace {

bool IsOwn(absl::string_view key) {
  static const std::string soa = replication::RecordKey(dns::Name(), dns::Name(), dns::Type::kSoa);
  static const std::string ns = replication::RecordKey(dns::Name(), dns::Name(), dns::Type::kNs);
  return key == soa || key == ns;
}

}  // namespace

// Both parts of the zone's record sets.
class ZoneMerge::Live {
 public:
  explicit Live(const Zone& zone) {
    if (zone.reader == nullptr) return;
    served_prefix_ = replication::layout::Generation(zone.zone_id, zone.generation);
    control_prefix_ = replication::layout::ControlGeneration(zone.zone_id, zone.generation);
    served_ = zone.reader->Scan(served_prefix_, store::PrefixEnd(served_prefix_));
    control_ = zone.reader->Scan(control_prefix_, store::PrefixEnd(control_prefix_));
  }

  bool has() const { return served_ != nullptr && served_->Valid(); }
  void Next() {
    served_->Next();
    control_->Next();
  }
  absl::string_view key() const { return served_->key().substr(served_prefix_.size()); }
  absl::string_view served() const { return served_->value(); }
  absl::string_view control() const { return control_->value(); }

  // Whether the walk is sound so far: each served part has its control part.
  absl::Status Check() const {
    if (served_ == nullptr) return absl::OkStatus();
    if (!served_->status().ok()) return served_->status();
    if (!control_->status().ok()) return control_->status();
    if (has() != control_->Valid() || (has() && control_->key().substr(control_prefix_.size()) != key())) {
      return absl::DataLossError("a zone's record sets and their control parts don't match");
    }
    return absl::OkStatus();
  }

 private:
  std::string served_prefix_;
  std::string control_prefix_;
  std::unique_ptr<store::Iterator> served_;
  std::unique_ptr<store::Iterator> control_;
};

ZoneMerge::ZoneMerge(const ImportedSets& sets, const Zone& zone)
    : file_(sets),
      live_(std::make_unique<Live>(zone)),
      replace_(zone.replace),
      file_control_(replication::EncodeControl({replication::Origin::kUser, "", ""})) {}

ZoneMerge::~ZoneMerge() = default;

absl::Status ZoneMerge::AdvanceFile() {
  absl::StatusOr<bool> more = file_.Next();
  if (!more.ok()) return more.status();
  file_has_ = *more;
  return absl::OkStatus();
}

absl::StatusOr<bool> ZoneMerge::Next() {
  if (std::exchange(past_file_, false) || !std::exchange(started_, true)) {
    if (absl::Status status = AdvanceFile(); !status.ok()) return status;
  }
  if (std::exchange(past_live_, false)) live_->Next();
  if (absl::Status status = live_->Check(); !status.ok()) return status;
  const bool live_has = live_->has();
  if (!file_has_ && !live_has) return false;

  const int order = !live_has ? -1 : !file_has_ ? 1 : file_.set().key.compare(live_->key());
  past_file_ = order <= 0;
  past_live_ = order >= 0;
  set_ = {};
  if (order >= 0) {
    set_.key = live_->key();
    set_.served = live_->served();
    set_.control = live_->control();
  }
  if (order > 0) {
    set_.what = IsOwn(live_->key()) ? MergedSet::What::kOwn
                : replace_          ? MergedSet::What::kRemoved
                                    : MergedSet::What::kKept;
    return true;
  }
  const ImportedSet& file = file_.set();
  set_.place = file.place;
  if (order == 0 && file.served == live_->served() &&
      (file.control.empty() || file.control == live_->control())) {
    set_.what = MergedSet::What::kSame;
    return true;
  }
  set_.what = order == 0 ? MergedSet::What::kChanged : MergedSet::What::kAdded;
  set_.key = file.key;
  set_.served_before = std::exchange(set_.served, file.served);
  set_.control_before = std::exchange(set_.control, file.control.empty() ? file_control_ : file.control);
  return true;
}

}  // namespace quartet::controller
