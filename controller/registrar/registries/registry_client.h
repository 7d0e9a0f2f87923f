// What is asked of one registry, and what became of it: EPP's answers (RFC 5730 §3) as what is to be done next.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controller/registrar/epp/contact.h"
#include "controller/registrar/epp/domain.h"
#include "controller/registrar/epp/host.h"
#include "controller/registrar/epp/response.h"
#include "controller/registrar/registries/registry_config.h"

namespace quartet::controller {

// What became of a command.
struct Verdict {
  enum class Kind {
    // 1xxx but 1001.
    kDone,
    // 1001: the registry decides later, and tells by poll.
    kPending,
    // The registry says no, and will say so again: 2xxx but those below.
    kRefused,
    // It was not done, and may be tried again: no session could be made, 2400, 2500, 2502.
    kLater,
    // It may have been done or not: the session ended before the answer came.
    kUnknown,
    // It was not done, and will not be before somebody mends the configuration: 2200, 2501, a certificate.
    kConfiguration,
  };
  Kind kind = Kind::kLater;
  // The registry's; 0: it did not answer.
  int code = 0;
  // For people: "2302 Object exists".
  std::string message;

  bool done() const { return kind == Kind::kDone; }
};

// A verdict, and where it is kDone (or kPending, as far as the registry tells it then) what was answered.
template <typename T>
struct Answer {
  Verdict verdict;
  std::optional<T> value;
};

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
  virtual Answer<epp::DomainTransfer> Transfer(epp::TransferOp op, const std::string& name,
                                               const std::string& auth_info = {}) = 0;

  // Makes the host object, or gives it these addresses where it is ours and has others. Addresses only as glue is wanted: the
  // name lies in one of the registry's TLDs. Done at once for what this client has seen to be so already, and where the registry has
  // no host objects.
  virtual Verdict EnsureHost(const epp::DomainHost& host) = 0;
  virtual Verdict DeleteHost(const std::string& name) = 0;
  // The same for a contact.
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

// All registries of a configuration. Thread-safe.
class Registries {
 public:
  using MakeFn = std::function<absl::StatusOr<std::unique_ptr<RegistryClient>>(const RegistryConfig& config)>;
  static absl::StatusOr<std::unique_ptr<Registries>> Make(RegistriesConfig config, const MakeFn& make);

  const RegistriesConfig& config() const { return config_; }
  // By the longest TLD that the name, "www.example.co.example", lies in: not the TLD itself. nullptr: none is configured.
  RegistryClient* Of(const std::string& domain_name) const;
  RegistryClient* Named(const std::string& name) const;
  const std::vector<std::unique_ptr<RegistryClient>>& all() const { return all_; }

 private:
  explicit Registries(RegistriesConfig config) : config_(std::move(config)) {}
  RegistriesConfig config_;
  std::vector<std::unique_ptr<RegistryClient>> all_;
};

}  // namespace quartet::controller
