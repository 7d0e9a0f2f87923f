#include "controller/services/services.h"

#include <grpcpp/impl/codegen/service_type.h>

#include <chrono>

#include "controller/services/import_threads.h"
#include "controller/services/watch_pump.h"

namespace quartet::controller {
namespace {

// Changes are told at once and rarely move more than a few times; nodes move with every acknowledgement.
constexpr std::chrono::microseconds kChangeInterval(0);
constexpr std::chrono::microseconds kNodeInterval(10'000);

// Above the imports that are taken (ZoneImporter), so that those above are refused by it.
constexpr size_t kMostImportThreads = 16;

}  // namespace

struct AdminServices::State {
  State(Controller& controller, BackupMaker& backups, Restores& restores, DomainRequests* domains)
      : change_pump(kChangeInterval),
        node_pump(kNodeInterval),
        watch_pump(kChangeInterval),
        domain_pump(kChangeInterval) {
    services.push_back(MakeZoneService(controller, import_threads));
    services.push_back(MakeRecordSetService(controller));
    services.push_back(MakeChangeService(controller, change_pump));
    services.push_back(MakeNameserverService(controller));
    services.push_back(MakeDelegationSetService(controller));
    services.push_back(MakeNodeService(controller, node_pump));
    services.push_back(MakeStatusService(controller));
    services.push_back(MakeVerifyService(controller));
    services.push_back(MakeHistoryService(controller.host()));
    services.push_back(MakeExportService(controller.host(), {}));
    services.push_back(MakeWatchService(controller, watch_pump));
    services.push_back(MakeBackupService(backups, restores));
    if (domains != nullptr) services.push_back(MakeDomainService(*domains, domain_pump, {}));
  }

  ImportThreads import_threads{kMostImportThreads};
  WatchPump change_pump;
  WatchPump node_pump;
  // Of its own: it reads the log.
  WatchPump watch_pump;
  WatchPump domain_pump;
  std::vector<std::unique_ptr<grpc::Service>> services;
};

AdminServices::AdminServices(Controller& controller, BackupMaker& backups, Restores& restores,
                             DomainRequests* domains)
    : state_(std::make_unique<State>(controller, backups, restores, domains)) {}
AdminServices::~AdminServices() = default;

std::vector<grpc::Service*> AdminServices::services() const {
  std::vector<grpc::Service*> services;
  for (const auto& service : state_->services) services.push_back(service.get());
  return services;
}

}  // namespace quartet::controller
