#include "controller/registrar/operations/kinds/contacts_step.h"

#include <map>

#include "absl/strings/str_cat.h"

namespace quartet::controller {
namespace {

struct RoleContact {
  std::string role;
  // nullptr: none of that name is configured.
  const epp::Contact* contact = nullptr;
};

std::vector<RoleContact> RolesOf(const StepContext& context) {
  std::map<std::string, std::string> names = context.registry.config().contacts;
  // Thin registries take none.
  if (names.empty()) return {};
  for (const stored::v1::DomainContactRow& asked : context.operation.wish().contacts())
    names[asked.role()] = asked.contact();
  const std::map<std::string, epp::Contact>& known = context.registries.config().contacts;
  std::vector<RoleContact> contacts;
  for (const auto& [role, name] : names) {
    const auto found = known.find(name);
    contacts.push_back({role, found == known.end() ? nullptr : &found->second});
  }
  return contacts;
}

}  // namespace

std::optional<StepResult> EnsureContacts(const StepContext& context) {
  for (const RoleContact& one : RolesOf(context)) {
    if (one.contact == nullptr) {
      return StepResult::Later(absl::StrCat("the contact that is to be its ", one.role,
                                            " is not configured any more: configure it again, and restart"));
    }
    const Verdict verdict = context.registry.EnsureContact(*one.contact);
    if (!verdict.done()) return NotDone(verdict, absl::StrCat("contact ", one.contact->id));
  }
  return std::nullopt;
}

DomainContacts ContactsOf(const StepContext& context) {
  DomainContacts contacts;
  for (const RoleContact& one : RolesOf(context)) {
    if (one.contact == nullptr) continue;
    if (one.role == "registrant") {
      contacts.registrant = one.contact->id;
    } else {
      contacts.others.push_back({one.role, one.contact->id});
    }
  }
  return contacts;
}

}  // namespace quartet::controller
