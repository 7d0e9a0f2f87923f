#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "admin/commands.h"
#include "admin/invoke.h"
#include "admin/output.h"
#include "quartet/admin/v1/status.grpc.pb.h"

namespace quartet::admin {
namespace {

std::string ScrubText(const v1::Status& status) {
  const v1::Scrub& scrub = status.scrub();
  std::string text = scrub.has_end_time() ? absl::StrCat(FormatTime(scrub.end_time()), ", ", scrub.damaged(),
                                                         " of ", scrub.zones(), " zones damaged")
                                          : "none ended yet";
  if (scrub.has_begin_time()) absl::StrAppend(&text, "; another is at zone ", scrub.zones_done());
  return text;
}

}  // namespace

void AddStatusCommands(CLI::App& app, Session& session) {
  CLI::App* status = app.add_subcommand("status", "How the service is");
  status->callback([&session] {
    const auto response = Invoke<v1::Status>(session, [&](auto* context, auto* out) {
      return v1::StatusService::NewStub(session.channel())->GetStatus(context, {}, out);
    });
    if (session.PrintMessage(response)) return;
    PrintFields(
        {{"Controller", absl::StrCat(response.controller(), " at ", session.controller)},
         {"Version", response.version()},
         {"Running since", FormatTime(response.start_time())},
         {"Log",
          absl::StrCat("index ", response.index(), ", term ", response.term(), ", epoch ", response.epoch())},
         {"Zones", absl::StrCat(response.zones())},
         {"Nameservers", absl::StrCat(response.nameservers())},
         {"Nodes", absl::StrCat(response.nodes_connected(), " of ", response.nodes(), " connected")},
         {"Pending changes", absl::StrCat(response.pending_changes())},
         {"Takes changes", response.read_only_reason().empty()
                               ? "yes"
                               : Coloured(Colour::kRed, absl::StrCat("no: ", response.read_only_reason()))},
         {"Last scrub", ScrubText(response)},
         {"Quarantined zones", absl::StrCat(response.zones_quarantined())},
         {"Alarms", response.alarms_total() == 0
                        ? "0"
                        : Coloured(Colour::kRed, absl::StrCat(response.alarms_total()))}});
    if (response.alarms_total() == 0) return;
    Table table({"FROM", "ZONE", "ALARM"});
    for (const v1::Alarm& alarm : response.alarms()) {
      table.Add({LastPart(alarm.source()), OrNone(LastPart(alarm.zone())), alarm.message()});
    }
    table.Print("");
  });
}

}  // namespace quartet::admin
