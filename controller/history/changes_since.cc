#include "controller/history/changes_since.h"

#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/history/zone_past.h"
#include "controller/zones/faults.h"
#include "controller/zones/zone_edit.h"
#include "dns/name/canonical_key.h"
#include "dns/rdata/type.h"
#include "replication/record/record_key.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using stored::v1::HistoryRow;

constexpr uint64_t kMostRevisions = 10'000;
constexpr size_t kMostBytes = size_t{16} << 20;
constexpr char kRule[] = "changed-since";

// "revision 7 by quartet://admin/ops at 2026-03-01 12:00:00Z".
std::string Made(uint64_t revision, const HistoryRow& row) {
  return absl::StrCat("revision ", revision, " by ",
                      row.principal().empty() ? "the controller itself" : row.principal(), " at ",
                      TimeText(row.time_us()));
}

// Goes from the newest revision back.
class Changes {
 public:
  explicit Changes(const ZonePast& past) : past_(past) {}

  absl::Status LookBackTo(uint64_t if_revision) {
    uint64_t revision = past_.latest();
    size_t bytes = 0;
    for (; revision > if_revision; --revision) {
      if (revision <= past_.oldest()) {
        rest_ = absl::StrCat("the zone's history does not reach back to revision ", if_revision,
                             ": what was changed up to revision ", past_.oldest(), " is not known any more");
        return absl::OkStatus();
      }
      if (past_.latest() - revision >= kMostRevisions || bytes > kMostBytes) {
        rest_ = absl::StrCat("only what was changed behind revision ", revision, " is listed");
        return absl::OkStatus();
      }
      absl::StatusOr<HistoryRow> row = past_.Revision(revision);
      if (!row.ok()) return row.status();
      bytes += row->ByteSizeLong();
      Take(revision, *row);
    }
    return absl::OkStatus();
  }

  void AddTo(FaultList& faults, const dns::Name& apex) const {
    if (!rest_.empty()) faults.Add(FaultList::Kind::kRule, "", "", kRule, rest_);
    if (!whole_.empty()) faults.Add(FaultList::Kind::kRule, "", "", kRule, whole_);
    for (const auto& [key, made] : sets_) {
      const absl::StatusOr<replication::RecordKeyParts> parts = replication::SplitRecordKey(key);
      if (!parts.ok()) continue;
      const absl::StatusOr<dns::Name> owner = dns::NameFromCanonicalKey(parts->owner_key, apex);
      if (!owner.ok()) continue;
      faults.Add(FaultList::Kind::kRule, owner->ToString(), dns::TypeName(parts->type), kRule,
                 absl::StrCat("it was changed by ", made));
    }
  }

 private:
  // What was seen first is the last change of its record set.
  void Take(uint64_t revision, const HistoryRow& row) {
    const std::string made = Made(revision, row);
    if (row.before_generation() != 0 && whole_.empty()) {
      whole_ = absl::StrCat("all record sets were replaced by ", made);
    } else if (row.records().empty() && whole_.empty()) {
      whole_ = absl::StrCat("the zone itself was changed by ", made);
    }
    for (const stored::v1::HistoryRecord& image : row.records()) {
      if (!replication::IsSoaKey(image.key())) sets_.try_emplace(image.key(), made);
    }
  }

  const ZonePast& past_;
  std::map<std::string, std::string> sets_;
  std::string whole_;
  std::string rest_;
};

}  // namespace

absl::Status TellChangesSince(const absl::Status& refusal, const store::Reader& snapshot,
                              const std::string& zone_id, uint64_t if_revision) {
  if (!absl::IsAborted(refusal) || if_revision == 0 || FaultsOf(refusal).has_value()) return refusal;
  absl::StatusOr<std::optional<stored::v1::ZoneRow>> row = replication::FullView(snapshot).Zone(zone_id);
  if (!row.ok() || !row->has_value() || (*row)->revision() <= if_revision) return refusal;
  const absl::StatusOr<dns::Name> apex = ApexOf(**row);
  absl::StatusOr<ZonePast> past = ZonePast::Of(snapshot, **std::move(row));
  if (!apex.ok() || !past.ok()) return refusal;
  Changes changes(*past);
  // Whatever can't be read of it: the refusal stands.
  if (absl::Status status = changes.LookBackTo(if_revision); !status.ok()) return refusal;
  FaultList faults;
  changes.AddTo(faults, *apex);
  return faults.AttachTo(refusal);
}

}  // namespace quartet::controller
