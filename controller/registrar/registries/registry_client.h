// What is asked of one registry, and what became of it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/registrar/epp/command.h"
#include "controller/registrar/epp/contact.h"
#include "controller/registrar/epp/domain.h"
#include "controller/registrar/epp/host.h"
#include "controller/registrar/epp/response.h"
#include "controller/registrar/registries/registry_config.h"
#include "controller/registrar/registries/verdict.h"
#include "replication/base/clock.h"

namespace quartet::controller {

// Thread-safe; every call blocks until its verdict is there.
class RegistryClient {
 public:
  virtual ~RegistryClient() = default;
  virtual const RegistryConfig& config() const = 0;

  virtual Answer<std::vector<epp::Availability>> CheckDomains(const std::vector<std::string>& names) = 0;
  // 2303: kRefused.
  virtual Answer<epp::DomainInfo> DomainInfo(const std::string& name, const std::string& auth_info = {}) = 0;
  virtual Answer<epp::DomainDates> CreateDomain(const epp::DomainCreate& create) = 0;
  virtual Answer<epp::DomainDates> RenewDomain(const std::string& name, const std::string& current_expiry,
                                               uint32_t years) = 0;
  virtual Verdict UpdateDomain(const epp::DomainUpdate& update) = 0;
  virtual Verdict DeleteDomain(const std::string& name) = 0;
  // As epp::MakeDomainTransfer.
  virtual Answer<epp::DomainTransfer> Transfer(epp::TransferOp op, const std::string& name,
                                               const std::string& auth_info = {}, uint32_t years = 0) = 0;

  // Makes the host object, or gives it these addresses where it has others (refused where it is not ours to change).
  // Addresses only as glue is wanted (glue.h); without, any host object of that name will do. Done at once for what this
  // client has seen to be so already, and where the registry has no host objects.
  virtual Verdict EnsureHost(const epp::DomainHost& host) = 0;
  virtual Verdict DeleteHost(const std::string& name) = 0;
  // The same for a contact. Without an authInfo it gets a random one.
  virtual Verdict EnsureContact(const epp::Contact& contact) = 0;

  // The first message that waits; no value: there is none.
  struct Message {
    epp::MessageQueue queue;
    // What it tells the end of, if it does.
    std::optional<epp::DomainPendingResult> pending;
    std::optional<epp::DomainTransfer> transfer;
  };
  virtual Answer<Message> Poll() = 0;
  virtual Verdict Acknowledge(const std::string& message_id) = 0;

  // About once a minute: keeps idle sessions alive.
  virtual void KeepAlive() = 0;
  // What the last attempt to make a session came to; kDone: there is one, or could be.
  virtual Verdict state() = 0;
};

// Over EPP and TLS. `random` must outlive it. INVALID_ARGUMENT: a certificate, key or CA that can't be read.
absl::StatusOr<std::unique_ptr<RegistryClient>> MakeRegistryClient(const RegistryConfig& config,
                                                                   replication::Random& random);

// What runs its commands, as epp::ClientPool does. Thread-safe.
struct CommandRunner {
  std::function<absl::StatusOr<epp::Response>(const epp::Command& command)> run;
  std::function<void()> keep_alive = [] {};
};
// Over something else than TLS.
std::unique_ptr<RegistryClient> MakeRegistryClientOver(const RegistryConfig& config, CommandRunner runner,
                                                       replication::Random& random);

// All registries of a configuration. Thread-safe.
class Registries {
 public:
  using MakeFn = std::function<absl::StatusOr<std::unique_ptr<RegistryClient>>(const RegistryConfig& config)>;
  // Errors of `make`; INVALID_ARGUMENT: two registries of one name, or of one TLD.
  static absl::StatusOr<std::unique_ptr<Registries>> Make(RegistriesConfig config, const MakeFn& make);

  const RegistriesConfig& config() const { return config_; }
  // By the longest TLD that the name, "www.example.co.example", lies in: not the TLD itself. nullptr: none is configured.
  RegistryClient* Of(const std::string& domain_name) const;
  RegistryClient* Named(const std::string& name) const;
  const std::vector<std::unique_ptr<RegistryClient>>& all() const { return all_; }

 private:
  explicit Registries(RegistriesConfig config) : config_(std::move(config)) {}
  absl::Status Add(std::unique_ptr<RegistryClient> client);

  RegistriesConfig config_;
  std::vector<std::unique_ptr<RegistryClient>> all_;
  std::map<std::string, RegistryClient*> by_name_;
  std::map<std::string, RegistryClient*> by_tld_;
};

}  // namespace quartet::controller
