#include "admin/zones/zone_update.h"

#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "admin/change_watch.h"
#include "admin/invoke.h"
#include "quartet/admin/v1/zone.grpc.pb.h"

namespace quartet::admin {
namespace {

struct Arguments {
  v1::UpdateZoneRequest request;
  std::string zone;
  uint64_t if_revision = 0;
  bool wait = false;
};

void UpdateZone(Session& session, const Arguments& arguments) {
  v1::UpdateZoneRequest request = arguments.request;
  request.set_name(absl::StrCat("zones/", arguments.zone));
  request.set_if_revision(arguments.if_revision);
  request.set_request_id(Session::NewRequestId());
  const auto change = Invoke<v1::Change>(session, [&](auto* context, auto* out) {
    return v1::ZoneService::NewStub(session.channel())->UpdateZone(context, request, out);
  });
  session.PrintWarnings(change.warnings());
  FinishChange(session, change, arguments.wait);
}

// An option whose number goes to the request if it is given.
void AddNumber(CLI::App& command, const std::string& name, const std::string& help,
               const std::shared_ptr<Arguments>& arguments,
               void (v1::UpdateZoneRequest::*set)(uint32_t value)) {
  command.add_option_function<uint32_t>(
      name, [arguments, set](uint32_t value) { (arguments->request.*set)(value); }, help);
}

}  // namespace

void AddZoneUpdate(CLI::App& zone, Session& session) {
  CLI::App* update = zone.add_subcommand("update", "Change a zone's comment, SOA fields and apex NS TTL");
  auto arguments = std::make_shared<Arguments>();
  update->footer(
      "What is not given stays. `quartet zone show` tells what there is.\n\n"
      "The serial moves by one with every change of record sets; --serial puts it ahead (RFC 1982), as for "
      "the "
      "date's\nform. It never goes back.\n\n"
      "Examples:\n"
      "  quartet zone update example.com --comment 'the shop'\n"
      "  quartet zone update example.com --hostmaster dns.team@example.com --minimum 300 --wait\n"
      "  quartet zone update example.com --serial 2026112601 --if-revision 12\n"
      "  quartet zone update example.com --ns-ttl 3600");
  update->add_option("ZONE", arguments->zone, "Name or id")->required();
  update->add_option_function<std::string>(
      "--comment", [arguments](const std::string& text) { arguments->request.set_comment(text); },
      "What the zone is for");
  update->add_option_function<std::string>(
      "--hostmaster", [arguments](const std::string& text) { arguments->request.set_hostmaster(text); },
      "Who answers for it: a name, or an address");
  using Request = v1::UpdateZoneRequest;
  AddNumber(*update, "--refresh", "Seconds between a secondary's looks at the serial", arguments,
            &Request::set_refresh);
  AddNumber(*update, "--retry", "Seconds until a secondary's next try", arguments, &Request::set_retry);
  AddNumber(*update, "--expire", "Seconds until a secondary gives the zone up", arguments,
            &Request::set_expire);
  AddNumber(*update, "--minimum", "Seconds that a name's absence is remembered, 0 to 604800", arguments,
            &Request::set_minimum);
  AddNumber(*update, "--soa-ttl", "TTL of the SOA, seconds", arguments, &Request::set_soa_ttl);
  AddNumber(*update, "--serial", "The next serial, ahead of the present one", arguments,
            &Request::set_serial);
  AddNumber(*update, "--ns-ttl", "TTL of the apex NS, 60 to 172800 seconds", arguments, &Request::set_ns_ttl);
  update->add_option("--if-revision", arguments->if_revision, "Only if the zone is at this revision")
      ->check(CLI::PositiveNumber);
  update->add_flag("--wait", arguments->wait, "Wait until all four nameservers serve it");
  update->callback([&session, arguments] { UpdateZone(session, *arguments); });
}

}  // namespace quartet::admin
