// A registry's client whose answers can be lost, and which can be there when the controller dies.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "controller/registrar/registries/registry_client.h"

namespace quartet::controller {

// What happens to a command.
enum class Blow {
  kNone,
  // It does not reach the registry, or its answer does not come back: nobody knows which.
  kLostBefore,
  kLostAfter,
  // The same, and no later one reaches the registry either, until Revive: the controller is dead.
  kDeadBefore,
  kDeadAfter,
};
inline bool IsDeath(Blow blow) { return blow == Blow::kDeadBefore || blow == Blow::kDeadAfter; }

// Thread-safe.
class FragileRegistry : public RegistryClient {
 public:
  // `real` must outlive it.
  explicit FragileRegistry(RegistryClient& real) : real_(real) {}

  // The `after`th command from now on (0: the next) is dealt the blow.
  void Strike(size_t after, Blow blow) {
    const std::lock_guard<std::mutex> lock(mutex_);
    blow_ = blow;
    left_ = after;
    struck_ = false;
    dead_ = false;
  }
  // Called by whatever thread sends the command that is struck. Set it once, before commands are sent.
  void set_on_struck(std::function<void()> struck) { on_struck_ = std::move(struck); }
  bool struck() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return struck_;
  }
  void Revive() { Strike(0, Blow::kNone); }
  // Names of the commands that were sent, "create a.test", since the last call.
  std::vector<std::string> TakeSent() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return std::exchange(sent_, {});
  }

  const RegistryConfig& config() const override { return real_.config(); }
  Answer<std::vector<epp::Availability>> CheckDomains(const std::vector<std::string>& names) override {
    return Run("check " + names.front(), [&] { return real_.CheckDomains(names); });
  }
  Answer<epp::DomainInfo> DomainInfo(const std::string& name, const std::string& auth_info) override {
    return Run("info " + name, [&] { return real_.DomainInfo(name, auth_info); });
  }
  Answer<epp::DomainDates> CreateDomain(const epp::DomainCreate& create) override {
    return Run("create " + create.name, [&] { return real_.CreateDomain(create); });
  }
  Answer<epp::DomainDates> RenewDomain(const std::string& name, const std::string& current_expiry,
                                       uint32_t years) override {
    return Run("renew " + name, [&] { return real_.RenewDomain(name, current_expiry, years); });
  }
  Verdict UpdateDomain(const epp::DomainUpdate& update) override {
    return Run("update " + update.name, [&] { return real_.UpdateDomain(update); });
  }
  Verdict DeleteDomain(const std::string& name) override {
    return Run("delete " + name, [&] { return real_.DeleteDomain(name); });
  }
  Answer<epp::DomainTransfer> Transfer(epp::TransferOp op, const std::string& name,
                                       const std::string& auth_info, uint32_t years) override {
    return Run("transfer " + name, [&] { return real_.Transfer(op, name, auth_info, years); });
  }
  Verdict EnsureHost(const epp::DomainHost& host) override {
    return Run("host " + host.name, [&] { return real_.EnsureHost(host); });
  }
  Verdict DeleteHost(const std::string& name) override {
    return Run("delete host " + name, [&] { return real_.DeleteHost(name); });
  }
  Verdict EnsureContact(const epp::Contact& contact) override {
    return Run("contact " + contact.id, [&] { return real_.EnsureContact(contact); });
  }
  Answer<Message> Poll() override {
    return Run("poll", [&] { return real_.Poll(); });
  }
  Verdict Acknowledge(const std::string& message_id) override {
    return Run("acknowledge " + message_id, [&] { return real_.Acknowledge(message_id); });
  }
  void KeepAlive() override { real_.KeepAlive(); }
  Verdict state() override { return real_.state(); }

 private:
  static Verdict& VerdictIn(Verdict& verdict) { return verdict; }
  template <typename T>
  static Verdict& VerdictIn(Answer<T>& answer) {
    return answer.verdict;
  }

  Blow Next(const std::string& command) {
    const std::lock_guard<std::mutex> lock(mutex_);
    sent_.push_back(command);
    if (dead_) return Blow::kDeadBefore;
    if (blow_ == Blow::kNone || struck_ || left_-- > 0) return Blow::kNone;
    struck_ = true;
    dead_ = IsDeath(blow_);
    return blow_;
  }
  void Tell() {
    if (on_struck_) on_struck_();
  }

  template <typename Command>
  auto Run(const std::string& name, Command command) -> decltype(command()) {
    const Blow blow = Next(name);
    decltype(command()) result;
    if (blow != Blow::kLostBefore && blow != Blow::kDeadBefore) result = command();
    if (blow == Blow::kNone) return result;
    result = {};
    VerdictIn(result) = {Verdict::Kind::kUnknown, 0, "the session ended"};
    Tell();
    return result;
  }

  RegistryClient& real_;
  std::function<void()> on_struck_;
  mutable std::mutex mutex_;
  Blow blow_ = Blow::kNone;
  size_t left_ = 0;
  bool struck_ = false;
  bool dead_ = false;
  std::vector<std::string> sent_;
};

}  // namespace quartet::controller
