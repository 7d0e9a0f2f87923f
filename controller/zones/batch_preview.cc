#include "controller/zones/batch_preview.h"

#include <map>
#include <optional>
#include <string>

#include "controller/zones/record_set_message.h"
#include "controller/zones/zone_edit.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using replication::FullView;

// Record keys that the effect touches, with what it puts there; nullptr: nothing. Keys sort in canonical order.
std::map<std::string, const stored::v1::RecordPut*> Touched(const stored::v1::ZoneEffect& effect) {
  std::map<std::string, const stored::v1::RecordPut*> touched;
  for (const std::string& key : effect.removed_keys()) touched[key] = nullptr;
  for (const stored::v1::RecordPut& put : effect.puts()) touched[put.key()] = &put;
  return touched;
}

}  // namespace

absl::StatusOr<admin::v1::RecordSetPreview> PreviewOf(const store::Reader& view,
                                                      const stored::v1::ZoneEffect& effect) {
  const absl::StatusOr<dns::Name> apex = ApexOf(effect.row());
  if (!apex.ok()) return apex.status();
  const FullView zone(view);
  const absl::StatusOr<uint64_t> generation = zone.ZoneGeneration(effect.row().id());
  if (!generation.ok()) return generation.status();
  admin::v1::RecordSetPreview preview;
  preview.set_revision(effect.prev_revision());
  for (const auto& [key, put] : Touched(effect)) {
    const absl::StatusOr<std::optional<FullView::Record>> there =
        zone.GetRecord(effect.row().id(), *generation, key);
    if (!there.ok()) return there.status();
    admin::v1::RecordSetEffect one;
    if (there->has_value()) {
      absl::StatusOr<admin::v1::RecordSet> before = RecordSetMessage(**there, *apex);
      if (!before.ok()) return before.status();
      *one.mutable_before() = *std::move(before);
    }
    if (put != nullptr) {
      absl::StatusOr<admin::v1::RecordSet> after =
          RecordSetMessage({key, put->served(), put->control()}, *apex);
      if (!after.ok()) return after.status();
      *one.mutable_after() = *std::move(after);
    }
    if (one.has_before() && one.has_after() &&
        one.before().SerializeAsString() == one.after().SerializeAsString()) {
      continue;
    }
    *preview.add_effects() = std::move(one);
  }
  return preview;
}

}  // namespace quartet::controller
