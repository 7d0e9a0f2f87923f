#include "controller/history/history_queries.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "controller/history/parts.h"
#include "controller/history/past_records.h"
#include "controller/history/revision_diff.h"
#include "controller/history/zone_past.h"
#include "controller/roster/roster.h"
#include "controller/zones/paging.h"
#include "controller/zones/record_set_message.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_queries.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;
using google::protobuf::util::TimeUtil;
using replication::FullView;
using stored::v1::HistoryRow;

constexpr size_t kPageBytes = size_t{16} << 20;

absl::Status Cancelled() { return absl::CancelledError("the client has gone"); }

absl::StatusOr<ZonePast> PastOf(const store::Reader& snapshot, const std::string& zone) {
  absl::StatusOr<stored::v1::ZoneRow> row = FindZone(snapshot, zone);
  if (!row.ok()) return row.status();
  return ZonePast::Of(snapshot, *std::move(row));
}

v1::ZoneRevision::Kind KindMessage(stored::v1::HistoryKind kind) {
  // The same numbers.
  static_assert(int{v1::ZoneRevision::KIND_CREATED} == int{stored::v1::HISTORY_KIND_CREATED});
  static_assert(int{v1::ZoneRevision::KIND_REPLACED} == int{stored::v1::HISTORY_KIND_REPLACED});
  static_assert(int{v1::ZoneRevision::KIND_SETTINGS} == int{stored::v1::HISTORY_KIND_SETTINGS});
  const int number = kind;
  return v1::ZoneRevision::Kind_IsValid(number) ? static_cast<v1::ZoneRevision::Kind>(number)
                                                : v1::ZoneRevision::KIND_UNSPECIFIED;
}

v1::ZoneRevision RevisionMessage(uint64_t revision, const HistoryRow& row) {
  v1::ZoneRevision message;
  message.set_revision(revision);
  *message.mutable_time() = TimeUtil::MicrosecondsToTimestamp(row.time_us());
  message.set_principal(row.principal());
  message.set_request_id(row.request_id());
  if (!row.change_id().empty()) message.set_change(absl::StrCat("changes/", row.change_id()));
  message.set_kind(KindMessage(row.kind()));
  message.set_added(row.added());
  message.set_changed(row.changed());
  message.set_removed(row.removed());
  message.set_serial(row.serial());
  return message;
}

// The revision that a page begins with, the newest of it.
absl::StatusOr<uint64_t> PageBegin(const std::string& token, uint64_t latest) {
  absl::StatusOr<std::string> place = ReadPageToken(token);
  if (!place.ok()) return place.status();
  if (place->empty()) return latest;
  uint64_t begin = 0;
  if (!absl::SimpleAtoi(*place, &begin) || begin > latest)
    return absl::InvalidArgumentError("bad page_token");
  return begin;
}

absl::StatusOr<uint64_t> RevisionOf(const ZonePast& past, const v1::ListRecordSetsAtRequest& request) {
  switch (request.at_case()) {
    case v1::ListRecordSetsAtRequest::kRevision:
      return request.revision();
    case v1::ListRecordSetsAtRequest::kTime:
      if (request.time().seconds() < 0 || request.time().seconds() > TimeUtil::kTimestampMaxSeconds ||
          request.time().nanos() < 0 || request.time().nanos() > 999'999'999) {
        return absl::InvalidArgumentError("time is no time from 1970 to 9999");
      }
      return past.RevisionAt(TimeUtil::TimestampToMicroseconds(request.time()));
    case v1::ListRecordSetsAtRequest::AT_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("a revision or a time has to be named");
}

}  // namespace

absl::StatusOr<v1::ListZoneRevisionsResponse> ListZoneRevisions(const store::Reader& snapshot,
                                                                const v1::ListZoneRevisionsRequest& request) {
  absl::StatusOr<ZonePast> past = PastOf(snapshot, request.zone());
  if (!past.ok()) return past.status();
  absl::StatusOr<size_t> size = PageSize(request.page_size());
  if (!size.ok()) return size.status();
  absl::StatusOr<uint64_t> begin = PageBegin(request.page_token(), past->latest());
  if (!begin.ok()) return begin.status();
  v1::ListZoneRevisionsResponse response;
  size_t bytes = 0;
  uint64_t revision = *begin;
  for (; revision >= past->oldest(); --revision) {
    if (static_cast<size_t>(response.revisions_size()) == *size || bytes > kPageBytes) {
      response.set_next_page_token(WritePageToken(absl::StrCat(revision)));
      break;
    }
    absl::StatusOr<HistoryRow> row = past->Revision(revision);
    if (!row.ok()) return row.status();
    bytes += row->ByteSizeLong();
    *response.add_revisions() = RevisionMessage(revision, *row);
  }
  absl::StatusOr<HistoryRow> oldest = past->Revision(past->oldest());
  if (!oldest.ok()) return oldest.status();
  response.set_oldest_revision(past->oldest());
  *response.mutable_oldest_time() = TimeUtil::MicrosecondsToTimestamp(oldest->time_us());
  return response;
}

absl::Status GetZoneRevision(const store::Reader& snapshot, const v1::GetZoneRevisionRequest& request,
                             const std::function<bool(const v1::ZoneRevisionPart&)>& tell) {
  absl::StatusOr<ZonePast> past = PastOf(snapshot, request.zone());
  if (!past.ok()) return past.status();
  absl::StatusOr<HistoryRow> row = past->Revision(request.revision());
  if (!row.ok()) return row.status();
  Parts<v1::ZoneRevisionPart> parts(tell);
  *parts.part().mutable_revision() = RevisionMessage(request.revision(), *row);
  absl::Status status = DiffRevision(*past, request.revision(), [&](const v1::RecordSetEffect& effect) {
    *parts.part().add_effects() = effect;
    return parts.Added(effect.ByteSizeLong());
  });
  if (!status.ok()) return status;
  return parts.End() ? absl::OkStatus() : Cancelled();
}

absl::Status ListRecordSetsAt(const store::Reader& snapshot, const v1::ListRecordSetsAtRequest& request,
                              const std::function<bool(const v1::RecordSetsPart&)>& tell) {
  absl::StatusOr<ZonePast> past = PastOf(snapshot, request.zone());
  if (!past.ok()) return past.status();
  absl::StatusOr<uint64_t> revision = RevisionOf(*past, request);
  if (!revision.ok()) return revision.status();
  absl::StatusOr<HistoryRow> row = past->Revision(*revision);
  if (!row.ok()) return row.status();
  const absl::StatusOr<dns::Name> apex = ApexOf(past->zone());
  if (!apex.ok()) return apex.status();
  absl::StatusOr<std::unique_ptr<PastRecords>> records = PastRecords::At(*past, *revision);
  if (!records.ok()) return records.status();
  Parts<v1::RecordSetsPart> parts(tell);
  parts.part().set_revision(*revision);
  *parts.part().mutable_time() = TimeUtil::MicrosecondsToTimestamp(row->time_us());
  absl::StatusOr<bool> more = (*records)->Next();
  for (; more.ok() && *more; more = (*records)->Next()) {
    const PastRecords& record = **records;
    absl::StatusOr<v1::RecordSet> set = RecordSetMessage(
        {std::string(record.key()), std::string(record.served()), std::string(record.control())}, *apex);
    if (!set.ok()) return set.status();
    const size_t bytes = set->ByteSizeLong();
    *parts.part().add_record_sets() = *std::move(set);
    if (!parts.Added(bytes)) return Cancelled();
  }
  if (!more.ok()) return more.status();
  return parts.End() ? absl::OkStatus() : Cancelled();
}

absl::StatusOr<v1::ListDeletedZonesResponse> ListDeletedZones(const store::Reader& snapshot,
                                                              const v1::ListDeletedZonesRequest& request) {
  absl::StatusOr<size_t> size = PageSize(request.page_size());
  if (!size.ok()) return size.status();
  absl::StatusOr<std::string> after = ReadPageToken(request.page_token());
  if (!after.ok()) return after.status();
  absl::StatusOr<Roster> roster = ReadRoster(snapshot);
  if (!roster.ok()) return roster.status();
  const std::string prefix = replication::layout::DeletedZones();
  const std::string begin =
      after->empty() ? prefix : absl::StrCat(prefix, *after, absl::string_view("\0", 1));
  v1::ListDeletedZonesResponse response;
  std::string last;
  const std::unique_ptr<store::Iterator> it = snapshot.Scan(begin, store::PrefixEnd(prefix));
  for (; it->Valid(); it->Next()) {
    const absl::string_view place = it->key().substr(prefix.size());
    if (static_cast<size_t>(response.zones_size()) == *size) {
      response.set_next_page_token(WritePageToken(last));
      break;
    }
    if (place.size() < replication::layout::kZoneIdBytes)
      return absl::DataLossError("the replica holds a damaged list of deleted zones");
    absl::StatusOr<std::optional<stored::v1::ZoneRow>> row =
        FullView(snapshot).Zone(place.substr(place.size() - replication::layout::kZoneIdBytes));
    if (!row.ok()) return row.status();
    if (row->has_value()) *response.add_zones() = ZoneMessage(**row, *roster);
    last = std::string(place);
  }
  if (!it->status().ok()) return it->status();
  return response;
}

}  // namespace quartet::controller
