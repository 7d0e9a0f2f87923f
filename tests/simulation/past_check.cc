#include "tests/simulation/past_check.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "controller/history/past_records.h"
#include "controller/history/zone_past.h"
#include "replication/replica/full_view.h"

namespace quartet::simulation {
namespace {

constexpr uint64_t kLooksPerZone = 5;

absl::StatusOr<Records> RecordsAt(const controller::ZonePast& past, uint64_t revision) {
  // So few that it is read in several windows.
  constexpr size_t kWindowBytes = 1000;
  absl::StatusOr<std::unique_ptr<controller::PastRecords>> stream =
      controller::PastRecords::At(past, revision, kWindowBytes);
  if (!stream.ok()) return stream.status();
  Records records;
  absl::StatusOr<bool> more = (*stream)->Next();
  for (; more.ok() && *more; more = (*stream)->Next())
    records[std::string((*stream)->key())] = std::string((*stream)->served());
  if (!more.ok()) return more.status();
  return records;
}

Finding CheckRevision(const controller::ZonePast& past, const ZoneHistory& history, uint64_t revision) {
  const ZoneRevision* truth = history.At(revision);
  if (truth == nullptr)
    return absl::StrCat(past.zone_id(), " has a revision ", revision, ", which was never logged");
  const absl::StatusOr<Records> records = RecordsAt(past, revision);
  if (!records.ok()) return absl::StrCat(past.zone_id(), " at ", revision, ": ", records.status().message());
  if (*records == *truth->records) return std::nullopt;
  return absl::StrCat("the history of ", past.zone_id(), " says of revision ", revision,
                      " what the log did not");
}

}  // namespace

Finding CheckPast(const store::Reader& replica, const Timeline& now) {
  for (const auto& [zone_id, history] : now.zones()) {
    if (now.IsRotten(zone_id)) continue;
    const auto row = replication::FullView(replica).Zone(zone_id);
    if (!row.ok()) return std::string(row.status().message());
    // Purged.
    if (!row->has_value()) continue;
    const auto past = controller::ZonePast::Of(replica, **row);
    if (!past.ok()) return std::string(past.status().message());
    const uint64_t step = (past->latest() - past->oldest()) / kLooksPerZone + 1;
    for (uint64_t revision = past->latest(); revision >= past->oldest();
         revision -= std::min(step, revision)) {
      if (Finding finding = CheckRevision(*past, history, revision)) return finding;
    }
    if (Finding finding = CheckRevision(*past, history, past->oldest())) return finding;
  }
  return std::nullopt;
}

}  // namespace quartet::simulation
