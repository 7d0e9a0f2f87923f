#include "controller/history/undeletion.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "controller/sequencer/ids.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_founding.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using replication::FullView;
using stored::v1::ZoneRow;

absl::Status Gone(absl::string_view name) {
  return absl::NotFoundError(absl::StrCat("there is no zone ", name.substr(0, 300),
                                          ", deleted or not: it never was, or is gone for good"));
}

absl::StatusOr<ZoneRow> FindNamed(const FullView& view, absl::string_view text) {
  absl::StatusOr<dns::Name> name = dns::Name::Parse(text);
  if (!name.ok()) return absl::InvalidArgumentError(name.status().message());
  absl::StatusOr<std::vector<std::string>> ids = view.ZonesNamed("", *name);
  if (!ids.ok()) return ids.status();
  std::optional<ZoneRow> active;
  std::vector<ZoneRow> deleted;
  for (const std::string& id : *ids) {
    absl::StatusOr<std::optional<ZoneRow>> row = view.Zone(id);
    if (!row.ok()) return row.status();
    if (!row->has_value()) continue;
    if ((*row)->state() == stored::v1::ZONE_STATE_DELETED) {
      deleted.push_back(**std::move(row));
    } else {
      active = **std::move(row);
    }
  }
  if (deleted.size() == 1) return std::move(deleted.front());
  if (deleted.empty() && active.has_value()) return *std::move(active);
  if (deleted.empty()) return Gone(text);
  return absl::FailedPreconditionError(absl::StrCat(
      deleted.size(), " zones called ", name->ToString(), " are deleted; name the one you mean by its id: ",
      absl::StrJoin(deleted, ", ", [](std::string* out, const ZoneRow& row) { out->append(row.id()); })));
}

}  // namespace

absl::StatusOr<ZoneRow> FindForUndeletion(const store::Reader& snapshot, absl::string_view name) {
  if (!absl::ConsumePrefix(&name, "zones/") || name.empty()) {
    return absl::InvalidArgumentError("a zone is called \"zones/\" and its id or domain name");
  }
  const FullView view(snapshot);
  if (!IsZoneId(name)) return FindNamed(view, name);
  absl::StatusOr<std::optional<ZoneRow>> row = view.Zone(name);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return Gone(name);
  return **std::move(row);
}

absl::StatusOr<Plan> PlanUndeletion(const PlanContext& context, const std::string& zone_id) {
  absl::StatusOr<std::optional<ZoneRow>> found = FullView(context.view).Zone(zone_id);
  if (!found.ok()) return found.status();
  if (!found->has_value()) return Gone(zone_id);
  ZoneRow row = **std::move(found);
  absl::StatusOr<dns::Name> apex = ApexOf(row);
  if (!apex.ok()) return apex.status();
  if (row.state() != stored::v1::ZONE_STATE_DELETED) {
    return absl::FailedPreconditionError(absl::StrCat("zone ", apex->ToString(), " is not deleted"));
  }
  absl::StatusOr<std::string> obstacle = ObstacleToSet(context.view, row);
  if (!obstacle.ok()) return obstacle.status();
  if (!obstacle->empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("zone ", apex->ToString(), " can't be brought back with its nameservers: ", *obstacle));
  }
  row.set_state(stored::v1::ZONE_STATE_ACTIVE);
  row.clear_delete_time_us();
  absl::StatusOr<std::unique_ptr<ZoneEdit>> edit = ZoneEdit::Of(context, row);
  if (!edit.ok()) return edit.status();
  return (*edit)->Finish(NewChangeId(context.random));
}

}  // namespace quartet::controller
