// Domains, their operations and what registries said, as rows of a replica: read, listed and made effects of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/sequencer/proposal.h"
#include "quartet/stored/v1/domain.pb.h"
#include "quartet/stored/v1/entry.pb.h"
#include "replication/store/store.h"

namespace quartet::controller {

// All of these read what `reader` shows. DATA_LOSS: a stored row is damaged.

// nullopt: there is none of that name, or id.
absl::StatusOr<std::optional<stored::v1::DomainRow>> ReadDomain(const store::Reader& reader,
                                                                absl::string_view name);
absl::StatusOr<std::optional<stored::v1::DomainOperationRow>> ReadOperation(const store::Reader& reader,
                                                                            absl::string_view id);
absl::StatusOr<std::optional<stored::v1::RegistryMessageRow>> ReadRegistryMessage(const store::Reader& reader,
                                                                                  absl::string_view id);

// Rows in order of their ids, those above `after` (empty: from the first on), read one after another until `visit` returns
// false. Nothing is held but one row.
absl::Status VisitDomains(const store::Reader& reader, absl::string_view after,
                          const std::function<bool(stored::v1::DomainRow)>& visit);
// The latest first.
absl::Status VisitOperations(const store::Reader& reader, absl::string_view after,
                             const std::function<bool(stored::v1::DomainOperationRow)>& visit);
absl::Status VisitRegistryMessages(const store::Reader& reader, absl::string_view after,
                                   const std::function<bool(stored::v1::RegistryMessageRow)>& visit);

// Effects that make the row what is given, or remove it, in an entry planned against `view`. Each row once in a plan, as the
// view does not show what the plan holds.
absl::Status PutDomain(const store::Reader& view, const stored::v1::DomainRow& row, Plan& plan);
absl::Status RemoveDomain(const store::Reader& view, absl::string_view name, Plan& plan);
absl::Status PutOperation(const store::Reader& view, const stored::v1::DomainOperationRow& row, Plan& plan);
absl::Status RemoveOperation(const store::Reader& view, absl::string_view id, Plan& plan);
absl::Status PutRegistryMessage(const store::Reader& view, const stored::v1::RegistryMessageRow& row,
                                Plan& plan);
absl::Status RemoveRegistryMessage(const store::Reader& view, absl::string_view id, Plan& plan);

// "REGISTRY/MESSAGE".
std::string RegistryMessageId(const stored::v1::RegistryMessageRow& row);

// Whether it has ended.
bool IsOver(const stored::v1::DomainOperationRow& operation);

}  // namespace quartet::controller
