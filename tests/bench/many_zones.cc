#include "tests/bench/many_zones.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "controller/core.h"
#include "controller/service_store.h"
#include "replication/base/clock.h"
#include "replication/base/version.h"
#include "tests/bench/many_zones_name.h"

namespace quartet::tests {
namespace {

using controller::Controller;

absl::Status MakeZone(Controller& controller, const std::string& name, const std::string& file) {
  admin::v1::CreateZoneRequest request;
  request.set_domain_name(name);
  request.set_zone_file(file);
  return controller.CreateZone({"quartet://admin/bench"}, request).status();
}

// The first error, if there is one; nobody goes on after it.
absl::Status MakeAll(Controller& controller, const ManyZones& wanted) {
  const std::string file = ManyZonesFile(wanted.record_sets);
  std::atomic<int> next = 0;
  std::mutex mutex;
  absl::Status first;
  const auto make = [&] {
    for (int number; (number = next++) < wanted.zones;) {
      absl::Status status = MakeZone(controller, ManyZonesName(number), file);
      if (status.ok()) continue;
      next = wanted.zones;
      const std::lock_guard<std::mutex> lock(mutex);
      first.Update(std::move(status));
    }
  };
  std::vector<std::thread> callers(std::min(wanted.callers, wanted.zones));
  for (std::thread& caller : callers) caller = std::thread(make);
  for (std::thread& caller : callers) caller.join();
  return first;
}

}  // namespace

absl::Status MakeManyZones(const std::string& directory, const ManyZones& wanted) {
  absl::StatusOr<std::unique_ptr<store::Store>> store = controller::OpenServiceStore(directory);
  if (!store.ok()) return store.status();
  absl::StatusOr<std::unique_ptr<Controller>> controller =
      Controller::Open(*std::move(store), replication::SystemClock(), replication::SystemRandom(),
                       {"many-zones", std::string(replication::kVersion)});
  if (!controller.ok()) return controller.status();
  absl::Status made = MakeAll(**controller, wanted);
  (*controller)->Stop();
  return made;
}

}  // namespace quartet::tests
