#include "controller/imports/import_effects.h"

#include <string>
#include <utility>

#include "controller/zones/record_set_message.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;
using What = MergedSet::What;

constexpr size_t kMessageBytes = size_t{64} << 10;

bool Changes(What what) { return what == What::kAdded || what == What::kChanged || what == What::kRemoved; }

absl::StatusOr<v1::RecordSet> Message(absl::string_view key, absl::string_view served,
                                      absl::string_view control, const dns::Name& apex) {
  return RecordSetMessage({std::string(key), std::string(served), std::string(control)}, apex);
}

absl::StatusOr<v1::RecordSetEffect> EffectOf(const MergedSet& set, const dns::Name& apex) {
  v1::RecordSetEffect effect;
  const bool changed = set.what == What::kChanged;
  if (changed || set.what == What::kRemoved) {
    absl::StatusOr<v1::RecordSet> before = Message(set.key, changed ? set.served_before : set.served,
                                                   changed ? set.control_before : set.control, apex);
    if (!before.ok()) return before.status();
    *effect.mutable_before() = *std::move(before);
  }
  if (set.what != What::kRemoved) {
    absl::StatusOr<v1::RecordSet> after = Message(set.key, set.served, set.control, apex);
    if (!after.ok()) return after.status();
    *effect.mutable_after() = *std::move(after);
  }
  return effect;
}

}  // namespace

absl::Status SendEffects(ZoneMerge& merge, const dns::Name& apex, uint64_t total, ImportStream& stream,
                         Pulse& pulse) {
  v1::ImportZoneResponse response;
  size_t bytes = 0;
  absl::StatusOr<bool> more = merge.Next();
  for (uint64_t done = 0; more.ok() && *more; more = merge.Next()) {
    if (absl::Status status = pulse.Beat(v1::ImportProgress::PHASE_CHECKING, ++done, total); !status.ok())
      return status;
    if (!Changes(merge.set().what)) continue;
    absl::StatusOr<v1::RecordSetEffect> effect = EffectOf(merge.set(), apex);
    if (!effect.ok()) return effect.status();
    bytes += effect->ByteSizeLong();
    *response.mutable_effects()->add_effects() = *std::move(effect);
    if (bytes < kMessageBytes) continue;
    if (absl::Status status = stream.Send(std::exchange(response, {})); !status.ok()) return status;
    bytes = 0;
  }
  if (!more.ok()) return more.status();
  return bytes > 0 ? stream.Send(std::move(response)) : absl::OkStatus();
}

}  // namespace quartet::controller
