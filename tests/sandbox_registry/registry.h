// The sandbox registry without its network: messages in, messages out, its objects in a store.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "replication/base/clock.h"
#include "replication/store/store.h"
#include "tests/sandbox_registry/registry.pb.h"
#include "tests/sandbox_registry/reply.h"
#include "tests/sandbox_registry/tld.h"

namespace quartet::sandbox {

// Thread-safe: one command at a time. `store` and `clock` must outlive it.
class Registry {
 public:
  Registry(RegistryConfig config, store::Store& store, replication::Clock& clock);

  const RegistryConfig& config() const { return config_; }
  int64_t now_us() const;

  // One connection. Not thread-safe; its registry must outlive it.
  class Session {
   public:
    explicit Session(Registry& registry) : registry_(registry) {}
    ~Session();

    // What is said first.
    std::string Greeting() const;
    // What is answered to a message, however ill-formed that is.
    std::string Answer(absl::string_view message);
    // The connection is to be closed once that is sent.
    bool ended() const { return ended_; }
    const std::string& client() const { return client_; }

   private:
    struct Command;
    Reply Execute(const Command& command);
    Reply LogIn(const Command& command);
    Reply Poll(const Command& command);
    Reply OnObject(const Command& command);

    Registry& registry_;
    std::string client_;
    bool ended_ = false;
  };

  // `changed` is called after each command, or settlement, that changed a TLD's delegations, with its name; it must not
  // call the registry but for Delegations.
  void set_on_changed(std::function<void(const std::string& tld)> changed) { changed_ = std::move(changed); }
  // Ends what is due: transfers, pending creations and deletions. Called before each command too.
  void Settle();
  // Domains of a TLD, and the host objects that lie under it.
  std::vector<Domain> Domains(const std::string& tld) const;
  std::optional<Domain> FindDomain(const std::string& name) const;
  std::optional<Host> FindHost(const std::string& name) const;

 private:
  void SettleLocked();
  bool EnterSession(const std::string& client);
  void LeaveSession(const std::string& client);

  const RegistryConfig config_;
  store::Store& store_;
  replication::Clock& clock_;
  std::function<void(const std::string& tld)> changed_;
  mutable std::mutex mutex_;
  std::map<std::string, size_t> sessions_;
  uint64_t answered_ = 0;
};

}  // namespace quartet::sandbox
