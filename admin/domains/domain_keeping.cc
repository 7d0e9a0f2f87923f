// `domain show|list|renew|auto-renew|lock|unlock|auth-code|delete`.
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "admin/confirmation.h"
#include "admin/domains/domain_commands.h"
#include "admin/domains/domain_options.h"
#include "admin/domains/domain_output.h"
#include "admin/domains/operation_watch.h"
#include "admin/invoke.h"
#include "admin/output.h"
#include "quartet/admin/v1/domain.grpc.pb.h"

namespace quartet::admin {
namespace {

struct Arguments {
  std::string name;
  bool refresh = false;
  uint32_t years = 0;
  std::string on_or_off;
  bool renew_code = false;
  bool with_zone = false;
  bool yes = false;
  bool no_wait = false;
};

void ShowDomain(Session& session, const Arguments& arguments) {
  v1::GetDomainRequest request;
  request.set_name(DomainResource(arguments.name));
  request.set_refresh(arguments.refresh);
  PrintDomain(session, Invoke<v1::Domain>(session, [&](auto* context, auto* out) {
                return v1::DomainService::NewStub(session.channel())->GetDomain(context, request, out);
              }));
}

void ListDomains(Session& session) {
  v1::ListDomainsResponse all;
  v1::ListDomainsRequest request;
  request.set_page_size(1000);
  const auto stub = v1::DomainService::NewStub(session.channel());
  do {
    const auto page = Invoke<v1::ListDomainsResponse>(
        session, [&](auto* context, auto* out) { return stub->ListDomains(context, request, out); });
    request.set_page_token(page.next_page_token());
    all.mutable_domains()->MergeFrom(page.domains());
  } while (!request.page_token().empty());
  PrintDomains(session, all);
}

void RenewDomain(Session& session, const Arguments& arguments) {
  v1::RenewDomainRequest request;
  request.set_name(DomainResource(arguments.name));
  request.set_years(arguments.years);
  request.set_request_id(Session::NewRequestId());
  const auto operation = Invoke<v1::DomainOperation>(session, [&](auto* context, auto* out) {
    return v1::DomainService::NewStub(session.channel())->RenewDomain(context, request, out);
  });
  FinishOperation(session, operation, !arguments.no_wait);
}

void SetAutoRenew(Session& session, const Arguments& arguments) {
  v1::SetAutoRenewRequest request;
  request.set_name(DomainResource(arguments.name));
  request.set_auto_renew(arguments.on_or_off == "on");
  request.set_request_id(Session::NewRequestId());
  PrintDomain(session, Invoke<v1::Domain>(session, [&](auto* context, auto* out) {
                return v1::DomainService::NewStub(session.channel())->SetAutoRenew(context, request, out);
              }));
}

void SetLock(Session& session, const Arguments& arguments, bool locked) {
  v1::SetDomainLockRequest request;
  request.set_name(DomainResource(arguments.name));
  request.set_locked(locked);
  request.set_request_id(Session::NewRequestId());
  const auto operation = Invoke<v1::DomainOperation>(session, [&](auto* context, auto* out) {
    return v1::DomainService::NewStub(session.channel())->SetDomainLock(context, request, out);
  });
  FinishOperation(session, operation, !arguments.no_wait);
}

v1::AuthCode GetAuthCode(Session& session, const Arguments& arguments, bool renew) {
  v1::GetAuthCodeRequest request;
  request.set_name(DomainResource(arguments.name));
  request.set_renew(renew);
  if (renew) request.set_request_id(Session::NewRequestId());
  return Invoke<v1::AuthCode>(session, [&](auto* context, auto* out) {
    return v1::DomainService::NewStub(session.channel())->GetAuthCode(context, request, out);
  });
}

void ShowAuthCode(Session& session, const Arguments& arguments) {
  v1::AuthCode code = GetAuthCode(session, arguments, arguments.renew_code);
  if (arguments.renew_code && !arguments.no_wait) {
    v1::DomainOperation operation;
    operation.set_name(code.operation());
    CheckOperation(session, FollowOperation(session, operation));
    code = GetAuthCode(session, arguments, false);
  }
  if (session.PrintMessage(code)) return;
  if (!code.auth_code().empty()) {
    std::printf("%s\n", Printable(code.auth_code()).c_str());
  } else {
    std::printf("A new one is being set: `quartet domain operation %s --wait`, then ask again.\n",
                LastPart(code.operation()).c_str());
  }
}

void DeleteDomain(Session& session, const Arguments& arguments) {
  v1::DeleteDomainRequest request;
  request.set_name(DomainResource(arguments.name));
  request.set_delete_zone(arguments.with_zone);
  request.set_request_id(Session::NewRequestId());
  if (!arguments.yes) {
    AskForYes(session, absl::StrCat("This deletes ", LastPart(request.name()), " at its registry",
                                    arguments.with_zone ? ", and its hosted zone with all records" : "",
                                    ": nobody will find it, and anybody may register it then."));
  }
  const auto operation = Invoke<v1::DomainOperation>(session, [&](auto* context, auto* out) {
    return v1::DomainService::NewStub(session.channel())->DeleteDomain(context, request, out);
  });
  FinishOperation(session, operation, !arguments.no_wait);
}

CLI::App& AddOfOne(CLI::App& domain, const std::string& name, const std::string& help,
                   const std::string& footer, const std::shared_ptr<Arguments>& arguments) {
  CLI::App* command = domain.add_subcommand(name, help);
  command->footer(footer);
  command->add_option("DOMAIN", arguments->name, "Its name")->required();
  return *command;
}

void AddLooking(CLI::App& domain, Session& session, const std::shared_ptr<Arguments>& arguments) {
  CLI::App& show =
      AddOfOne(domain, "show", "One domain: its term, nameservers, statuses, lock, DS and contacts",
               "As it was when it was last held against its registry; --refresh asks there now.\n\n"
               "Examples:\n"
               "  quartet domain show example.test\n"
               "  quartet domain show example.test --refresh",
               arguments);
  show.add_flag("--refresh", arguments->refresh, "Ask the registry first");
  show.callback([&session, arguments] { ShowDomain(session, *arguments); });

  CLI::App* list = domain.add_subcommand("list", "All domains, in order of their names");
  list->footer("Examples:\n  quartet domain list\n  quartet domain list -o wide");
  list->callback([&session] { ListDomains(session); });
}

void AddTerm(CLI::App& domain, Session& session, const std::shared_ptr<Arguments>& arguments) {
  CLI::App& renew =
      AddOfOne(domain, "renew", "Add years to a domain's term",
               "A renewal names the expiry that it rests on, so that it is done once whatever gets lost.\n\n"
               "Examples:\n"
               "  quartet domain renew example.test\n"
               "  quartet domain renew example.test --years 3",
               arguments);
  AddYears(renew, arguments->years, "one");
  AddNoWait(renew, arguments->no_wait);
  renew.callback([&session, arguments] { RenewDomain(session, *arguments); });

  CLI::App& automatic =
      AddOfOne(domain, "auto-renew", "Whether a domain is renewed by itself before it expires",
               "Examples:\n"
               "  quartet domain auto-renew example.test on\n"
               "  quartet domain auto-renew example.test off",
               arguments);
  automatic.add_option("WHETHER", arguments->on_or_off, "on or off")
      ->required()
      ->check(CLI::IsMember({"on", "off"}));
  automatic.callback([&session, arguments] { SetAutoRenew(session, *arguments); });
}

void AddGuards(CLI::App& domain, Session& session, const std::shared_ptr<Arguments>& arguments) {
  CLI::App& lock = AddOfOne(
      domain, "lock", "Have the registry refuse a domain's transfer, deletion and update",
      "What Quartet itself updates, such as nameservers, it unlocks the domain for, and locks it again.\n\n"
      "Example:\n"
      "  quartet domain lock example.test",
      arguments);
  AddNoWait(lock, arguments->no_wait);
  lock.callback([&session, arguments] { SetLock(session, *arguments, true); });

  CLI::App& unlock = AddOfOne(domain, "unlock", "Let it be transferred and deleted",
                              "Example:\n"
                              "  quartet domain unlock example.test",
                              arguments);
  AddNoWait(unlock, arguments->no_wait);
  unlock.callback([&session, arguments] { SetLock(session, *arguments, false); });

  CLI::App& code = AddOfOne(domain, "auth-code", "What another registrar needs to take a domain over",
                            "Whoever has it can take the domain away, once it is unlocked. --renew makes it "
                            "worthless, and gives a new "
                            "one.\n\n"
                            "Examples:\n"
                            "  quartet domain auth-code example.test\n"
                            "  quartet domain auth-code example.test --renew",
                            arguments);
  code.add_flag("--renew", arguments->renew_code, "Set a new one first");
  AddNoWait(code, arguments->no_wait);
  code.callback([&session, arguments] { ShowAuthCode(session, *arguments); });
}

}  // namespace

void AddDomainKeeping(CLI::App& domain, Session& session) {
  auto arguments = std::make_shared<Arguments>();
  AddLooking(domain, session, arguments);
  AddTerm(domain, session, arguments);
  AddGuards(domain, session, arguments);
  CLI::App& remove = AddOfOne(domain, "delete", "Delete a domain at its registry",
                              "Its hosted zone stays, unless --with-zone says otherwise. A locked one is to "
                              "be unlocked before. Many\n"
                              "registries keep what is deleted for weeks before it is free again.\n\n"
                              "Examples:\n"
                              "  quartet domain delete example.test\n"
                              "  quartet domain delete example.test --with-zone --yes",
                              arguments);
  remove.add_flag("--with-zone", arguments->with_zone, "Delete its hosted zone too, with all its records");
  remove.add_flag("--yes", arguments->yes, "Don't ask");
  AddNoWait(remove, arguments->no_wait);
  remove.callback([&session, arguments] { DeleteDomain(session, *arguments); });
}

}  // namespace quartet::admin
