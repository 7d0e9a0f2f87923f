#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "admin/change_watch.h"
#include "admin/commands.h"
#include "admin/invoke.h"
#include "admin/output.h"
#include "quartet/admin/v1/zone.grpc.pb.h"

namespace quartet::admin {
namespace {

struct Arguments {
  std::string zone;
  std::string file;
  std::string comment;
  std::string account;
  bool wait = false;
  bool force = false;
};

std::string ReadZoneFile(const Session& session, const std::string& path) {
  std::ostringstream text;
  if (path == "-") {
    text << std::cin.rdbuf();
    return text.str();
  }
  std::ifstream file(path, std::ios::binary);
  if (!file || file.peek() == std::ifstream::traits_type::eof()) {
    session.Fail(kUsage,
                 absl::StrCat("can't read ", path, ": ", errno != 0 ? std::strerror(errno) : "it is empty"));
  }
  text << file.rdbuf();
  return text.str();
}

void PrintZone(const Session& session, const v1::Zone& zone) {
  if (session.json()) return PrintJson(zone);
  PrintFields({{"Zone", zone.domain_name()},
               {"Id", LastPart(zone.name())},
               {"Revision", absl::StrCat(zone.revision())},
               {"Serial", absl::StrCat(zone.serial())},
               {"Record sets", absl::StrCat(zone.record_sets())},
               {"Created", FormatTime(zone.create_time())},
               {"Comment", zone.comment().empty() ? "-" : zone.comment()}});
  if (!zone.quarantined().empty()) {
    std::printf(
        "Quarantined: this controller's copy is damaged (%s). It takes no changes and is sent to no node; "
        "`quartet verify %s --repair` makes it right from a node.\n",
        zone.quarantined().c_str(), zone.domain_name().c_str());
  }
  Table table({"NAMESERVER", "REGION", "STRIPE", "ADDRESSES"});
  for (const v1::ZoneNameserver& nameserver : zone.nameservers()) {
    table.Add({nameserver.host_name(), nameserver.region(), nameserver.stripe(),
               absl::StrJoin(nameserver.addresses(), " ")});
  }
  table.Print("no nameservers");
}

void PrintWarnings(const v1::CreateZoneResponse& response) {
  for (const v1::Fault& warning : response.warnings()) {
    const std::string where =
        warning.line() > 0 ? absl::StrCat(warning.file(), ":", warning.line(), ":", warning.column(), ": ")
                           : "";
    std::fprintf(stderr, "quartet: warning: %s%s\n", where.c_str(), warning.message().c_str());
  }
}

void CreateZone(Session& session, const Arguments& arguments) {
  v1::CreateZoneRequest request;
  request.set_domain_name(arguments.zone);
  if (!arguments.file.empty()) {
    request.set_zone_file(ReadZoneFile(session, arguments.file));
    request.set_zone_file_name(arguments.file == "-" ? "standard input" : arguments.file);
  }
  request.set_account(arguments.account);
  request.set_comment(arguments.comment);
  request.set_request_id(Session::NewRequestId());
  auto response = Invoke<v1::CreateZoneResponse>(session, [&](auto* context, auto* out) {
    return v1::ZoneService::NewStub(session.channel())->CreateZone(context, request, out);
  });
  PrintWarnings(response);
  if (!session.json()) PrintZone(session, response.zone());
  if (arguments.wait) {
    *response.mutable_change() = WaitForChange(session, response.change().name(), 0);
  }
  if (session.json()) return PrintJson(response);
  std::printf("Change %s is %s.\n", LastPart(response.change().name()).c_str(),
              response.change().state() == v1::Change::STATE_INSYNC ? "INSYNC" : "PENDING");
}

void ListZones(Session& session) {
  v1::ListZonesResponse all;
  v1::ListZonesRequest request;
  request.set_page_size(1000);
  const auto stub = v1::ZoneService::NewStub(session.channel());
  do {
    const auto page = Invoke<v1::ListZonesResponse>(
        session, [&](auto* context, auto* out) { return stub->ListZones(context, request, out); });
    request.set_page_token(page.next_page_token());
    all.mutable_zones()->MergeFrom(page.zones());
  } while (!request.page_token().empty());
  if (session.json()) return PrintJson(all);
  Table table({"ZONE", "ID", "REVISION", "RECORD SETS", "NAMESERVERS"});
  for (const v1::Zone& zone : all.zones()) {
    std::vector<std::string> names;
    for (const v1::ZoneNameserver& nameserver : zone.nameservers())
      names.push_back(LastPart(nameserver.nameserver()));
    table.Add({zone.domain_name(), LastPart(zone.name()), absl::StrCat(zone.revision()),
               absl::StrCat(zone.record_sets()), absl::StrJoin(names, " ")});
  }
  table.Print("No zones yet: `quartet zone create example.com` makes one.");
}

void ShowZone(Session& session, const Arguments& arguments) {
  v1::GetZoneRequest request;
  request.set_name(absl::StrCat("zones/", arguments.zone));
  const auto zone = Invoke<v1::Zone>(session, [&](auto* context, auto* out) {
    return v1::ZoneService::NewStub(session.channel())->GetZone(context, request, out);
  });
  PrintZone(session, zone);
}

void DeleteZone(Session& session, const Arguments& arguments) {
  v1::DeleteZoneRequest request;
  request.set_name(absl::StrCat("zones/", arguments.zone));
  request.set_force(arguments.force);
  request.set_request_id(Session::NewRequestId());
  const auto change = Invoke<v1::Change>(session, [&](auto* context, auto* out) {
    return v1::ZoneService::NewStub(session.channel())->DeleteZone(context, request, out);
  });
  FinishChange(session, change, arguments.wait);
}

}  // namespace

void AddZoneCommands(CLI::App& app, Session& session) {
  CLI::App* zone = app.add_subcommand("zone", "Hosted zones")->require_subcommand(1);
  auto arguments = std::make_shared<Arguments>();

  CLI::App* create = zone->add_subcommand("create", "Make a hosted zone on four nameservers");
  create->footer(
      "Examples:\n"
      "  quartet zone create example.com\n"
      "  quartet zone create example.com --file example.com.zone --wait\n\n"
      "SOA and apex NS of the file are left out: those are Quartet's. If the file has faults, all are shown "
      "and nothing "
      "is made.");
  create->add_option("NAME", arguments->zone, "Domain name")->required();
  create->add_option("--file", arguments->file, "Zone file to fill it from; - is standard input");
  create->add_option("--comment", arguments->comment, "What the zone is for");
  create->add_option("--account", arguments->account, "Account it belongs to");
  create->add_flag("--wait", arguments->wait, "Wait until all four nameservers serve it");
  create->callback([&session, arguments] { CreateZone(session, *arguments); });

  CLI::App* list = zone->add_subcommand("list", "All zones, in order of their names");
  list->callback([&session] { ListZones(session); });

  CLI::App* show = zone->add_subcommand("show", "One zone and its nameservers");
  show->footer("Example:\n  quartet zone show example.com");
  show->add_option("ZONE", arguments->zone, "Name or id")->required();
  show->callback([&session, arguments] { ShowZone(session, *arguments); });

  CLI::App* del = zone->add_subcommand("delete", "Delete a zone");
  del->footer("Example:\n  quartet zone delete example.com --force --wait");
  del->add_option("ZONE", arguments->zone, "Name or id")->required();
  del->add_flag("--force", arguments->force, "Even if it holds more than SOA and apex NS");
  del->add_flag("--wait", arguments->wait, "Wait until no nameserver answers for it");
  del->callback([&session, arguments] { DeleteZone(session, *arguments); });
}

}  // namespace quartet::admin
