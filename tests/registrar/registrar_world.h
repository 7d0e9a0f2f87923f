// A controller over memory with nameservers whose nodes acknowledge what they are told, a sandbox registry, and the registrar's
// driver between them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "controller/core.h"
#include "controller/registrar/operations/operation_driver.h"
#include "controller/registrar/registries/registry_client.h"
#include "controller/registrar/upkeep/upkeep.h"
#include "controller/sequencer/plan_fixture.h"
#include "quartet/stored/v1/domain.pb.h"
#include "replication/base/position.h"
#include "tests/registrar/fragile_registry.h"
#include "tests/registrar/registry_config_of.h"
#include "tests/registrar/shifted_clock.h"
#include "tests/sandbox_registry/registry_fixture.h"

namespace quartet::controller {

// Four stripes with domains "quartet-a.test" to "quartet-d.test" and `slots` nameservers each, of one node each. TLDs "test" (thin, host
// objects), "thick" (contacts, host attributes, keys) and "slow" (what is created or deleted there is pending).
class RegistrarWorld {
 public:
  explicit RegistrarWorld(int slots = 1);
  ~RegistrarWorld();

  Controller& controller() { return *controller_; }
  RequestHost& host() { return controller_->host(); }
  const store::Store& replica() { return controller_->host().replica(); }
  ShiftedClock& clock() { return clock_; }
  sandbox::RunningRegistry& running() { return running_; }
  sandbox::Registry& registry() { return running_.registry(); }
  // What the driver uses; its registry is called "sandbox".
  FragileRegistry& fragile() { return *fragile_; }
  const Registries& registries() { return *registries_; }
  OperationDriver& driver() { return *driver_; }
  // Another client of the registry: "theirs".
  RegistryClient& theirs() { return *theirs_; }

  // As a controller that dies and is started anew: nothing but the log is left of the driver (and of the upkeep, if it runs).
  void Restart();
  void StartUpkeep();
  Upkeep& upkeep() { return *upkeep_; }

  void AddNameserver(const std::string& stripe, int slot, const std::vector<std::string>& addresses);
  // From now on its node acknowledges nothing, or all again.
  void SetAway(const std::string& nameserver, bool away);

  // The id of the operation that was logged.
  std::string Submit(stored::v1::DomainOperationKind kind, const std::string& domain,
                     const stored::v1::DomainWish& wish = {});
  // Waits until it has ended.
  stored::v1::DomainOperationRow AwaitEnd(const std::string& operation);
  // Both. The test fails unless it has succeeded.
  stored::v1::DomainOperationRow Do(stored::v1::DomainOperationKind kind, const std::string& domain,
                                    const stored::v1::DomainWish& wish = {});
  // Registers it, with a zone of its own.
  void Register(const std::string& domain);
  // Waits until it is so, looking after each commit.
  void AwaitCommitted(const std::string& what, const std::function<bool()>& is_so);

  // nullopt: we have none of that name.
  std::optional<stored::v1::DomainRow> Domain(const std::string& name);
  // Of its nameservers as the registry delegates it.
  std::vector<std::string> NameserversAtRegistry(const std::string& domain);

 private:
  void StartDriver();
  void Acknowledge();
  void RunNodes();

  ShiftedClock clock_;
  SeededRandom random_;
  sandbox::RunningRegistry running_;
  std::unique_ptr<Controller> controller_;
  std::unique_ptr<RegistryClient> real_;
  std::unique_ptr<RegistryClient> theirs_;
  FragileRegistry* fragile_ = nullptr;
  std::unique_ptr<Registries> registries_;
  std::unique_ptr<OperationDriver> driver_;
  std::unique_ptr<Upkeep> upkeep_;

  std::mutex mutex_;
  std::condition_variable moved_;
  bool stop_ = false;
  replication::Position head_;
  uint64_t commits_ = 0;
  uint64_t acknowledged_commits_ = 0;
  // Nodes by nameserver.
  std::set<std::string> nameservers_;
  std::set<std::string> away_;
  std::thread nodes_;
};

}  // namespace quartet::controller
