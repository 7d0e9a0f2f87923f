#include "replication/replica/full_view.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "replication/replica/layout.h"

namespace quartet::replication {
namespace {

absl::Status Damaged(absl::string_view kind) {
  return absl::DataLossError(absl::StrCat("the replica holds a damaged ", kind));
}

// Reads the row under `key`, if there is one.
template <typename Row>
absl::StatusOr<std::optional<Row>> ReadRow(const store::Reader& reader, const std::string& key,
                                           absl::string_view kind) {
  absl::StatusOr<std::optional<std::string>> bytes = reader.Get(key);
  if (!bytes.ok()) return bytes.status();
  if (!bytes->has_value()) return std::optional<Row>();
  Row row;
  if (!row.ParseFromString(**bytes)) return Damaged(kind);
  return std::optional<Row>(std::move(row));
}

// First key behind `after`, or `prefix` if there is no `after`. INVALID_ARGUMENT if `after` is none of this
// prefix.
absl::StatusOr<std::string> Behind(const std::string& prefix, absl::string_view after) {
  if (after.empty()) return prefix;
  if (after.substr(0, prefix.size()) != prefix) return absl::InvalidArgumentError("not a place in this list");
  return absl::StrCat(after, absl::string_view("\0", 1));
}

}  // namespace

absl::StatusOr<std::optional<stored::v1::ZoneRow>> FullView::Zone(absl::string_view zone_id) const {
  return ReadRow<stored::v1::ZoneRow>(reader_, layout::Zone(zone_id), "zone row");
}

absl::StatusOr<uint64_t> FullView::ZoneGeneration(absl::string_view zone_id) const {
  absl::StatusOr<std::optional<stored::v1::ZoneLocalRow>> local =
      ReadRow<stored::v1::ZoneLocalRow>(reader_, layout::ZoneLocal(zone_id), "local zone row");
  if (!local.ok()) return local.status();
  if (!local->has_value() || (*local)->generation() == 0)
    return absl::NotFoundError(absl::StrCat("no zone ", zone_id));
  return (*local)->generation();
}

absl::StatusOr<std::vector<std::string>> FullView::ZonesNamed(absl::string_view scope,
                                                              const dns::Name& apex) const {
  const std::string prefix = layout::DirectoryName(scope, apex);
  std::vector<std::string> ids;
  std::unique_ptr<store::Iterator> it = reader_.Scan(prefix, store::PrefixEnd(prefix));
  for (; it->Valid(); it->Next()) ids.emplace_back(it->key().substr(prefix.size()));
  if (!it->status().ok()) return it->status();
  return ids;
}

absl::StatusOr<std::vector<FullView::DirectoryEntry>> FullView::ListDirectory(absl::string_view scope,
                                                                              absl::string_view after,
                                                                              size_t limit) const {
  const char length = static_cast<char>(scope.size());
  const std::string prefix = absl::StrCat("d", absl::string_view(&length, 1), scope);
  absl::StatusOr<std::string> begin = Behind(prefix, after);
  if (!begin.ok()) return begin.status();
  std::vector<DirectoryEntry> entries;
  std::unique_ptr<store::Iterator> it = reader_.Scan(*begin, store::PrefixEnd(prefix));
  for (; it->Valid() && entries.size() < limit; it->Next()) {
    const absl::string_view key = it->key();
    if (key.size() < prefix.size() + 1 + layout::kZoneIdBytes) return Damaged("directory entry");
    entries.push_back({std::string(key), std::string(key.substr(key.size() - layout::kZoneIdBytes))});
  }
  if (!it->status().ok()) return it->status();
  return entries;
}

absl::StatusOr<std::vector<std::string>> FullView::AssignedZones(absl::string_view target,
                                                                 absl::string_view after,
                                                                 size_t limit) const {
  const std::string prefix = layout::Assignment(target, "");
  const std::string begin =
      after.empty() ? prefix : absl::StrCat(layout::Assignment(target, after), absl::string_view("\0", 1));
  std::vector<std::string> ids;
  std::unique_ptr<store::Iterator> it = reader_.Scan(begin, store::PrefixEnd(prefix));
  for (; it->Valid() && ids.size() < limit; it->Next()) ids.emplace_back(it->key().substr(prefix.size()));
  if (!it->status().ok()) return it->status();
  return ids;
}

absl::StatusOr<std::optional<FullView::Record>> FullView::GetRecord(absl::string_view zone_id,
                                                                    uint64_t generation,
                                                                    absl::string_view record_key) const {
  absl::StatusOr<std::optional<std::string>> served =
      reader_.Get(layout::Record(zone_id, generation, record_key));
  if (!served.ok()) return served.status();
  if (!served->has_value()) return std::optional<Record>();
  absl::StatusOr<std::optional<std::string>> control =
      reader_.Get(layout::Control(zone_id, generation, record_key));
  if (!control.ok()) return control.status();
  return std::optional<Record>(
      Record{std::string(record_key), *std::move(*served), std::move(*control).value_or("")});
}

absl::Status FullView::VisitRecords(absl::string_view zone_id, uint64_t generation, absl::string_view begin,
                                    absl::string_view end, const std::function<bool(Record)>& visit) const {
  const auto bounds = [&](const std::string& prefix) {
    return std::make_pair(absl::StrCat(prefix, begin),
                          end.empty() ? store::PrefixEnd(prefix) : absl::StrCat(prefix, end));
  };
  const std::string prefix = layout::Generation(zone_id, generation);
  const auto served_bounds = bounds(prefix);
  const auto control_bounds = bounds(layout::ControlGeneration(zone_id, generation));
  std::unique_ptr<store::Iterator> served = reader_.Scan(served_bounds.first, served_bounds.second);
  std::unique_ptr<store::Iterator> control = reader_.Scan(control_bounds.first, control_bounds.second);
  for (; served->Valid(); served->Next()) {
    const absl::string_view key = served->key().substr(prefix.size());
    while (control->Valid() && control->key().substr(prefix.size()) < key) control->Next();
    Record record{std::string(key), std::string(served->value()), ""};
    if (control->Valid() && control->key().substr(prefix.size()) == key)
      record.control = std::string(control->value());
    if (!visit(std::move(record))) return absl::OkStatus();
  }
  if (!served->status().ok()) return served->status();
  return control->status();
}

absl::StatusOr<std::optional<FullView::ObjectRow>> FullView::GetObject(int kind, absl::string_view id) const {
  absl::StatusOr<std::optional<std::string>> value = reader_.Get(layout::Object(kind, id));
  if (!value.ok()) return value.status();
  if (!value->has_value()) return std::optional<ObjectRow>();
  if ((*value)->size() < 8) return Damaged("object");
  if ((*value)->size() == 8) return std::optional<ObjectRow>();
  return std::optional<ObjectRow>(ObjectRow{std::string(id),
                                            layout::ReadBigEndian64(absl::string_view(**value).substr(0, 8)),
                                            (*value)->substr(8)});
}

absl::StatusOr<std::vector<FullView::ObjectRow>> FullView::ListObjects(int kind) const {
  const std::string prefix = layout::Object(kind, "");
  std::vector<ObjectRow> rows;
  std::unique_ptr<store::Iterator> it = reader_.Scan(prefix, store::PrefixEnd(prefix));
  for (; it->Valid(); it->Next()) {
    const absl::string_view value = it->value();
    if (value.size() < 8) return Damaged("object");
    if (value.size() == 8) continue;
    rows.push_back({std::string(it->key().substr(prefix.size())), layout::ReadBigEndian64(value.substr(0, 8)),
                    std::string(value.substr(8))});
  }
  if (!it->status().ok()) return it->status();
  return rows;
}

absl::StatusOr<std::optional<stored::v1::StageRow>> FullView::Stage(absl::string_view zone_id) const {
  return ReadRow<stored::v1::StageRow>(reader_, layout::Stage(zone_id), "stage");
}

absl::StatusOr<std::vector<stored::v1::StageRow>> FullView::Stages() const {
  const std::string prefix = layout::Stage("");
  std::vector<stored::v1::StageRow> stages;
  std::unique_ptr<store::Iterator> it = reader_.Scan(prefix, store::PrefixEnd(prefix));
  for (; it->Valid(); it->Next()) {
    const absl::string_view value = it->value();
    if (!stages.emplace_back().ParseFromArray(value.data(), static_cast<int>(value.size())))
      return Damaged("stage");
  }
  if (!it->status().ok()) return it->status();
  return stages;
}

absl::StatusOr<std::optional<stored::v1::ChangeRow>> FullView::Change(absl::string_view change_id) const {
  return ReadRow<stored::v1::ChangeRow>(reader_, layout::Change(change_id), "change row");
}

absl::StatusOr<std::vector<FullView::PendingChange>> FullView::PendingChanges() const {
  std::vector<PendingChange> changes;
  std::unique_ptr<store::Iterator> it = reader_.Scan("p", store::PrefixEnd("p"));
  for (; it->Valid(); it->Next()) {
    const absl::string_view key = it->key();
    if (key.size() < 9) return Damaged("pending change");
    changes.push_back(
        {layout::ReadBigEndian64(key.substr(1, 8)), std::string(key.substr(9)), std::string(it->value())});
  }
  if (!it->status().ok()) return it->status();
  return changes;
}

absl::StatusOr<std::optional<stored::v1::RequestRow>> FullView::Request(absl::string_view account,
                                                                        absl::string_view principal,
                                                                        absl::string_view request_id) const {
  return ReadRow<stored::v1::RequestRow>(reader_, layout::Request(account, principal, request_id),
                                         "request row");
}

}  // namespace quartet::replication
