#include "controller/history/revert_merge.h"

#include <utility>

#include "replication/record/record_key.h"

namespace quartet::controller {
namespace {

MergedSet::What WhatBecomes(const PastMerge& merge) {
  if (replication::IsOwnKey(merge.key())) return MergedSet::What::kOwn;
  if (!merge.after().has_value()) return MergedSet::What::kRemoved;
  if (!merge.before().has_value()) return MergedSet::What::kAdded;
  return merge.before() == merge.after() ? MergedSet::What::kSame : MergedSet::What::kChanged;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RevertMerge>> RevertMerge::Of(const ZonePast& past, uint64_t revision) {
  absl::StatusOr<std::unique_ptr<PastRecords>> now = PastRecords::At(past, past.latest());
  if (!now.ok()) return now.status();
  absl::StatusOr<std::unique_ptr<PastRecords>> then = PastRecords::At(past, revision);
  if (!then.ok()) return then.status();
  return std::unique_ptr<RevertMerge>(new RevertMerge(PastMerge(*std::move(now), *std::move(then))));
}

absl::StatusOr<bool> RevertMerge::Next() {
  for (;;) {
    absl::StatusOr<bool> more = merge_.Next();
    if (!more.ok() || !*more) return more;
    const MergedSet::What what = WhatBecomes(merge_);
    const bool stays = what == MergedSet::What::kOwn || what == MergedSet::What::kRemoved;
    const auto& value = stays ? merge_.before() : merge_.after();
    // One of its own that it had, and has no more, does not come back.
    if (!value.has_value()) continue;
    set_ = {};
    set_.what = what;
    set_.key = merge_.key();
    set_.served = value->served;
    set_.control = value->control;
    return true;
  }
}

}  // namespace quartet::controller
