// The controller's database: made once, by `quartet-controller init`, and only ever opened by `run`.
//
// A controller that made itself a new service wherever it finds none would turn a lost directory, or a mistyped one, into
// an empty service with a newer epoch: nodes would be told to forget their zones (docs/adr/0010-services-are-founded.md).
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Memory for blocks of the database's tables, unless told otherwise: what 10,000 zones of 20 record sets take on the disk fits.
inline constexpr size_t kBlockCacheBytes = size_t{256} << 20;

// Makes `data` the database of a new service without zones, and writes its first entry as controller `name`.
// FAILED_PRECONDITION: a service is there already; else as OpenRocksStore.
absl::Status InitService(const std::string& data, const std::string& name);

// `status`, and what the operator can do about it, where it says that the service in `data` is damaged or not there.
absl::Status WithWayOut(const absl::Status& status, const std::string& data);

// Opens the database of the service in `data`. NOT_FOUND: there is none; DATA_LOSS: it is damaged. Both say what to do. Else
// as OpenRocksStore.
absl::StatusOr<std::unique_ptr<store::Store>> OpenServiceStore(const std::string& data,
                                                               size_t block_cache_bytes = kBlockCacheBytes);

}  // namespace quartet::controller
