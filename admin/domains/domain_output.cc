#include "admin/domains/domain_output.h"

#include <cstdio>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "admin/domains/ds_text.h"
#include "admin/domains/operation_watch.h"
#include "admin/output.h"
#include "quartet/admin/v1/domain.pb.h"

namespace quartet::admin {
namespace {

std::string YesNo(bool yes) { return yes ? "yes" : "no"; }

std::string DomainStateText(const v1::Domain& domain) {
  if (domain.state() == v1::Domain::STATE_REGISTERED) return Coloured(Colour::kGreen, "REGISTERED");
  return Coloured(Colour::kYellow, "PENDING");
}

std::string ContactsText(const v1::Domain& domain) {
  return absl::StrJoin(domain.contacts(), ", ", [](std::string* text, const v1::DomainContact& contact) {
    absl::StrAppend(text, contact.role(), " ", contact.contact());
  });
}

// A line for each value, the first of them named.
void AddLines(std::vector<std::pair<std::string, std::string>>& fields, const std::string& name,
              const std::vector<std::string>& values) {
  if (values.empty()) return fields.push_back({name, "-"});
  for (size_t i = 0; i < values.size(); ++i) fields.push_back({i == 0 ? name : "", values[i]});
}

std::vector<std::string> DsTexts(const v1::Domain& domain) {
  std::vector<std::string> texts;
  for (const v1::DomainDs& ds : domain.ds()) texts.push_back(DsText(ds));
  return texts;
}

}  // namespace

std::string DomainResource(const std::string& name) {
  return absl::StrCat("domains/", absl::AsciiStrToLower(absl::StripSuffix(name, ".")));
}

void PrintAvailabilities(const Session& session, const v1::CheckDomainsResponse& response) {
  if (session.PrintMessage(response)) return;
  Table table({"DOMAIN", "FREE", "REGISTRY", "WHY NOT"});
  for (const v1::DomainAvailability& one : response.domains()) {
    table.Add({one.domain_name(),
               one.available() ? Coloured(Colour::kGreen, "yes") : Coloured(Colour::kYellow, "no"),
               OrNone(LastPart(one.registry())), OrNone(one.reason())});
  }
  table.Print("no domains");
}

void PrintDomain(const Session& session, const v1::Domain& domain) {
  if (session.PrintMessage(domain)) return;
  std::vector<std::pair<std::string, std::string>> fields = {
      {"Domain", LastPart(domain.name())},
      {"State", DomainStateText(domain)},
      {"Registry", LastPart(domain.registry())},
      {"Expires",
       absl::StrCat(FormatTime(domain.expire_time()),
                    domain.auto_renew() ? ", renewed before by itself" : ", not renewed by itself")},
      {"Created", FormatTime(domain.create_time())},
      {"Statuses", OrNone(absl::StrJoin(domain.statuses(), " "))},
      {"Locked", YesNo(domain.locked())},
      {"Zone", OrNone(LastPart(domain.zone()))}};
  AddLines(fields, "Nameservers", {domain.nameservers().begin(), domain.nameservers().end()});
  AddLines(fields, "DS", DsTexts(domain));
  fields.push_back({"Contacts", OrNone(ContactsText(domain))});
  fields.push_back({"Identifier", OrNone(domain.roid())});
  fields.push_back({"Account", OrNone(domain.account())});
  if (!domain.stripe().empty())
    fields.push_back(
        {"Stripe", absl::StrCat(LastPart(domain.stripe()), ", whose nameservers' names lie in it")});
  if (!domain.operation().empty()) fields.push_back({"Operation", LastPart(domain.operation())});
  fields.push_back({"Read", absl::StrCat(FormatTime(domain.refresh_time()), " at its registry")});
  PrintFields(fields);
}

void PrintDomains(const Session& session, const v1::ListDomainsResponse& response) {
  if (session.PrintMessage(response)) return;
  Table table({"DOMAIN", "STATE", "EXPIRES", "RENEWED", "LOCKED", "ZONE"},
              {"REGISTRY", "NAMESERVERS", "STATUSES", "OPERATION", "ACCOUNT"}, session.wide());
  for (const v1::Domain& domain : response.domains()) {
    table.Add({LastPart(domain.name()), DomainStateText(domain), FormatTime(domain.expire_time()),
               domain.auto_renew() ? "by itself" : "no", YesNo(domain.locked()),
               OrNone(LastPart(domain.zone())), LastPart(domain.registry()),
               OrNone(absl::StrJoin(domain.nameservers(), " ")),
               OrNone(absl::StrJoin(domain.statuses(), " ")), OrNone(LastPart(domain.operation())),
               OrNone(domain.account())});
  }
  table.Print("No domains yet: `quartet domain register example.com` registers one.");
}

void PrintOperations(const Session& session, const v1::ListDomainOperationsResponse& response) {
  if (session.PrintMessage(response)) return;
  Table table({"OPERATION", "KIND", "DOMAIN", "STATE", "STEP", "BEGUN", "WHY"}, {"ENDED", "WHO", "ZONE"},
              session.wide());
  for (const v1::DomainOperation& operation : response.operations()) {
    table.Add({LastPart(operation.name()), KindText(operation), LastPart(operation.domain()),
               StateText(operation), StepText(operation), FormatTime(operation.create_time()),
               OrNone(IsOver(operation) ? operation.message() : operation.trouble()),
               FormatTime(operation.end_time()), OrNone(operation.principal()),
               OrNone(LastPart(operation.zone()))});
  }
  table.Print("No operations.");
}

void PrintRegistries(const Session& session, const v1::ListRegistriesResponse& response) {
  if (session.PrintMessage(response)) return;
  Table table({"REGISTRY", "TLDS", "ENDPOINT", "SESSIONS", "REACHABLE"});
  for (const v1::Registry& registry : response.registries()) {
    table.Add({LastPart(registry.name()), absl::StrJoin(registry.tlds(), " "), registry.endpoint(),
               absl::StrCat(registry.sessions()),
               registry.reachable() ? Coloured(Colour::kGreen, "yes")
                                    : absl::StrCat(Coloured(Colour::kRed, "no"), ": ", registry.trouble())});
  }
  table.Print("No registries: `quartet-controller run --registries FILE` says which there are.");
}

void PrintRegistryMessages(const Session& session, const v1::ListRegistryMessagesResponse& response) {
  if (session.PrintMessage(response)) return;
  Table table({"TIME", "REGISTRY", "DOMAIN", "MESSAGE"}, {"ID", "DATE"}, session.wide());
  for (const v1::RegistryMessage& message : response.messages()) {
    table.Add({FormatTime(message.time()), LastPart(message.registry()), OrNone(LastPart(message.domain())),
               message.text(), message.id(), message.date()});
  }
  table.Print("No messages of registries.");
}

}  // namespace quartet::admin
