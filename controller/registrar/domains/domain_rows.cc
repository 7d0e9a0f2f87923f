#include "controller/registrar/domains/domain_rows.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"

namespace quartet::controller {
namespace {

namespace layout = replication::layout;
using stored::v1::DomainOperationRow;
using stored::v1::DomainRow;
using stored::v1::ObjectKind;
using stored::v1::RegistryMessageRow;

constexpr size_t kRevisionBytes = 8;

absl::Status Damaged(absl::string_view what, absl::string_view id) {
  return absl::DataLossError(absl::StrCat("the replica holds a damaged row of ", what, " ", id));
}

template <typename Row>
absl::StatusOr<std::optional<Row>> Read(const store::Reader& reader, ObjectKind kind, absl::string_view what,
                                        absl::string_view id) {
  absl::StatusOr<std::optional<replication::FullView::ObjectRow>> object =
      replication::FullView(reader).GetObject(kind, id);
  if (!object.ok()) return object.status();
  if (!object->has_value()) return std::optional<Row>();
  Row row;
  if (!row.ParseFromString((*object)->row)) return Damaged(what, id);
  return std::optional<Row>(std::move(row));
}

template <typename Row>
absl::Status Visit(const store::Reader& reader, ObjectKind kind, absl::string_view what,
                   absl::string_view after, const std::function<bool(Row)>& visit) {
  const std::string prefix = layout::Object(kind, "");
  const std::string begin = after.empty() ? prefix : absl::StrCat(prefix, after, absl::string_view("\0", 1));
  const std::unique_ptr<store::Iterator> it = reader.Scan(begin, store::PrefixEnd(prefix));
  for (; it->Valid(); it->Next()) {
    const absl::string_view value = it->value();
    const absl::string_view id = it->key().substr(prefix.size());
    if (value.size() < kRevisionBytes) return Damaged(what, id);
    // Deleted: its revision stays.
    if (value.size() == kRevisionBytes) continue;
    Row row;
    if (!row.ParseFromArray(value.data() + kRevisionBytes, static_cast<int>(value.size() - kRevisionBytes))) {
      return Damaged(what, id);
    }
    if (!visit(std::move(row))) break;
  }
  return it->status();
}

// Of a deleted one too: an object's revision never falls.
absl::StatusOr<uint64_t> RevisionOf(const store::Reader& view, ObjectKind kind, absl::string_view id) {
  absl::StatusOr<std::optional<std::string>> bytes = view.Get(layout::Object(kind, id));
  if (!bytes.ok()) return bytes.status();
  if (!bytes->has_value() || (*bytes)->size() < kRevisionBytes) return 0;
  return layout::ReadBigEndian64(absl::string_view(**bytes).substr(0, kRevisionBytes));
}

// `row` empty: it is removed.
absl::Status AddEffect(const store::Reader& view, ObjectKind kind, absl::string_view id, std::string row,
                       Plan& plan) {
  absl::StatusOr<uint64_t> revision = RevisionOf(view, kind, id);
  if (!revision.ok()) return revision.status();
  stored::v1::ObjectEffect& object = *plan.entry.add_effects()->mutable_object();
  object.set_kind(kind);
  object.set_id(std::string(id));
  object.set_revision(*revision + 1);
  object.set_row(std::move(row));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<DomainRow>> ReadDomain(const store::Reader& reader, absl::string_view name) {
  return Read<DomainRow>(reader, stored::v1::OBJECT_KIND_DOMAIN, "domain", name);
}

absl::StatusOr<std::optional<DomainOperationRow>> ReadOperation(const store::Reader& reader,
                                                                absl::string_view id) {
  return Read<DomainOperationRow>(reader, stored::v1::OBJECT_KIND_DOMAIN_OPERATION, "operation", id);
}

absl::StatusOr<std::optional<RegistryMessageRow>> ReadRegistryMessage(const store::Reader& reader,
                                                                      absl::string_view id) {
  return Read<RegistryMessageRow>(reader, stored::v1::OBJECT_KIND_REGISTRY_MESSAGE, "a registry's message",
                                  id);
}

absl::Status VisitDomains(const store::Reader& reader, absl::string_view after,
                          const std::function<bool(DomainRow)>& visit) {
  return Visit(reader, stored::v1::OBJECT_KIND_DOMAIN, "domain", after, visit);
}

absl::Status VisitOperations(const store::Reader& reader, absl::string_view after,
                             const std::function<bool(DomainOperationRow)>& visit) {
  return Visit(reader, stored::v1::OBJECT_KIND_DOMAIN_OPERATION, "operation", after, visit);
}

absl::Status VisitRegistryMessages(const store::Reader& reader, absl::string_view after,
                                   const std::function<bool(RegistryMessageRow)>& visit) {
  return Visit(reader, stored::v1::OBJECT_KIND_REGISTRY_MESSAGE, "a registry's message", after, visit);
}

absl::Status PutDomain(const store::Reader& view, const DomainRow& row, Plan& plan) {
  return AddEffect(view, stored::v1::OBJECT_KIND_DOMAIN, row.name(), row.SerializeAsString(), plan);
}

absl::Status RemoveDomain(const store::Reader& view, absl::string_view name, Plan& plan) {
  return AddEffect(view, stored::v1::OBJECT_KIND_DOMAIN, name, "", plan);
}

absl::Status PutOperation(const store::Reader& view, const DomainOperationRow& row, Plan& plan) {
  return AddEffect(view, stored::v1::OBJECT_KIND_DOMAIN_OPERATION, row.id(), row.SerializeAsString(), plan);
}

absl::Status RemoveOperation(const store::Reader& view, absl::string_view id, Plan& plan) {
  return AddEffect(view, stored::v1::OBJECT_KIND_DOMAIN_OPERATION, id, "", plan);
}

absl::Status PutRegistryMessage(const store::Reader& view, const RegistryMessageRow& row, Plan& plan) {
  return AddEffect(view, stored::v1::OBJECT_KIND_REGISTRY_MESSAGE, RegistryMessageId(row),
                   row.SerializeAsString(), plan);
}

absl::Status RemoveRegistryMessage(const store::Reader& view, absl::string_view id, Plan& plan) {
  return AddEffect(view, stored::v1::OBJECT_KIND_REGISTRY_MESSAGE, id, "", plan);
}

std::string RegistryMessageId(const RegistryMessageRow& row) {
  return absl::StrCat(row.registry(), "/", row.id());
}

bool IsOver(const DomainOperationRow& operation) {
  return operation.state() == stored::v1::DOMAIN_OPERATION_STATE_SUCCESSFUL ||
         operation.state() == stored::v1::DOMAIN_OPERATION_STATE_FAILED;
}

}  // namespace quartet::controller
