// `domain check`, `domain register`, `domain transfer`.
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "admin/domains/domain_commands.h"
#include "admin/domains/domain_options.h"
#include "admin/domains/domain_output.h"
#include "admin/domains/operation_watch.h"
#include "admin/input_file.h"
#include "admin/invoke.h"
#include "quartet/admin/v1/domain.grpc.pb.h"

namespace quartet::admin {
namespace {

struct Arguments {
  std::vector<std::string> names;
  v1::RegisterDomainRequest registration;
  v1::TransferDomainRequest transfer;
  std::string zone;
  std::string delegation_set;
  std::string auth_code_file;
  uint32_t years = 0;
  bool auto_renew = false;
  google::protobuf::RepeatedPtrField<v1::DomainContact> contacts;
  bool no_wait = false;
};

void CheckDomains(Session& session, const Arguments& arguments) {
  v1::CheckDomainsRequest request;
  for (const std::string& name : arguments.names) request.add_names(name);
  const auto response = Invoke<v1::CheckDomainsResponse>(session, [&](auto* context, auto* out) {
    return v1::DomainService::NewStub(session.channel())->CheckDomains(context, request, out);
  });
  PrintAvailabilities(session, response);
}

// Waits, and shows the domain that it has come to, to people; the operation to programs.
void FinishTaking(Session& session, const v1::DomainOperation& operation, bool no_wait) {
  if (no_wait || session.json()) return FinishOperation(session, operation, !no_wait);
  const v1::DomainOperation last = FollowOperation(session, operation);
  if (last.state() == v1::DomainOperation::STATE_FAILED) PrintOperation(session, last);
  CheckOperation(session, last);
  v1::GetDomainRequest request;
  request.set_name(last.domain());
  PrintDomain(session, Invoke<v1::Domain>(session, [&](auto* context, auto* out) {
                return v1::DomainService::NewStub(session.channel())->GetDomain(context, request, out);
              }));
}

void RegisterDomain(Session& session, const Arguments& arguments) {
  v1::RegisterDomainRequest request = arguments.registration;
  request.set_years(arguments.years);
  request.set_auto_renew(arguments.auto_renew);
  *request.mutable_contacts() = arguments.contacts;
  if (!arguments.zone.empty()) request.set_zone(absl::StrCat("zones/", arguments.zone));
  if (!arguments.delegation_set.empty())
    request.set_delegation_set(absl::StrCat("delegationSets/", arguments.delegation_set));
  request.set_request_id(Session::NewRequestId());
  const auto operation = Invoke<v1::DomainOperation>(session, [&](auto* context, auto* out) {
    return v1::DomainService::NewStub(session.channel())->RegisterDomain(context, request, out);
  });
  FinishTaking(session, operation, arguments.no_wait);
}

void TransferDomain(Session& session, const Arguments& arguments) {
  v1::TransferDomainRequest request = arguments.transfer;
  if (!arguments.auth_code_file.empty()) {
    const std::string text = ReadInput(session, arguments.auth_code_file);
    request.set_auth_code(std::string(absl::StripAsciiWhitespace(text)));
  }
  if (request.auth_code().empty()) {
    session.Fail(kUsage,
                 "a transfer needs the code that the domain's holder got from the present registrar: say "
                 "--auth-code-file FILE, "
                 "or - to read it from standard input");
  }
  request.set_years(arguments.years);
  request.set_auto_renew(arguments.auto_renew);
  *request.mutable_contacts() = arguments.contacts;
  request.set_request_id(Session::NewRequestId());
  const auto operation = Invoke<v1::DomainOperation>(session, [&](auto* context, auto* out) {
    return v1::DomainService::NewStub(session.channel())->TransferDomain(context, request, out);
  });
  FinishTaking(session, operation, arguments.no_wait);
}

// What a domain that is got is to be.
void AddWishes(CLI::App& command, const std::shared_ptr<Arguments>& arguments) {
  AddYears(command, arguments->years, "the registry's usual term");
  command.add_flag("--auto-renew", arguments->auto_renew, "Renew it by itself before it expires");
  AddContacts(command, arguments->contacts);
  AddNoWait(command, arguments->no_wait);
}

void AddRegister(CLI::App& domain, Session& session, const std::shared_ptr<Arguments>& arguments) {
  CLI::App* command = domain.add_subcommand(
      "register", "Register a domain, delegated to the four nameservers of its hosted zone");
  command->footer(
      "Its hosted zone is the one of its name, if there is just one, or a new one. Once three of the zone's "
      "nameservers serve\n"
      "it, the domain is registered with all four. Steps are told as they come. If the registry refuses, "
      "nothing is left: a\n"
      "zone that was made for it goes again, unless somebody has filled it meanwhile.\n\n"
      "Names with letters outside ASCII are given as A-labels: xn--bcher-kva.test.\n\n"
      "Examples:\n"
      "  quartet domain register example.test\n"
      "  quartet domain register example.test --years 2 --auto-renew\n"
      "  quartet domain register example.test --zone Z0123456789ABC      # one of several zones of this "
      "name\n"
      "  quartet domain register example.test --contact registrant=us-1 --no-wait");
  command->add_option("NAME", *arguments->registration.mutable_domain_name(), "Domain name")->required();
  command->add_option("--zone", arguments->zone, "Hosted zone it is delegated to, by name or id");
  command->add_option("--delegation-set", arguments->delegation_set,
                      "For a new zone: the four nameservers of a reusable set");
  command->add_option("--comment", *arguments->registration.mutable_comment(),
                      "For a new zone: what it is for");
  AddWishes(*command, arguments);
  command->callback([&session, arguments] { RegisterDomain(session, *arguments); });
}

void AddTransfer(CLI::App& domain, Session& session, const std::shared_ptr<Arguments>& arguments) {
  CLI::App* command = domain.add_subcommand("transfer", "Take a domain over from another registrar");
  command->footer(
      "Its holder gets an auth code from the present registrar. That one may take days to let it go: the "
      "operation waits, and\n"
      "--no-wait leaves it to itself. The domain's nameservers stay as they are; `quartet domain "
      "set-nameservers` changes them.\n\n"
      "Examples:\n"
      "  quartet domain transfer example.test --auth-code-file code.txt\n"
      "  pass show example.test | quartet domain transfer example.test --auth-code-file - --no-wait");
  command->add_option("NAME", *arguments->transfer.mutable_domain_name(), "Domain name")->required();
  CLI::Option* file = command->add_option("--auth-code-file", arguments->auth_code_file,
                                          "File that holds the auth code; - is standard input");
  command
      ->add_option("--auth-code", *arguments->transfer.mutable_auth_code(),
                   "The auth code itself, which others on this machine can see then")
      ->excludes(file);
  AddWishes(*command, arguments);
  command->callback([&session, arguments] { TransferDomain(session, *arguments); });
}

}  // namespace

void AddDomainTaking(CLI::App& domain, Session& session) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* check = domain.add_subcommand("check", "Ask the registries whether names are free");
  check->footer(
      "Examples:\n"
      "  quartet domain check example.test\n"
      "  quartet domain check example.test example.net -o json");
  check->add_option("NAME", arguments->names, "Domain names, 100 at most")->required();
  check->callback([&session, arguments] { CheckDomains(session, *arguments); });
  AddRegister(domain, session, arguments);
  AddTransfer(domain, session, arguments);
}

}  // namespace quartet::admin
