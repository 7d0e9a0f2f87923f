// A controller over memory with nameservers whose nodes acknowledge what they are told, a sandbox registry, and the registrar's
// driver between them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
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

// Four stripes with domains "quartet-a.STRIPE_TLD" to "quartet-d.STRIPE_TLD" and `slots` nameservers each, of one node each. Registry
// "sandbox" runs TLDs "test" (thin, host objects) and "slow" (what is created or deleted there is pending for an hour),
// "thick" runs "thick" (contacts, host attributes, keys).
class RegistrarWorld {
 public:
  struct Options {
    int slots = 1;
    // "test": their registry is configured.
    std::string stripe_tld = "example";
  };
  RegistrarWorld() : RegistrarWorld(Options()) {}
  explicit RegistrarWorld(const Options& options);
  ~RegistrarWorld();

  Controller& controller() { return *controller_; }
  RequestHost& host() { return controller_->host(); }
  const store::Store& replica() { return controller_->host().replica(); }
  ShiftedClock& clock() { return clock_; }
  sandbox::RunningRegistry& running() { return running_; }
  sandbox::Registry& registry() { return running_.registry(); }
  // What the driver uses for "sandbox".
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

  // "www", with an address.
  void AddRecord(const std::string& zone_id);

  // The id of the operation that was logged.
  std::string Submit(stored::v1::DomainOperationKind kind, const std::string& domain,
                     const stored::v1::DomainWish& wish = {});
  // Waits until it has ended.
  stored::v1::DomainOperationRow AwaitEnd(const std::string& operation);
  // Waits until a command is struck, or the operation has ended without. Whether it is.
  bool AwaitStruckOrEnd(const std::string& operation);
  // Submits, and waits for the end. The test fails unless it has succeeded.
  stored::v1::DomainOperationRow Do(stored::v1::DomainOperationKind kind, const std::string& domain,
                                    const stored::v1::DomainWish& wish = {});
  // Registers it, with a zone of its own.
  void Register(const std::string& domain);
  // Waits until the operation is as it is told of, logged or not.
  void AwaitOperation(const std::string& operation, const std::string& what,
                      const std::function<bool(const stored::v1::DomainOperationRow&)>& is_so);
  // Waits until it is so, looking after each commit and each blow.
  void AwaitCommitted(const std::string& what, const std::function<bool()>& is_so);

  // nullopt: we have none of that name.
  std::optional<stored::v1::DomainRow> Domain(const std::string& name);
  // Of its nameservers as the registry delegates it.
  std::vector<std::string> NameserversAtRegistry(const std::string& domain);

 private:
  void MakeNameservers(const Options& options);
  void MakeRegistries();
  void StartDriver();
  void Acknowledge();
  void RunNodes();
  // Something may be so now.
  void Moved();

  ShiftedClock clock_;
  SeededRandom random_;
  sandbox::RunningRegistry running_;
  std::unique_ptr<Controller> controller_;
  // By name.
  std::map<std::string, std::unique_ptr<RegistryClient>> real_;
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
