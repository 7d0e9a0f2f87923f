#include "controller/registrar/operations/kinds/domain_difference.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "controller/registrar/registries/glue.h"

namespace quartet::controller {
namespace {

template <typename T>
bool Contains(const std::vector<T>& all, const T& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

// The elements of `all` that are in `others`, or that are not.
template <typename T>
std::vector<T> Those(const std::vector<T>& all, const std::vector<T>& others, bool in_others) {
  std::vector<T> those;
  for (const T& one : all) {
    if (Contains(others, one) == in_others && !Contains(those, one)) those.push_back(one);
  }
  return those;
}

// As they are compared, however registries write them.
std::vector<epp::DomainHost> Canonical(const std::vector<epp::DomainHost>& hosts) {
  std::vector<epp::DomainHost> canonical;
  canonical.reserve(hosts.size());
  for (const epp::DomainHost& host : hosts)
    canonical.push_back({absl::AsciiStrToLower(host.name), CanonicalAddresses(host.addresses)});
  return canonical;
}

void AddHosts(const std::vector<epp::DomainHost>& wanted, const std::vector<epp::DomainHost>& there,
              epp::HostModel model, epp::DomainUpdate& update) {
  std::vector<epp::DomainHost> want = Canonical(wanted);
  std::vector<epp::DomainHost> have = Canonical(there);
  if (model == epp::HostModel::kObjects) {
    for (epp::DomainHost& host : want) host.addresses.clear();
    for (epp::DomainHost& host : have) host.addresses.clear();
  }
  update.add_hosts = Those(want, have, false);
  // An attribute with other addresses is taken away and put there anew.
  update.remove_hosts = Those(have, want, false);
}

bool IsEmpty(const epp::DomainUpdate& update) {
  return update.add_hosts.empty() && update.remove_hosts.empty() && update.add_statuses.empty() &&
         update.remove_statuses.empty() && !update.auth_info.has_value() && update.add_sec_dns.empty() &&
         update.remove_sec_dns.empty() && !update.registrant.has_value() && update.add_contacts.empty() &&
         update.remove_contacts.empty();
}

// Whether it does nothing but lift the lock.
bool OnlyUnlocks(epp::DomainUpdate update) {
  if (update.remove_statuses != std::vector<std::string>{std::string(kUpdateProhibited)}) return false;
  update.remove_statuses.clear();
  return IsEmpty(update);
}

}  // namespace

std::optional<epp::DomainUpdate> DifferenceTo(const DomainTarget& target, const epp::DomainInfo& info,
                                              epp::HostModel model) {
  epp::DomainUpdate update;
  update.name = info.name;
  update.host_model = model;
  if (target.hosts.has_value()) AddHosts(*target.hosts, info.hosts, model, update);
  update.add_statuses = Those(target.set_statuses, info.statuses, false);
  update.remove_statuses = Those(target.clear_statuses, info.statuses, true);
  update.add_sec_dns = {Those(target.add_sec_dns.ds, info.sec_dns.ds, false),
                        Those(target.add_sec_dns.keys, info.sec_dns.keys, false)};
  update.remove_sec_dns = {Those(target.remove_sec_dns.ds, info.sec_dns.ds, true),
                           Those(target.remove_sec_dns.keys, info.sec_dns.keys, true)};
  // Of a domain of ours it is not always told.
  if (target.auth_info != info.auth_info) update.auth_info = target.auth_info;
  if (!target.registrant.empty() && target.registrant != info.registrant)
    update.registrant = target.registrant;
  if (target.contacts.has_value()) {
    update.add_contacts = Those(*target.contacts, info.contacts, false);
    update.remove_contacts = Those(info.contacts, *target.contacts, false);
  }
  if (IsEmpty(update)) return std::nullopt;
  return update;
}

std::optional<NextUpdate> NextUpdateTo(const DomainTarget& target, const epp::DomainInfo& info,
                                       epp::HostModel model, bool unlocked) {
  const std::string lock(kUpdateProhibited);
  const bool lock_goes = Contains(target.clear_statuses, lock);
  DomainTarget with_lock = target;
  if (unlocked && !lock_goes && !Contains(with_lock.set_statuses, lock))
    with_lock.set_statuses.push_back(lock);
  std::optional<epp::DomainUpdate> update = DifferenceTo(with_lock, info, model);
  if (!update.has_value()) return std::nullopt;
  if (!info.HasStatus(kUpdateProhibited) || OnlyUnlocks(*update))
    return NextUpdate{*std::move(update), false, true};
  epp::DomainUpdate unlock;
  unlock.name = info.name;
  unlock.host_model = model;
  unlock.remove_statuses = {lock};
  return NextUpdate{std::move(unlock), !lock_goes, false};
}

}  // namespace quartet::controller
