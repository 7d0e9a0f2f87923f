#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "admin/commands.h"
#include "admin/delegation_commands.h"
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
  std::string replacement;
  std::vector<std::string> addresses;
  bool move = false;
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

void PrintOne(const Session& session, const v1::Nameserver& nameserver) {
  if (session.PrintMessage(nameserver)) return;
  v1::ListNameserversResponse one;
  *one.add_nameservers() = nameserver;
  PrintNameservers(session, one);
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
  PrintOne(session, response);
}

void ListNameservers(Session& session) {
  const auto response = Invoke<v1::ListNameserversResponse>(session, [&](auto* context, auto* out) {
    return v1::NameserverService::NewStub(session.channel())->ListNameservers(context, {}, out);
  });
  PrintNameservers(session, response);
}

void SetState(Session& session, const Arguments& arguments, v1::Nameserver::State state) {
  v1::SetNameserverStateRequest request;
  request.set_name(absl::StrCat("nameservers/", arguments.name));
  request.set_state(state);
  const auto nameserver = Invoke<v1::Nameserver>(session, [&](auto* context, auto* out) {
    return v1::NameserverService::NewStub(session.channel())->SetNameserverState(context, request, out);
  });
  if (arguments.move) MoveZonesAway(session, arguments.name);
  PrintOne(session, nameserver);
}

void UpdateNameserver(Session& session, const Arguments& arguments) {
  v1::UpdateNameserverRequest request;
  request.set_name(absl::StrCat("nameservers/", arguments.name));
  for (const std::string& address : arguments.addresses) request.add_addresses(address);
  PrintOne(
      session, Invoke<v1::Nameserver>(session, [&](auto* context, auto* out) {
        return v1::NameserverService::NewStub(session.channel())->UpdateNameserver(context, request, out);
      }));
}

void ReplaceNameserver(Session& session, const Arguments& arguments) {
  v1::ReplaceNameserverRequest request;
  request.set_name(absl::StrCat("nameservers/", arguments.name));
  request.set_replacement(absl::StrCat("nameservers/", arguments.replacement));
  for (const std::string& address : arguments.addresses) request.add_addresses(address);
  PrintOne(
      session, Invoke<v1::Nameserver>(session, [&](auto* context, auto* out) {
        return v1::NameserverService::NewStub(session.channel())->ReplaceNameserver(context, request, out);
      }));
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

void AddStateCommands(CLI::App& nameserver, Session& session, const std::shared_ptr<Arguments>& arguments) {
  CLI::App* drain = nameserver.add_subcommand("drain", "Give it no new zones");
  drain->footer(
      "It keeps the zones it has. With --move they move to others too: each gets four nameservers anew, as "
      "`quartet "
      "zone\n"
      "reassign` does, a hundred zones a second at most. It can be called again.\n\n"
      "Examples:\n"
      "  quartet nameserver drain ns-1\n"
      "  quartet nameserver drain ns-1 --move");
  drain->add_option("NAME", arguments->name, "The nameserver")->required();
  drain->add_flag("--move", arguments->move, "Move its zones to others");
  drain->callback([&session, arguments] { SetState(session, *arguments, v1::Nameserver::STATE_DRAINING); });

  CLI::App* activate = nameserver.add_subcommand("activate", "Give it zones again, after a drain");
  activate->footer("Example:\n  quartet nameserver activate ns-1");
  activate->add_option("NAME", arguments->name, "The nameserver")->required();
  activate->callback([&session, arguments] { SetState(session, *arguments, v1::Nameserver::STATE_ACTIVE); });

  CLI::App* retire = nameserver.add_subcommand("retire", "End it, for good, once it has no zones");
  retire->footer("Example:\n  quartet nameserver retire ns-1");
  retire->add_option("NAME", arguments->name, "The nameserver")->required();
  retire->callback([&session, arguments] { SetState(session, *arguments, v1::Nameserver::STATE_RETIRED); });

  CLI::App* update = nameserver.add_subcommand("update", "Change its addresses");
  update->footer(
      "Example:\n"
      "  quartet nameserver update ns-1 --address 192.0.2.54 --address 2001:db8::54");
  update->add_option("NAME", arguments->name, "The nameserver")->required();
  update->add_option("--address", arguments->addresses, "All it is to have; may be given again")->required();
  update->callback([&session, arguments] { UpdateNameserver(session, *arguments); });

  CLI::App* replace = nameserver.add_subcommand("replace", "Put a new one in its place");
  replace->footer(
      "The new one inherits slot and region. Enroll and start nodes for it: all zones of the old one move to "
      "it then, "
      "as\n"
      "`quartet zone reassign` does, and the old one is retired when it has none left.\n\n"
      "Example:\n"
      "  quartet nameserver replace ns-1 --by ns-9 --address 192.0.2.99");
  replace->add_option("NAME", arguments->name, "The old one")->required();
  replace->add_option("--by", arguments->replacement, "First label of the new one's host name")->required();
  replace->add_option("--address", arguments->addresses, "Address of the new one; may be given again")
      ->required();
  replace->callback([&session, arguments] { ReplaceNameserver(session, *arguments); });
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
  AddStateCommands(*nameserver, session, arguments);
}

}  // namespace quartet::admin
