#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "admin/change_watch.h"
#include "admin/commands.h"
#include "admin/interrupt.h"
#include "admin/output.h"
#include "admin/record_output.h"
#include "admin/revision_kind.h"
#include "quartet/admin/v1/watch.grpc.pb.h"

namespace quartet::admin {
namespace {

using Event = v1::WatchChangesResponse::Event;

struct Arguments {
  std::string zone;
  std::string since;
  bool effects = false;
};

void PrintEvent(const Event& event) {
  const v1::Change& change = event.change();
  const bool insync = event.kind() == v1::WatchChangesResponse::KIND_INSYNC;
  const std::string zone = absl::StrCat(Printable(event.domain_name()), " revision ", change.revision());
  const std::string id = LastPart(change.name());
  if (insync) {
    std::printf("%s  %s  %s: safe after %s  %s\n", FormatTime(change.insync_time()).c_str(),
                Coloured(Colour::kGreen, "INSYNC  ").c_str(), zone.c_str(),
                FormatTime(change.safe_after_time()).c_str(), id.c_str());
  } else {
    std::printf("%s  %s  %s: %s by %s  %s\n", FormatTime(change.create_time()).c_str(),
                Coloured(Colour::kYellow, "ACCEPTED").c_str(), zone.c_str(),
                KindText(event.revision_kind()).c_str(), Printable(change.principal()).c_str(), id.c_str());
  }
  for (const v1::RecordSetEffect& effect : event.effects()) PrintEffect(effect);
  if (event.more_effects()) std::printf("… and more record sets\n");
  std::fflush(stdout);
}

void WatchChanges(Session& session, const Arguments& arguments) {
  v1::WatchChangesRequest request;
  if (!arguments.zone.empty()) request.set_zone(absl::StrCat("zones/", arguments.zone));
  request.set_resume_token(arguments.since);
  request.set_effects(arguments.effects);
  grpc::ClientContext context;
  session.PrepareOpenEnded(context);
  Interrupt interrupt([&context] { context.TryCancel(); });
  const auto stub = v1::WatchService::NewStub(session.channel());
  const auto reader = stub->WatchChanges(&context, request);
  std::string token = arguments.since;
  v1::WatchChangesResponse response;
  while (reader->Read(&response)) {
    token = response.resume_token();
    if (!session.PrintOneOfMany(response) && response.has_event()) PrintEvent(response.event());
  }
  const grpc::Status status = reader->Finish();
  // A program has it from the last line.
  if (!session.json() && !token.empty() && status.error_code() != grpc::StatusCode::OUT_OF_RANGE) {
    std::fprintf(stderr, "To go on from here: quartet watch%s%s%s --since %s\n",
                 arguments.zone.empty() ? "" : " ", arguments.zone.c_str(),
                 arguments.effects ? " --effects" : "", token.c_str());
  }
  if (!interrupt.happened()) session.Check(status, context);
}

}  // namespace

void AddWatchCommands(CLI::App& app, Session& session) {
  CLI::App* watch = app.add_subcommand("watch", "Changes as they happen, of a zone or of all");
  auto arguments = std::make_shared<Arguments>();
  watch->footer(
      "Each change is told when it is accepted, and when all four nameservers serve it (INSYNC), with the "
      "time "
      "from\nwhich on no resolver can hold the old data. Ends with Ctrl-C, and tells the token to go on "
      "with.\n\n"
      "Examples:\n"
      "  quartet watch\n"
      "  quartet watch example.com --effects             # with the record sets that changed\n"
      "  quartet watch -o json | while read -r line; do …; done\n"
      "  quartet watch --since AQABlX…                   # nothing is missed, nothing told twice");
  watch->add_option("ZONE", arguments->zone, "Name or id; all zones if not given");
  watch->add_flag("--effects", arguments->effects, "What each change did, record set by record set");
  watch->add_option("--since", arguments->since, "Go on behind this resume token");
  watch->callback([&session, arguments] { WatchChanges(session, *arguments); });
}

}  // namespace quartet::admin
