#include "controller/zones/zone_queries.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "controller/roster/roster_plans.h"
#include "controller/sequencer/ids.h"
#include "controller/zones/paging.h"
#include "controller/zones/record_set_message.h"
#include "controller/zones/system_zones.h"
#include "controller/zones/zone_edit.h"
#include "dns/name/canonical_key.h"
#include "replication/digest/digest.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using google::protobuf::util::TimeUtil;
using replication::FullView;
using stored::v1::ZoneRow;

std::string NameText(const std::string& wire) {
  const absl::StatusOr<dns::Name> name =
      dns::Name::FromWire({reinterpret_cast<const uint8_t*>(wire.data()), wire.size()});
  return name.ok() ? name->ToString() : "";
}

absl::Status NoZone(absl::string_view name) {
  return absl::NotFoundError(absl::StrCat("there is no zone ", name.substr(0, 300)));
}

bool IsActive(const ZoneRow& row) { return row.state() == stored::v1::ZONE_STATE_ACTIVE; }

// Rows of all public zones of a name.
absl::StatusOr<std::vector<ZoneRow>> RowsNamed(const FullView& view, const dns::Name& name) {
  absl::StatusOr<std::vector<std::string>> ids = view.ZonesNamed("", name);
  if (!ids.ok()) return ids.status();
  std::vector<ZoneRow> rows;
  for (const std::string& id : *ids) {
    absl::StatusOr<std::optional<ZoneRow>> row = view.Zone(id);
    if (!row.ok()) return row.status();
    if (row->has_value()) rows.push_back(**std::move(row));
  }
  return rows;
}

// Names the first ten to choose from.
absl::Status Ambiguous(const dns::Name& name, const std::vector<ZoneRow>& rows) {
  constexpr size_t kNamed = 10;
  std::vector<std::string> ids;
  for (const ZoneRow& row : rows) {
    if (IsActive(row) && ids.size() < kNamed) ids.push_back(row.id());
  }
  return absl::FailedPreconditionError(absl::StrCat("several zones are called ", name.ToString(),
                                                    ": name the one you mean by its id, as ",
                                                    absl::StrJoin(ids, " or ")));
}

absl::StatusOr<ZoneRow> FindByName(const FullView& view, absl::string_view text) {
  absl::StatusOr<dns::Name> name = dns::Name::Parse(text);
  if (!name.ok()) return absl::InvalidArgumentError(name.status().message());
  absl::StatusOr<std::vector<ZoneRow>> rows = RowsNamed(view, *name);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return NoZone(text);
  const auto active = std::count_if(rows->begin(), rows->end(), IsActive);
  if (active > 1) return Ambiguous(*name, *rows);
  if (active == 1) return *std::find_if(rows->begin(), rows->end(), IsActive);
  return *std::max_element(rows->begin(), rows->end(), [](const ZoneRow& a, const ZoneRow& b) {
    return a.delete_time_us() < b.delete_time_us();
  });
}

admin::v1::ZoneNameserver NameserverMessage(const stored::v1::Assignment& assignment, const Roster& roster) {
  admin::v1::ZoneNameserver message;
  message.set_nameserver(absl::StrCat("nameservers/", assignment.target()));
  // Both count alike.
  message.set_state(static_cast<admin::v1::ZoneNameserver::State>(assignment.state()));
  const auto found = roster.nameservers.find(assignment.target());
  if (found == roster.nameservers.end()) return message;
  const stored::v1::NameserverRow& row = found->second.row;
  message.set_host_name(NameText(row.host_name()));
  message.set_region(row.region());
  message.set_stripe(row.stripe());
  for (const std::string& address : row.addresses()) message.add_addresses(AddressToString(address));
  return message;
}

// Which record keys are asked for.
struct KeyRange {
  std::string begin;
  // Empty: to the end.
  std::string end;
  std::optional<dns::Type> type;
};

absl::StatusOr<KeyRange> RangeOf(const admin::v1::ListRecordSetsRequest& request, const dns::Name& apex) {
  KeyRange range;
  if (!request.owner().empty()) {
    absl::StatusOr<dns::Name> owner = dns::Name::Parse(request.owner(), apex);
    if (!owner.ok()) return owner.status();
    if (!owner->IsWithin(apex)) {
      return absl::InvalidArgumentError(absl::StrCat(owner->ToString(), " is not within ", apex.ToString()));
    }
    range.begin = absl::StrCat(dns::CanonicalKey(*owner, apex), absl::string_view("\0", 1));
    range.end = store::PrefixEnd(range.begin);
  }
  if (!request.type().empty()) {
    absl::StatusOr<dns::Type> type = dns::ParseType(request.type());
    if (!type.ok()) return type.status();
    range.type = *type;
  }
  absl::StatusOr<std::string> after = ReadPageToken(request.page_token());
  if (!after.ok()) return after.status();
  if (!after->empty()) range.begin = std::max(range.begin, absl::StrCat(*after, absl::string_view("\0", 1)));
  return range;
}

bool HasType(const FullView::Record& record, dns::Type type) {
  const auto parts = replication::SplitRecordKey(record.key);
  return parts.ok() && parts->type == type;
}

}  // namespace

absl::StatusOr<admin::v1::Zone> ReadZoneMessage(const store::Reader& reader, const ZoneRow& row) {
  absl::StatusOr<Roster> roster = ReadNameserversOf(reader, row);
  if (!roster.ok()) return roster.status();
  return ZoneMessage(row, *roster);
}

admin::v1::Zone ZoneMessage(const ZoneRow& row, const Roster& roster) {
  admin::v1::Zone zone;
  zone.set_name(absl::StrCat("zones/", row.id()));
  zone.set_domain_name(NameText(row.name()));
  zone.set_account(row.account());
  zone.set_comment(row.comment());
  zone.set_revision(row.revision());
  zone.set_serial(row.serial());
  zone.set_record_sets(row.record_sets());
  *zone.mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(row.create_time_us());
  if (row.state() == stored::v1::ZONE_STATE_DELETED)
    *zone.mutable_delete_time() = TimeUtil::MicrosecondsToTimestamp(row.delete_time_us());
  for (const stored::v1::Assignment& assignment : row.assignments()) {
    *zone.add_nameservers() = NameserverMessage(assignment, roster);
  }
  if (!row.delegation_set_id().empty())
    zone.set_delegation_set(absl::StrCat("delegationSets/", row.delegation_set_id()));
  zone.set_digest(replication::Digest::FromBytes(row.served_digest()).ToHex());
  return zone;
}

absl::StatusOr<ZoneRow> FindZone(const store::Reader& reader, absl::string_view name) {
  absl::string_view text = name;
  if (!absl::ConsumePrefix(&text, "zones/") || text.empty()) {
    return absl::InvalidArgumentError("a zone is called \"zones/\" and its id or domain name");
  }
  const FullView view(reader);
  if (IsZoneId(text)) {
    absl::StatusOr<std::optional<ZoneRow>> row = view.Zone(text);
    if (!row.ok()) return row.status();
    if (row->has_value()) return **std::move(row);
  }
  return FindByName(view, text);
}

absl::StatusOr<ZoneRow> FindActiveZone(const store::Reader& reader, absl::string_view name) {
  absl::StatusOr<ZoneRow> row = FindZone(reader, name);
  if (row.ok() && !IsActive(*row)) return NoZone(absl::StripPrefix(name, "zones/"));
  return row;
}

absl::StatusOr<admin::v1::ListZonesResponse> ListZones(const store::Reader& reader,
                                                       const admin::v1::ListZonesRequest& request) {
  const FullView view(reader);
  absl::StatusOr<Roster> roster = ReadRoster(reader);
  if (!roster.ok()) return roster.status();
  absl::StatusOr<size_t> size = PageSize(request.page_size());
  if (!size.ok()) return size.status();
  admin::v1::ListZonesResponse response;
  if (!request.domain_name().empty()) {
    absl::StatusOr<dns::Name> name = dns::Name::Parse(request.domain_name());
    if (!name.ok()) return name.status();
    absl::StatusOr<std::vector<ZoneRow>> rows = RowsNamed(view, *name);
    if (!rows.ok()) return rows.status();
    for (const ZoneRow& row : *rows) {
      if (IsActive(row)) *response.add_zones() = ZoneMessage(row, *roster);
    }
    return response;
  }
  absl::StatusOr<std::string> after = ReadPageToken(request.page_token());
  if (!after.ok()) return after.status();
  // Deleted zones are in the directory, so a page may take several reads.
  for (;;) {
    const size_t missing = *size - static_cast<size_t>(response.zones_size());
    absl::StatusOr<std::vector<FullView::DirectoryEntry>> entries = view.ListDirectory("", *after, missing);
    if (!entries.ok()) return entries.status();
    for (const FullView::DirectoryEntry& entry : *entries) {
      absl::StatusOr<std::optional<ZoneRow>> row = view.Zone(entry.zone_id);
      if (!row.ok()) return row.status();
      if (row->has_value() && IsActive(**row) && StripeOfZone(**row).empty())
        *response.add_zones() = ZoneMessage(**row, *roster);
    }
    if (entries->size() < missing) return response;
    *after = entries->back().key;
    if (static_cast<size_t>(response.zones_size()) == *size) break;
  }
  response.set_next_page_token(WritePageToken(*after));
  return response;
}

absl::StatusOr<admin::v1::ListRecordSetsResponse> ListRecordSets(
    const store::Reader& reader, const admin::v1::ListRecordSetsRequest& request) {
  absl::StatusOr<ZoneRow> zone = FindActiveZone(reader, request.parent());
  if (!zone.ok()) return zone.status();
  absl::StatusOr<dns::Name> apex = ApexOf(*zone);
  if (!apex.ok()) return apex.status();
  absl::StatusOr<size_t> size = PageSize(request.page_size());
  if (!size.ok()) return size.status();
  absl::StatusOr<KeyRange> range = RangeOf(request, *apex);
  if (!range.ok()) return range.status();
  const FullView view(reader);
  absl::StatusOr<uint64_t> generation = view.ZoneGeneration(zone->id());
  if (!generation.ok()) return generation.status();

  admin::v1::ListRecordSetsResponse response;
  response.set_revision(zone->revision());
  absl::Status damage;
  std::string last;
  absl::Status status = view.VisitRecords(
      zone->id(), *generation, range->begin, range->end, [&](const FullView::Record& record) {
        if (range->type.has_value() && !HasType(record, *range->type)) return true;
        if (static_cast<size_t>(response.record_sets_size()) == *size) {
          response.set_next_page_token(WritePageToken(last));
          return false;
        }
        absl::StatusOr<admin::v1::RecordSet> message = RecordSetMessage(record, *apex);
        if (!message.ok()) {
          damage = message.status();
          return false;
        }
        *response.add_record_sets() = *std::move(message);
        last = record.key;
        return true;
      });
  if (!status.ok()) return status;
  if (!damage.ok()) return damage;
  return response;
}

}  // namespace quartet::controller
