#include "controller/roster/roster.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "quartet/stored/v1/entry.pb.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using replication::FullView;

template <typename Row>
absl::Status AddRow(const FullView::ObjectRow& object, const std::string& id,
                    std::map<std::string, Versioned<Row>>& rows) {
  Versioned<Row> versioned;
  versioned.revision = object.revision;
  if (!versioned.row.ParseFromString(object.row)) {
    return absl::DataLossError(absl::StrCat("the replica holds a damaged row of ", id));
  }
  rows.emplace(id, std::move(versioned));
  return absl::OkStatus();
}

template <typename Row>
absl::Status ReadRows(const store::Reader& reader, stored::v1::ObjectKind kind,
                      std::map<std::string, Versioned<Row>>& rows) {
  absl::StatusOr<std::vector<FullView::ObjectRow>> objects = FullView(reader).ListObjects(kind);
  if (!objects.ok()) return objects.status();
  for (const FullView::ObjectRow& object : *objects) {
    if (absl::Status status = AddRow(object, object.id, rows); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Roster> ReadRoster(const store::Reader& reader) {
  Roster roster;
  absl::Status status = ReadRows(reader, stored::v1::OBJECT_KIND_STRIPE, roster.stripes);
  if (status.ok()) status = ReadRows(reader, stored::v1::OBJECT_KIND_NAMESERVER, roster.nameservers);
  if (status.ok()) status = ReadRows(reader, stored::v1::OBJECT_KIND_NODE, roster.nodes);
  if (!status.ok()) return status;
  for (const auto& [id, node] : roster.nodes) {
    if (node.row.state() == stored::v1::NODE_STATE_DRAINED) continue;
    roster.by_nameserver[node.row.nameserver()].push_back(id);
    if (IsCounted(node.row)) roster.counted[node.row.nameserver()].push_back(id);
  }
  return roster;
}

absl::StatusOr<Roster> ReadNameserversOf(const store::Reader& reader, const stored::v1::ZoneRow& zone) {
  Roster roster;
  for (const stored::v1::Assignment& assignment : zone.assignments()) {
    const std::string& id = assignment.target();
    absl::StatusOr<std::optional<FullView::ObjectRow>> object =
        FullView(reader).GetObject(stored::v1::OBJECT_KIND_NAMESERVER, id);
    if (!object.ok()) return object.status();
    if (!object->has_value()) continue;
    if (absl::Status status = AddRow(**object, id, roster.nameservers); !status.ok()) return status;
  }
  return roster;
}

absl::StatusOr<Roster> ReadCounted(const store::Reader& reader, const Roster& committed,
                                   const std::vector<std::string>& nameservers) {
  Roster roster;
  for (const std::string& nameserver : nameservers) {
    const auto nodes = committed.by_nameserver.find(nameserver);
    if (nodes == committed.by_nameserver.end() || roster.counted.count(nameserver) != 0) continue;
    std::vector<std::string>& counted = roster.counted[nameserver];
    for (const std::string& id : nodes->second) {
      absl::StatusOr<std::optional<FullView::ObjectRow>> object =
          FullView(reader).GetObject(stored::v1::OBJECT_KIND_NODE, id);
      if (!object.ok()) return object.status();
      if (!object->has_value()) continue;
      stored::v1::NodeRow row;
      if (!row.ParseFromString((*object)->row))
        return absl::DataLossError(absl::StrCat("the replica holds a damaged row of ", id));
      if (IsCounted(row)) counted.push_back(id);
    }
  }
  return roster;
}

bool IsCounted(const stored::v1::NodeRow& node) {
  return node.state() == stored::v1::NODE_STATE_COUNTED || node.state() == stored::v1::NODE_STATE_DRAINING;
}

int StripeIndex(absl::string_view id) {
  return id.size() == 1 && id[0] >= 'a' && id[0] <= 'd' ? id[0] - 'a' : -1;
}

}  // namespace quartet::controller
