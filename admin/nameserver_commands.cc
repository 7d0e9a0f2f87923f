#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "admin/commands.h"
#include "admin/invoke.h"
#include "admin/output.h"
#include "quartet/admin/v1/nameserver.grpc.pb.h"

namespace quartet::admin {
namespace {

struct Arguments {
  std::string name;
  std::string domain;
  std::string stripe;
  uint32_t slot = 0;
  std::string region;
  std::vector<std::string> addresses;
};

std::string StateName(v1::Nameserver::State state) {
  switch (state) {
    case v1::Nameserver::STATE_ACTIVE:
      return "ACTIVE";
    case v1::Nameserver::STATE_DRAINING:
      return "DRAINING";
    case v1::Nameserver::STATE_RETIRED:
      return "RETIRED";
    default:
      return "-";
  }
}

void PrintNameservers(const Session& session, const v1::ListNameserversResponse& response) {
  if (session.PrintMessage(response)) return;
  Table table({"NAMESERVER", "HOST NAME", "STRIPE", "SLOT", "REGION", "STATE", "ZONES", "ADDRESSES"});
  for (const v1::Nameserver& one : response.nameservers()) {
    table.Add({LastPart(one.name()), one.host_name(), one.stripe(), absl::StrCat(one.slot()), one.region(),
               StateName(one.state()), absl::StrCat(one.zones()), absl::StrJoin(one.addresses(), " ")});
  }
  table.Print("No nameservers yet: set the stripes' domains, then `quartet nameserver add`.");
}

void AddNameserver(Session& session, const Arguments& arguments) {
  v1::CreateNameserverRequest request;
  v1::Nameserver* nameserver = request.mutable_nameserver();
  nameserver->set_name(absl::StrCat("nameservers/", arguments.name));
  nameserver->set_stripe(arguments.stripe);
  nameserver->set_slot(arguments.slot);
  nameserver->set_region(arguments.region);
  for (const std::string& address : arguments.addresses) nameserver->add_addresses(address);
  const auto response = Invoke<v1::Nameserver>(session, [&](auto* context, auto* out) {
    return v1::NameserverService::NewStub(session.channel())->CreateNameserver(context, request, out);
  });
  if (session.PrintMessage(response)) return;
  v1::ListNameserversResponse one;
  *one.add_nameservers() = response;
  PrintNameservers(session, one);
}

void ListNameservers(Session& session) {
  const auto response = Invoke<v1::ListNameserversResponse>(session, [&](auto* context, auto* out) {
    return v1::NameserverService::NewStub(session.channel())->ListNameservers(context, {}, out);
  });
  PrintNameservers(session, response);
}

void PrintStripes(const Session& session, const v1::ListStripesResponse& response) {
  if (session.PrintMessage(response)) return;
  Table table({"STRIPE", "DOMAIN"});
  for (const v1::Stripe& stripe : response.stripes()) {
    table.Add({LastPart(stripe.name()), OrNone(stripe.domain())});
  }
  table.Print("no stripes");
}

void SetStripeDomain(Session& session, const Arguments& arguments) {
  v1::SetStripeDomainRequest request;
  request.set_name(absl::StrCat("stripes/", arguments.stripe));
  request.set_domain(arguments.domain);
  const auto stripe = Invoke<v1::Stripe>(session, [&](auto* context, auto* out) {
    return v1::NameserverService::NewStub(session.channel())->SetStripeDomain(context, request, out);
  });
  if (session.PrintMessage(stripe)) return;
  v1::ListStripesResponse one;
  *one.add_stripes() = stripe;
  PrintStripes(session, one);
}

void ListStripes(Session& session) {
  const auto response = Invoke<v1::ListStripesResponse>(session, [&](auto* context, auto* out) {
    return v1::NameserverService::NewStub(session.channel())->ListStripes(context, {}, out);
  });
  PrintStripes(session, response);
}

}  // namespace

void AddNameserverCommands(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<Arguments>();

  CLI::App* stripe = app.add_subcommand("stripe", "The four groups of nameservers")->require_subcommand(1);
  CLI::App* set_domain =
      stripe->add_subcommand("set-domain", "Set the domain of a stripe's nameserver names");
  set_domain->footer("Example:\n  quartet stripe set-domain a dns-a.example.net");
  set_domain->add_option("STRIPE", arguments->stripe, "a, b, c or d")->required();
  set_domain->add_option("DOMAIN", arguments->domain, "Domain; best each stripe's in a TLD of its own")
      ->required();
  set_domain->callback([&session, arguments] { SetStripeDomain(session, *arguments); });
  CLI::App* stripes = stripe->add_subcommand("list", "The stripes and their domains");
  stripes->callback([&session] { ListStripes(session); });

  CLI::App* nameserver = app.add_subcommand("nameserver", "What NS records name")->require_subcommand(1);
  CLI::App* add = nameserver->add_subcommand("add", "Add a nameserver to a stripe");
  add->footer(
      "Example:\n"
      "  quartet nameserver add ns-1 --stripe a --slot 0 --region eu-west --address 192.0.2.53 --address "
      "2001:db8::53");
  add->add_option("NAME", arguments->name, "First label of its host name")->required();
  add->add_option("--stripe", arguments->stripe, "a, b, c or d")->required();
  add->add_option("--slot", arguments->slot, "Its place in the stripe, from 0")->required();
  add->add_option("--region", arguments->region, "Failure domain it is in")->required();
  add->add_option("--address", arguments->addresses, "IPv4 or IPv6 address; may be given again")->required();
  add->callback([&session, arguments] { AddNameserver(session, *arguments); });
  CLI::App* list = nameserver->add_subcommand("list", "All nameservers");
  list->callback([&session] { ListNameservers(session); });
}

}  // namespace quartet::admin
