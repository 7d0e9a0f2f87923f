// What has to be sent to a registry so that a domain becomes what is wanted of it. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "controller/registrar/epp/domain.h"

namespace quartet::controller {

// While it has this one, a domain's updates are refused, but for those that take it away (RFC 5731 §2.3).
inline constexpr absl::string_view kUpdateProhibited = "clientUpdateProhibited";

// What is wanted; what is not named stays as it is.
struct DomainTarget {
  // All of its nameservers.
  std::optional<std::vector<epp::DomainHost>> hosts;
  std::vector<std::string> set_statuses;
  std::vector<std::string> clear_statuses;
  epp::SecDns add_sec_dns;
  epp::SecDns remove_sec_dns;
  std::optional<std::string> auth_info;
  // Who registers, if not empty; and all its other contacts.
  std::string registrant;
  std::optional<std::vector<epp::DomainContact>> contacts;
};

// The difference only: what is there already, or is not, registries refuse (2306). nullopt: it is so.
std::optional<epp::DomainUpdate> DifferenceTo(const DomainTarget& target, const epp::DomainInfo& info,
                                              epp::HostModel model);

struct NextUpdate {
  epp::DomainUpdate update;
  // It takes kUpdateProhibited away, though that is to stay: whoever sends it has to see to it that it comes back.
  bool unlocks = false;
  // Behind it the domain is as it is wanted.
  bool last = false;
};
// What is to be sent next. With `unlocked`, the lock was taken away for this target and is put back with it. nullopt: the
// domain is as it is wanted, its lock too.
std::optional<NextUpdate> NextUpdateTo(const DomainTarget& target, const epp::DomainInfo& info,
                                       epp::HostModel model, bool unlocked);

}  // namespace quartet::controller
