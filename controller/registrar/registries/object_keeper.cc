#include "controller/registrar/registries/object_keeper.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "controller/registrar/epp/host.h"
#include "controller/registrar/registries/glue.h"

namespace quartet::controller {
namespace {

constexpr int kExists = 2302;
constexpr int kDoesNotExist = 2303;

// What `read` finds in the data of a response.
template <typename Read>
auto Ask(const ObjectKeeper::RunFn& run, const epp::Command& command, Read read)
    -> Answer<typename decltype(read(std::declval<const epp::XmlElement&>()))::value_type> {
  const absl::StatusOr<epp::Response> response = run(command);
  Verdict verdict = VerdictOf(response);
  if (!verdict.done()) return {verdict, std::nullopt};
  if (!response->data().has_value())
    return {UnreadableVerdict(*response, absl::InvalidArgumentError("it has no data")), std::nullopt};
  auto value = read(*response->data());
  if (!value.ok()) return {UnreadableVerdict(*response, value.status()), std::nullopt};
  return {verdict, *std::move(value)};
}

// Whether the one object that a check asked for is there.
bool Exists(const Answer<std::vector<epp::Availability>>& check) {
  return std::any_of(check.value->begin(), check.value->end(),
                     [](const epp::Availability& one) { return !one.available; });
}

std::vector<std::string> Without(const std::vector<std::string>& all,
                                 const std::vector<std::string>& others) {
  std::vector<std::string> rest;
  std::set_difference(all.begin(), all.end(), others.begin(), others.end(), std::back_inserter(rest));
  return rest;
}

auto Tie(const epp::Contact& contact) {
  return std::tie(contact.name, contact.organisation, contact.street, contact.city, contact.state,
                  contact.postal_code, contact.country, contact.voice, contact.email);
}

// All but its authInfo, which is not told.
std::string StateOf(const epp::Contact& contact) {
  return absl::StrJoin({contact.name, contact.organisation, absl::StrJoin(contact.street, "\n"), contact.city,
                        contact.state, contact.postal_code, contact.country, contact.voice, contact.email},
                       absl::string_view("\0", 1));
}

}  // namespace

Verdict ObjectKeeper::EnsureHost(const epp::DomainHost& host) {
  const std::string state = absl::StrJoin(CanonicalAddresses(host.addresses), " ");
  if (hosts_.Has(host.name, state)) return {Verdict::Kind::kDone, 0, ""};
  const auto check = Ask(run_, epp::MakeHostCheck({host.name}), &epp::ReadHostCheck);
  if (!check.verdict.done()) return check.verdict;
  Verdict verdict = MakeOrMendHost(host, Exists(check));
  if (verdict.done()) hosts_.Note(host.name, state);
  return verdict;
}

Verdict ObjectKeeper::MakeOrMendHost(const epp::DomainHost& host, bool exists) {
  if (!exists) {
    Verdict verdict = VerdictOf(run_(epp::MakeHostCreate(host.name, host.addresses)));
    // Somebody was faster, or it was made by a command whose reply was lost.
    if (verdict.code != kExists) return verdict;
  }
  if (host.addresses.empty()) return {Verdict::Kind::kDone, 0, ""};
  return MendHost(host);
}

Verdict ObjectKeeper::MendHost(const epp::DomainHost& host) {
  const auto info = Ask(run_, epp::MakeHostInfo(host.name), &epp::ReadHostInfo);
  // It went meanwhile: the next try makes it.
  if (info.verdict.code == kDoesNotExist) return {Verdict::Kind::kLater, kDoesNotExist, info.verdict.message};
  if (!info.verdict.done()) return info.verdict;
  const std::vector<std::string> wanted = CanonicalAddresses(host.addresses);
  const std::vector<std::string> there = CanonicalAddresses(info.value->addresses);
  if (wanted == there) return info.verdict;
  // Taken away as the registry writes them.
  std::vector<std::string> remove;
  for (const std::string& address : info.value->addresses) {
    if (!std::binary_search(wanted.begin(), wanted.end(), CanonicalAddress(address)))
      remove.push_back(address);
  }
  return VerdictOf(run_(epp::MakeHostUpdate(host.name, Without(wanted, there), remove)));
}

Verdict ObjectKeeper::DeleteHost(const std::string& name) {
  hosts_.ForgetWithin(name);
  return VerdictOf(run_(epp::MakeHostDelete(name)));
}

Verdict ObjectKeeper::EnsureContact(const epp::Contact& contact) {
  const std::string state = StateOf(contact);
  if (contacts_.Has(contact.id, state)) return {Verdict::Kind::kDone, 0, ""};
  const auto check = Ask(run_, epp::MakeContactCheck({contact.id}), &epp::ReadContactCheck);
  if (!check.verdict.done()) return check.verdict;
  epp::Contact with_auth_info = contact;
  if (with_auth_info.auth_info.empty()) {
    with_auth_info.auth_info = absl::StrCat(absl::Hex(random_.Next(), absl::kZeroPad16));
  }
  Verdict verdict = MakeOrMendContact(with_auth_info, Exists(check));
  if (verdict.done()) contacts_.Note(contact.id, state);
  return verdict;
}

Verdict ObjectKeeper::MakeOrMendContact(const epp::Contact& contact, bool exists) {
  if (!exists) {
    Verdict verdict = VerdictOf(run_(epp::MakeContactCreate(contact)));
    if (verdict.code != kExists) return verdict;
  }
  return MendContact(contact);
}

Verdict ObjectKeeper::MendContact(const epp::Contact& contact) {
  const auto info = Ask(run_, epp::MakeContactInfo(contact.id), &epp::ReadContactInfo);
  if (info.verdict.code == kDoesNotExist) return {Verdict::Kind::kLater, kDoesNotExist, info.verdict.message};
  if (!info.verdict.done() || Tie(*info.value) == Tie(contact)) return info.verdict;
  return VerdictOf(run_(epp::MakeContactUpdate(contact)));
}

}  // namespace quartet::controller
