// Host objects and contacts that commands on domains rest on: made, or brought to what is wanted.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/registrar/epp/command.h"
#include "controller/registrar/epp/contact.h"
#include "controller/registrar/epp/domain.h"
#include "controller/registrar/epp/response.h"
#include "controller/registrar/registries/seen_objects.h"
#include "controller/registrar/registries/verdict.h"
#include "replication/base/clock.h"

namespace quartet::controller {

// Each kind by check, then create or info, then update if there is a difference: so that whatever a lost reply left is gone
// on with. What was seen to be so is not asked for again. Thread-safe.
class ObjectKeeper {
 public:
  using RunFn = std::function<absl::StatusOr<epp::Response>(const epp::Command& command)>;

  // `random` must outlive it. `run` is called by whatever thread calls this.
  ObjectKeeper(RunFn run, replication::Random& random) : run_(std::move(run)), random_(random) {}

  // As RegistryClient's.
  Verdict EnsureHost(const epp::DomainHost& host);
  Verdict DeleteHost(const std::string& name);
  Verdict EnsureContact(const epp::Contact& contact);

  // The domain is gone from the registry, and its host objects with it.
  void DomainIsGone(const std::string& domain) { hosts_.ForgetWithin(domain); }
  // A command was answered that something it names is not there.
  void SomethingIsMissing() {
    hosts_.ForgetAll();
    contacts_.ForgetAll();
  }

 private:
  // `exists`: what a check said of the host.
  Verdict MakeOrMendHost(const epp::DomainHost& host, bool exists);
  Verdict MendHost(const epp::DomainHost& host);
  Verdict MakeOrMendContact(const epp::Contact& contact, bool exists);
  Verdict MendContact(const epp::Contact& contact);

  const RunFn run_;
  replication::Random& random_;
  SeenObjects hosts_;
  SeenObjects contacts_;
};

}  // namespace quartet::controller
