// The admin API over gRPC: each service a thin coat around the controller's core. Admins only.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "controller/core.h"

namespace grpc {
class Service;
}

namespace quartet::controller {

class BackupMaker;
class DomainRequests;
class Restores;

// Thread-safe. Must outlive the server it is registered with, and not the controller.
class AdminServices {
 public:
  // The maker, the restores and the domains have to outlive it too. `domains`: nullptr: without DomainService.
  AdminServices(Controller& controller, BackupMaker& backups, Restores& restores, DomainRequests* domains);
  ~AdminServices();

  std::vector<grpc::Service*> services() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::unique_ptr<grpc::Service> MakeRecordSetService(Controller& controller);
std::unique_ptr<grpc::Service> MakeNameserverService(Controller& controller);
std::unique_ptr<grpc::Service> MakeDelegationSetService(Controller& controller);
std::unique_ptr<grpc::Service> MakeStatusService(Controller& controller);
std::unique_ptr<grpc::Service> MakeVerifyService(Controller& controller);
std::unique_ptr<grpc::Service> MakeHistoryService(RequestHost& host);

// ExportService.
struct ExportLimits {
  // At once.
  int calls = 8;
  // A client that takes nothing for so long has gone.
  std::chrono::milliseconds idle{60'000};
  // Of one export: it holds what was deleted meanwhile on the disk.
  std::chrono::milliseconds longest{3'600'000};
};
std::unique_ptr<grpc::Service> MakeExportService(RequestHost& host, const ExportLimits& limits);

class ImportThreads;
std::unique_ptr<grpc::Service> MakeZoneService(Controller& controller, ImportThreads& threads);
std::unique_ptr<grpc::Service> MakeBackupService(BackupMaker& backups, Restores& restores);

class WatchPump;
std::unique_ptr<grpc::Service> MakeChangeService(Controller& controller, WatchPump& pump);
std::unique_ptr<grpc::Service> MakeNodeService(Controller& controller, WatchPump& pump);
std::unique_ptr<grpc::Service> MakeWatchService(Controller& controller, WatchPump& pump);

// DomainService.
struct DomainLimits {
  // Calls that wait for a registry, at once: each holds a thread meanwhile. More are refused.
  int asking = 16;
};
std::unique_ptr<grpc::Service> MakeDomainService(DomainRequests& domains, WatchPump& pump,
                                                 const DomainLimits& limits);

}  // namespace quartet::controller
