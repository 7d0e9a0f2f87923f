// A sandbox registry in the test's own process, at the end of a bad line.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "controller/registrar/registries/registry_client.h"
#include "replication/base/clock.h"
#include "replication/store/memory_store.h"
#include "tests/sandbox_registry/registry.h"

namespace quartet::controller {

// What becomes of one command.
struct Fault {
  enum class Kind {
    kNone,
    // It does not reach the registry, and neither does an answer.
    kLostBefore,
    // The registry does it, and its answer is lost.
    kLostAfter,
    // The registry answers this, and does nothing.
    kAnswer,
    // No session can be made.
    kDown,
  };
  Kind kind = Kind::kNone;
  int code = 0;
};

// Thread-safe. It has the TLDs "shop", "slow" (create is pending for a second of `clock`) and "thick"; the label "nic" is
// reserved in each.
class FaultyRegistry {
 public:
  // "domain:create", "host:check", … and the command's number, from 0 on. Called with no lock held.
  using FaultFn = std::function<Fault(const std::string& command, size_t number)>;

  explicit FaultyRegistry(replication::Clock& clock);

  // Every command's fault from now on; nullptr: there is none.
  void set_faults(FaultFn faults);
  // Commands that came so far, in order.
  std::vector<std::string> commands() const;
  // As the client "theirs"; the response's code.
  int AsTheirs(const epp::Command& command);

  sandbox::Registry& registry() { return registry_; }

  // The stanza, and a client of it.
  static RegistryConfig Config(size_t sessions = 2);
  static RegistriesConfig Configs();
  std::unique_ptr<RegistryClient> MakeClient(const RegistryConfig& config, replication::Random& random);

 private:
  absl::StatusOr<epp::Response> Run(const epp::Command& command);

  store::MemoryStore store_;
  sandbox::Registry registry_;
  mutable std::mutex mutex_;
  FaultFn faults_;
  std::vector<std::string> commands_;
  size_t sent_ = 0;
  std::unique_ptr<sandbox::Registry::Session> ours_;
  std::unique_ptr<sandbox::Registry::Session> theirs_;
};

}  // namespace quartet::controller
