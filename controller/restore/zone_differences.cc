#include "controller/restore/zone_differences.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "dns/name/name.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"

namespace quartet::controller {
namespace {

namespace layout = replication::layout;
using admin::v1::RestoredZone;
using replication::v1::ReportPart;

std::string NameText(const std::string& wire) {
  const absl::StatusOr<dns::Name> name =
      dns::Name::FromWire({reinterpret_cast<const uint8_t*>(wire.data()), wire.size()});
  return name.ok() ? name->ToString() : "";
}

// Where nodes have a zone in different ways, what is lost is said.
int Weight(RestoredZone::Kind kind) {
  switch (kind) {
    case RestoredZone::KIND_AHEAD:
      return 4;
    case RestoredZone::KIND_LOST:
      return 3;
    case RestoredZone::KIND_DIFFERS:
      return 2;
    case RestoredZone::KIND_RETURNS:
      return 1;
    default:
      return 0;
  }
}

}  // namespace

absl::Status ZoneDifferences::OnPart(const std::string& node, const ReportPart& part) {
  nodes_.Cursor(node, part);
  for (const ZoneReport& zone : part.zones()) {
    absl::Status status = PassedOver(node, zone.zone_id());
    if (status.ok()) status = Compare(node, zone);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

void ZoneDifferences::OnEnd(const std::string& node, const absl::Status& status) {
  absl::Status ended = status;
  if (ended.ok()) ended = PassedOver(node, "");
  assigned_.erase(node);
  nodes_.Ended(node, ended);
}

absl::Status ZoneDifferences::PassedOver(const std::string& node, absl::string_view zone_id) {
  const std::string prefix = layout::Assignment(nodes_.NameserverOf(node), "");
  std::unique_ptr<store::Iterator>& here = assigned_[node];
  if (here == nullptr) here = replica_.Scan(prefix, store::PrefixEnd(prefix));
  for (; here->Valid(); here->Next()) {
    const std::string id(here->key().substr(prefix.size()));
    if (!zone_id.empty() && id >= zone_id) {
      // It is told, and so is no longer one that may be passed over.
      if (id == zone_id) here->Next();
      break;
    }
    // One that has not seen the end of what is restored may be yet to get it.
    if (!nodes_.HasSeenAll(node)) continue;
    const absl::StatusOr<std::optional<stored::v1::ZoneRow>> row = replication::FullView(replica_).Zone(id);
    if (!row.ok()) return row.status();
    if (!row->has_value()) continue;
    absl::Status added = Add(node, RestoredZone::KIND_RETURNS, id, (*row)->name(), (*row)->revision(), 0);
    if (!added.ok()) return added;
  }
  return here->status();
}

absl::Status ZoneDifferences::Compare(const std::string& node, const ZoneReport& zone) {
  // Known by its id only: it has nothing of it.
  if (zone.revision() == 0) return absl::OkStatus();
  const absl::StatusOr<std::optional<stored::v1::ZoneRow>> found =
      replication::FullView(replica_).Zone(zone.zone_id());
  if (!found.ok()) return found.status();
  const std::string nameserver = nodes_.NameserverOf(node);
  const bool here = found->has_value() && (*found)->state() != stored::v1::ZONE_STATE_DELETED;
  const bool for_it =
      here && std::any_of((*found)->assignments().begin(), (*found)->assignments().end(),
                          [&](const stored::v1::Assignment& one) { return one.target() == nameserver; });
  const uint64_t revision = here ? (*found)->revision() : 0;
  const auto add = [&](RestoredZone::Kind kind) {
    return Add(node, kind, zone.zone_id(), here ? (*found)->name() : zone.name(), revision, zone.revision());
  };
  if (!for_it) return add(RestoredZone::KIND_LOST);
  if (zone.revision() > revision) return add(RestoredZone::KIND_AHEAD);
  // A lower revision of the restored log's own history is caught up as ever; one that was settled in a later epoch is of
  // another history.
  if (zone.revision() < revision)
    return zone.epoch() > restore_.old_epoch() ? add(RestoredZone::KIND_DIFFERS) : absl::OkStatus();
  // Digests under different keys can't be compared.
  const bool comparable = zone.digest_key_id() == (*found)->digest_key_id() && !zone.digest().empty();
  return comparable && zone.digest() != (*found)->served_digest() ? add(RestoredZone::KIND_DIFFERS)
                                                                  : absl::OkStatus();
}

absl::Status ZoneDifferences::Add(const std::string& node, RestoredZone::Kind kind,
                                  const std::string& zone_id, const std::string& name, uint64_t revision,
                                  uint64_t node_revision) {
  const absl::StatusOr<Differing*> at = differing_.At(zone_id);
  if (!at.ok()) return at.status();
  Differing* zone = *at;
  if (zone == nullptr) return absl::OkStatus();
  if (zone->name.empty()) zone->name = name;
  if (Weight(kind) > Weight(zone->kind)) zone->kind = kind;
  zone->revision = revision;
  zone->node_revision = std::max(zone->node_revision, node_revision);
  zone->nodes.Add(node);
  return absl::OkStatus();
}

void ZoneDifferences::Write(admin::v1::Restore& restore) const {
  restore.set_zones_total(differing_.total());
  for (const auto& [id, zone] : differing_.items()) {
    RestoredZone& out = *restore.add_zones();
    out.set_zone(absl::StrCat("zones/", id));
    out.set_name(NameText(zone.name));
    out.set_kind(zone.kind);
    out.set_revision(zone.revision);
    out.set_node_revision(zone.node_revision);
    for (const std::string& node : zone.nodes.first()) out.add_nodes(absl::StrCat("nodes/", node));
    out.set_nodes_total(zone.nodes.total());
  }
}

}  // namespace quartet::controller
