// `domain set-nameservers|add-ds|remove-ds`.
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "admin/domains/domain_commands.h"
#include "admin/domains/domain_options.h"
#include "admin/domains/domain_output.h"
#include "admin/domains/ds_text.h"
#include "admin/domains/operation_watch.h"
#include "admin/invoke.h"
#include "quartet/admin/v1/domain.grpc.pb.h"

namespace quartet::admin {
namespace {

struct Arguments {
  std::string name;
  std::string zone;
  std::vector<std::string> nameservers;
  std::vector<std::string> records;
  std::vector<std::string> keys;
  bool no_wait = false;
};

void SetNameservers(Session& session, const Arguments& arguments) {
  v1::SetDomainNameserversRequest request;
  request.set_name(DomainResource(arguments.name));
  if (!arguments.zone.empty()) request.set_zone(absl::StrCat("zones/", arguments.zone));
  for (const std::string& nameserver : arguments.nameservers) request.add_nameservers(nameserver);
  request.set_request_id(Session::NewRequestId());
  const auto operation = Invoke<v1::DomainOperation>(session, [&](auto* context, auto* out) {
    return v1::DomainService::NewStub(session.channel())->SetDomainNameservers(context, request, out);
  });
  FinishOperation(session, operation, !arguments.no_wait);
}

google::protobuf::RepeatedPtrField<v1::DomainDs> RecordsOf(const Session& session,
                                                           const Arguments& arguments) {
  google::protobuf::RepeatedPtrField<v1::DomainDs> all;
  const auto add = [&](const absl::StatusOr<v1::DomainDs>& ds) {
    if (!ds.ok()) session.Fail(kUsage, std::string(ds.status().message()));
    *all.Add() = *ds;
  };
  for (const std::string& record : arguments.records) add(ParseDs(record));
  for (const std::string& key : arguments.keys) add(ParseKey(key));
  if (all.empty()) session.Fail(kUsage, "name a DS record, or a key by --key");
  return all;
}

void SetDs(Session& session, const Arguments& arguments, bool add) {
  v1::SetDomainDsRequest request;
  request.set_name(DomainResource(arguments.name));
  *(add ? request.mutable_add() : request.mutable_remove()) = RecordsOf(session, arguments);
  request.set_request_id(Session::NewRequestId());
  const auto operation = Invoke<v1::DomainOperation>(session, [&](auto* context, auto* out) {
    return v1::DomainService::NewStub(session.channel())->SetDomainDs(context, request, out);
  });
  FinishOperation(session, operation, !arguments.no_wait);
}

void AddDsArguments(CLI::App& command, const std::shared_ptr<Arguments>& arguments) {
  command.add_option("DOMAIN", arguments->name, "Its name")->required();
  command.add_option("DS", arguments->records,
                     "\"KEY-TAG ALGORITHM DIGEST-TYPE DIGEST\"; may be given again");
  command
      .add_option("--key", arguments->keys,
                  "\"FLAGS PROTOCOL ALGORITHM PUBLIC-KEY\", for registries that make DS records of DNSKEYs; "
                  "may be given again")
      ->allow_extra_args(false);
  AddNoWait(command, arguments->no_wait);
}

}  // namespace

void AddDomainDelegation(CLI::App& domain, Session& session) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* nameservers =
      domain.add_subcommand("set-nameservers", "Delegate a domain to a zone's nameservers, or to others");
  nameservers->footer(
      "Without options: to those of the hosted zone it has. It follows that zone when its nameservers "
      "change, and needs no such\n"
      "command then.\n\n"
      "Examples:\n"
      "  quartet domain set-nameservers example.test\n"
      "  quartet domain set-nameservers example.test --zone Z0123456789ABC\n"
      "  quartet domain set-nameservers example.test --nameserver ns1.other.example --nameserver "
      "ns2.other.example");
  nameservers->add_option("DOMAIN", arguments->name, "Its name")->required();
  CLI::Option* zone = nameservers->add_option(
      "--zone", arguments->zone, "A hosted zone, by name or id: to its nameservers, from now on");
  nameservers
      ->add_option("--nameserver", arguments->nameservers,
                   "Host name of somebody else's nameserver; may be given again, 13 at most")
      ->allow_extra_args(false)
      ->excludes(zone);
  AddNoWait(*nameservers, arguments->no_wait);
  nameservers->callback([&session, arguments] { SetNameservers(session, *arguments); });

  CLI::App* add = domain.add_subcommand("add-ds", "Add DS records to a domain's delegation (DNSSEC)");
  add->footer(
      "Only once the zone is signed with that key: resolvers that validate don't find it otherwise.\n\n"
      "Examples:\n"
      "  quartet domain add-ds example.test '60485 13 2 "
      "D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A'\n"
      "  quartet domain add-ds example.test --key '257 3 13 "
      "mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxIL'");
  AddDsArguments(*add, arguments);
  add->callback([&session, arguments] { SetDs(session, *arguments, true); });

  CLI::App* remove = domain.add_subcommand("remove-ds", "Take DS records away");
  remove->footer(
      "Before the zone is unsigned, by the DS record's TTL at least.\n\n"
      "Example:\n"
      "  quartet domain remove-ds example.test '60485 13 2 "
      "D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A'");
  AddDsArguments(*remove, arguments);
  remove->callback([&session, arguments] { SetDs(session, *arguments, false); });
}

}  // namespace quartet::admin
