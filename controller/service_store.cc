#include "controller/service_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/core.h"
#include "replication/base/clock.h"
#include "replication/base/version.h"
#include "replication/log/log_state.h"
#include "replication/store/rocks_store.h"

namespace quartet::controller {
namespace {

absl::StatusOr<bool> HoldsService(const store::Store& store) {
  const auto state = replication::ReadLogState(store);
  if (!state.ok()) return state.status();
  return state->has_value();
}

}  // namespace

absl::Status WithWayOut(const absl::Status& status, const std::string& data) {
  if (absl::IsDataLoss(status)) {
    return absl::DataLossError(absl::StrCat(
        status.message(), ". What to do: move ", data,
        " away and bring the service back from a backup (quartet-controller restore --help); the nodes go on "
        "answering meanwhile"));
  }
  if (absl::IsNotFound(status)) {
    return absl::NotFoundError(absl::StrCat(
        "there is no service in ", data,
        ". What to do: check --data; to bring a lost service back, restore a backup of it "
        "(quartet-controller restore --help); for a new one, make it with quartet-controller init"));
  }
  return status;
}

absl::Status InitService(const std::string& data, const std::string& name) {
  absl::StatusOr<std::unique_ptr<store::Store>> store = store::OpenRocksStore(data);
  if (!store.ok()) return store.status();
  const absl::StatusOr<bool> there = HoldsService(**store);
  if (!there.ok()) return there.status();
  if (*there) {
    return absl::FailedPreconditionError(
        absl::StrCat("there is a service in ", data, " already: start it with quartet-controller run"));
  }
  absl::StatusOr<std::unique_ptr<Controller>> controller =
      Controller::Open(*std::move(store), replication::SystemClock(), replication::SystemRandom(),
                       {.name = name, .version = std::string(replication::kVersion)});
  if (!controller.ok()) return controller.status();
  (*controller)->Stop();
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<store::Store>> OpenServiceStore(const std::string& data,
                                                               size_t block_cache_bytes) {
  absl::StatusOr<std::unique_ptr<store::Store>> store =
      store::OpenRocksStore(data, {.block_cache_bytes = block_cache_bytes, .create = false});
  if (!store.ok()) return WithWayOut(store.status(), data);
  const absl::StatusOr<bool> there = HoldsService(**store);
  if (!there.ok()) return WithWayOut(there.status(), data);
  if (!*there) return WithWayOut(absl::NotFoundError(""), data);
  return store;
}

}  // namespace quartet::controller
