#include "controller/imports/zone_merge.h"

#include <utility>

#include "replication/record/record_key.h"
#include "replication/record/record_value.h"

namespace quartet::controller {
ZoneMerge::ZoneMerge(const ImportedSets& sets, const Zone& zone)
    : file_(sets),
      live_(zone.reader == nullptr
                ? nullptr
                : std::make_unique<replication::GenerationWalk>(*zone.reader, zone.zone_id, zone.generation)),
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
  if (live_ != nullptr) {
    if (absl::Status status = live_->Check(); !status.ok()) return status;
  }
  const bool live_has = live_ != nullptr && live_->has();
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
    set_.what = replication::IsOwnKey(live_->key()) ? MergedSet::What::kOwn
                : replace_                          ? MergedSet::What::kRemoved
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
