#include "controller/history/revision_diff.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/zones/record_set_message.h"
#include "controller/zones/zone_edit.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using replication::FullView;
using stored::v1::HistoryRecord;
using stored::v1::HistoryRow;
using Value = PastMerge::Value;

// By record key: what is there at a revision. Without served part: nothing.
using Found = std::map<std::string, HistoryRecord>;

absl::Status Cancelled() { return absl::CancelledError("the client has gone"); }

absl::StatusOr<admin::v1::RecordSetEffect> EffectOf(absl::string_view key, const std::optional<Value>& before,
                                                    const std::optional<Value>& after,
                                                    const dns::Name& apex) {
  const auto message = [&](const Value& value) {
    return RecordSetMessage({std::string(key), std::string(value.served), std::string(value.control)}, apex);
  };
  admin::v1::RecordSetEffect effect;
  if (before.has_value()) {
    absl::StatusOr<admin::v1::RecordSet> set = message(*before);
    if (!set.ok()) return set.status();
    *effect.mutable_before() = *std::move(set);
  }
  if (after.has_value()) {
    absl::StatusOr<admin::v1::RecordSet> set = message(*after);
    if (!set.ok()) return set.status();
    *effect.mutable_after() = *std::move(set);
  }
  return effect;
}

std::optional<Value> ValueOf(const HistoryRecord& record) {
  if (record.served().empty()) return std::nullopt;
  return Value{record.served(), record.control()};
}

// Moves images of `wanted` from a later revision to `found`.
void TakeImages(HistoryRow& row, Found& wanted, Found& found) {
  for (HistoryRecord& image : *row.mutable_records()) {
    auto node = wanted.extract(image.key());
    if (node.empty()) continue;
    node.mapped() = std::move(image);
    found.insert(std::move(node));
  }
}

absl::Status TakeStored(const ZonePast& past, uint64_t generation, Found& wanted, Found& found) {
  for (auto& [key, record] : wanted) {
    absl::StatusOr<std::optional<FullView::Record>> there =
        FullView(past.reader()).GetRecord(past.zone_id(), generation, key);
    if (!there.ok()) return there.status();
    HistoryRecord& made = found[key];
    if (!there->has_value()) continue;
    made.set_served(std::move((*there)->served));
    made.set_control(std::move((*there)->control));
  }
  return absl::OkStatus();
}

// What the record sets in `wanted` were at `revision`.
absl::StatusOr<Found> FindAt(const ZonePast& past, uint64_t revision, Found wanted) {
  Found found;
  uint64_t generation = past.generation();
  for (uint64_t later = revision + 1; later <= past.latest() && !wanted.empty(); ++later) {
    absl::StatusOr<HistoryRow> row = past.Revision(later);
    if (!row.ok()) return row.status();
    if (row->before_generation() != 0) {
      generation = row->before_generation();
      break;
    }
    TakeImages(*row, wanted, found);
  }
  if (absl::Status status = TakeStored(past, generation, wanted, found); !status.ok()) return status;
  return found;
}

absl::Status DiffChange(const ZonePast& past, uint64_t revision, HistoryRow row, const dns::Name& apex,
                        const EffectFn& tell) {
  Found before;
  Found wanted;
  for (HistoryRecord& image : *row.mutable_records()) {
    wanted[image.key()];
    std::string key = image.key();
    before[std::move(key)] = std::move(image);
  }
  absl::StatusOr<Found> after = FindAt(past, revision, std::move(wanted));
  if (!after.ok()) return after.status();
  for (const auto& [key, image] : before) {
    const std::optional<Value> was = ValueOf(image);
    const std::optional<Value> is = ValueOf(after->at(key));
    if (was == is) continue;
    absl::StatusOr<admin::v1::RecordSetEffect> effect = EffectOf(key, was, is, apex);
    if (!effect.ok()) return effect.status();
    if (!tell(*effect)) return Cancelled();
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status TellDifferences(PastMerge& merge, const dns::Name& apex,
                             const std::function<bool(absl::string_view key)>& wanted, const EffectFn& tell) {
  absl::StatusOr<bool> more = merge.Next();
  for (; more.ok() && *more; more = merge.Next()) {
    if (merge.before() == merge.after() || !wanted(merge.key())) continue;
    absl::StatusOr<admin::v1::RecordSetEffect> effect =
        EffectOf(merge.key(), merge.before(), merge.after(), apex);
    if (!effect.ok()) return effect.status();
    if (!tell(*effect)) return Cancelled();
  }
  return more.status();
}

absl::Status DiffRevision(const ZonePast& past, uint64_t revision, const EffectFn& tell) {
  absl::StatusOr<HistoryRow> row = past.Revision(revision);
  if (!row.ok()) return row.status();
  const absl::StatusOr<dns::Name> apex = ApexOf(past.zone());
  if (!apex.ok()) return apex.status();
  const bool first = revision == 1;
  if (revision == past.oldest() && !first) {
    return absl::OutOfRangeError(absl::StrCat("the zone can be shown as of revision ", revision,
                                              ", but what that one changed is not kept any more"));
  }
  if (!first && row->before_generation() == 0)
    return DiffChange(past, revision, *std::move(row), *apex, tell);
  std::unique_ptr<PastRecords> before;
  if (!first) {
    absl::StatusOr<std::unique_ptr<PastRecords>> made = PastRecords::At(past, revision - 1);
    if (!made.ok()) return made.status();
    before = *std::move(made);
  }
  absl::StatusOr<std::unique_ptr<PastRecords>> after = PastRecords::At(past, revision);
  if (!after.ok()) return after.status();
  PastMerge merge(std::move(before), *std::move(after));
  return TellDifferences(
      merge, *apex, [](absl::string_view) { return true; }, tell);
}

}  // namespace quartet::controller
