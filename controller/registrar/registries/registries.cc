#include "absl/strings/str_cat.h"
#include "controller/registrar/registries/registry_client.h"

namespace quartet::controller {
namespace {

RegistryClient* Find(const std::map<std::string, RegistryClient*>& all, const std::string& key) {
  const auto found = all.find(key);
  return found == all.end() ? nullptr : found->second;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Registries>> Registries::Make(RegistriesConfig config, const MakeFn& make) {
  std::unique_ptr<Registries> registries(new Registries(std::move(config)));
  for (const RegistryConfig& one : registries->config_.registries) {
    absl::StatusOr<std::unique_ptr<RegistryClient>> client = make(one);
    if (!client.ok()) return client.status();
    if (absl::Status added = registries->Add(*std::move(client)); !added.ok()) return added;
  }
  return registries;
}

absl::Status Registries::Add(std::unique_ptr<RegistryClient> client) {
  const RegistryConfig& config = client->config();
  if (!by_name_.emplace(config.name, client.get()).second)
    return absl::InvalidArgumentError(absl::StrCat("two registries are called ", config.name));
  for (const std::string& tld : config.tlds) {
    const auto [there, is_new] = by_tld_.emplace(tld, client.get());
    if (is_new) continue;
    return absl::InvalidArgumentError(absl::StrCat("registries ", there->second->config().name, " and ",
                                                   config.name, " are both said to run .", tld));
  }
  all_.push_back(std::move(client));
  return absl::OkStatus();
}

RegistryClient* Registries::Of(const std::string& domain_name) const {
  for (size_t dot = domain_name.find('.'); dot != std::string::npos; dot = domain_name.find('.', dot + 1)) {
    if (RegistryClient* const client = Find(by_tld_, domain_name.substr(dot + 1))) return client;
  }
  return nullptr;
}

RegistryClient* Registries::Named(const std::string& name) const { return Find(by_name_, name); }

}  // namespace quartet::controller
