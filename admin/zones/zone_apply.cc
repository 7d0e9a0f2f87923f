// `zone diff` and `zone apply`: a zone beside a file that says what it is to be.
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "admin/change_watch.h"
#include "admin/confirmation.h"
#include "admin/invoke.h"
#include "admin/output.h"
#include "admin/zones/zone_import.h"
#include "admin/zones/zone_transfer_commands.h"
#include "quartet/admin/v1/zone.grpc.pb.h"

namespace quartet::admin {
namespace {

struct Arguments {
  std::string zone;
  ImportFileArguments file;
  bool exit_code = false;
  bool create = false;
  bool yes = false;
  bool wait = false;
};

void PrintLine(Colour colour, const std::string& text) {
  std::printf("%s\n", Coloured(colour, Printable(text)).c_str());
}

void PrintWhole(char sign, const v1::RecordSet& set) {
  for (const std::string& value : set.values()) {
    PrintLine(
        sign == '+' ? Colour::kGreen : Colour::kRed,
        absl::StrCat(std::string(1, sign), " ", set.owner(), " ", set.ttl(), " ", set.type(), " ", value));
  }
}

bool HasValue(const v1::RecordSet& set, const std::string& value) {
  return std::find(set.values().begin(), set.values().end(), value) != set.values().end();
}

std::string Moved(absl::string_view what, const std::string& before, const std::string& after) {
  if (before == after) return "";
  return absl::StrCat(", ", what, " ", before.empty() ? "none" : before, " -> ",
                      after.empty() ? "none" : after);
}

void PrintChanged(const v1::RecordSet& before, const v1::RecordSet& after) {
  PrintLine(Colour::kYellow, absl::StrCat("~ ", after.owner(), " ", after.type(),
                                          Moved("TTL", absl::StrCat(before.ttl()), absl::StrCat(after.ttl())),
                                          Moved("writer", before.writer(), after.writer()),
                                          Moved("comment", before.comment(), after.comment())));
  for (const std::string& value : before.values()) {
    if (!HasValue(after, value)) PrintLine(Colour::kRed, absl::StrCat("    - ", value));
  }
  for (const std::string& value : after.values()) {
    if (!HasValue(before, value)) PrintLine(Colour::kGreen, absl::StrCat("    + ", value));
  }
}

void PrintEffect(const v1::RecordSetEffect& effect) {
  if (effect.has_before() && effect.has_after()) return PrintChanged(effect.before(), effect.after());
  if (effect.has_before()) return PrintWhole('-', effect.before());
  PrintWhole('+', effect.after());
}

void PrintCounts(const v1::ImportResult& result) {
  std::printf("%s to be added, %s changed, %s removed.\n", WithCommas(result.added()).c_str(),
              WithCommas(result.changed()).c_str(), WithCommas(result.removed()).c_str());
}

uint64_t Edits(const v1::ImportResult& result) {
  return result.added() + result.changed() + result.removed();
}

// What the file would make of `start`'s target, printed as it comes; for programs gathered in `gathered`.
v1::ImportResult Preview(Session& session, v1::ImportStart start, const Arguments& arguments,
                         const std::string& text, v1::RecordSetPreview& gathered) {
  start.set_preview(true);
  if (!start.has_new_zone()) start.set_mode(v1::IMPORT_MODE_REPLACE);
  const bool gather = session.json();
  return ImportText(session, std::move(start), arguments.file, text, [&](const v1::ImportEffects& effects) {
    for (const v1::RecordSetEffect& effect : effects.effects()) {
      if (gather) {
        *gathered.add_effects() = effect;
      } else {
        PrintEffect(effect);
      }
    }
  });
}

void DiffZone(Session& session, const Arguments& arguments) {
  const std::string text = ReadImportFile(session, arguments.file);
  v1::ImportStart start;
  start.set_zone(absl::StrCat("zones/", arguments.zone));
  // Nothing is changed, so nothing has to be guarded.
  start.add_allow("mass-deletion");
  v1::RecordSetPreview gathered;
  const v1::ImportResult result = Preview(session, std::move(start), arguments, text, gathered);
  gathered.set_revision(result.zone().revision());
  if (!session.PrintMessage(gathered)) PrintCounts(result);
  if (arguments.exit_code && Edits(result) > 0) throw Exit{kDiffers};
}

// The zone to be applied to: one that is there, or with --create one to be made.
v1::ImportStart TargetOf(Session& session, const Arguments& arguments) {
  v1::ImportStart start;
  start.set_zone(absl::StrCat("zones/", arguments.zone));
  for (const std::string& guard : arguments.file.allow) start.add_allow(guard);
  if (!arguments.create) return start;
  v1::GetZoneRequest request;
  request.set_name(start.zone());
  grpc::ClientContext context;
  session.Prepare(context);
  v1::Zone zone;
  const grpc::Status status = v1::ZoneService::NewStub(session.channel())->GetZone(&context, request, &zone);
  if (status.error_code() == grpc::StatusCode::NOT_FOUND) {
    start.mutable_new_zone()->set_domain_name(arguments.zone);
  } else {
    session.Check(status, context);
  }
  return start;
}

std::string Question(const v1::ImportResult& plan) {
  if (!plan.has_zone()) return "This makes the zone.";
  return absl::StrCat("This changes ", plan.zone().domain_name(), ", which is served.");
}

void ApplyZone(Session& session, const Arguments& arguments) {
  // Read once: what is done is what was shown.
  const std::string text = ReadImportFile(session, arguments.file);
  const v1::ImportStart target = TargetOf(session, arguments);
  v1::RecordSetPreview gathered;
  v1::ImportResult result = Preview(session, target, arguments, text, gathered);
  if (!session.json()) PrintCounts(result);
  if (Edits(result) == 0 && result.has_zone()) {
    if (!session.PrintMessage(result)) std::printf("The zone is so already: nothing was changed.\n");
    return;
  }
  if (!arguments.yes) AskForYes(session, Question(result), arguments.file.path == "-");
  v1::ImportStart start = target;
  if (!start.has_new_zone()) {
    start.set_zone(result.zone().name());
    start.set_mode(v1::IMPORT_MODE_REPLACE);
    start.set_if_revision(result.zone().revision());
  }
  result = ImportText(session, std::move(start), arguments.file, text, {});
  if (!session.json()) {
    std::printf("Applied: %s is at revision %s.\n", result.zone().domain_name().c_str(),
                absl::StrCat(result.zone().revision()).c_str());
  }
  if (arguments.wait && result.has_change())
    *result.mutable_change() = WaitForChange(session, result.change().name(), 0);
  if (session.PrintMessage(result) || !result.has_change()) return;
  std::printf("Change %s is %s.\n", LastPart(result.change().name()).c_str(),
              result.change().state() == v1::Change::STATE_INSYNC ? "INSYNC" : "PENDING");
}

void AddArguments(CLI::App& command, Arguments& arguments) {
  command.add_option("ZONE", arguments.zone, "Name or id")->required();
  command.add_option("FILE", arguments.file.path, "Zone file, YAML or JSON; - is standard input")->required();
  AddImportOptions(command, arguments.file);
}

}  // namespace

void AddZoneDiff(CLI::App& zone, Session& session) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* diff = zone.add_subcommand("diff", "Show what would make a zone what a file says");
  diff->footer(
      "+ is in the file only, - in the zone only, ~ differs. SOA and apex NS are not compared: those are "
      "Quartet's.\n"
      "Nothing is changed. Exit status 0, whether they differ or not; with --exit-code 4 if they do.\n\n"
      "Examples:\n"
      "  quartet zone diff example.com example.com.zone\n"
      "  quartet zone diff example.com example.com.yaml --exit-code -o json");
  AddArguments(*diff, *arguments);
  diff->add_flag("--exit-code", arguments->exit_code, "Exit with 4 if there are differences");
  diff->callback([&session, arguments] { DiffZone(session, *arguments); });
}

void AddZoneApply(CLI::App& zone, Session& session) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* apply =
      zone.add_subcommand("apply", "Make a zone what a file says, after showing what that changes");
  apply->footer(
      "Shows the plan as `zone diff` does, asks, and does just that: if somebody changes the zone meanwhile, "
      "nothing is\n"
      "changed. What the file does not have is removed. Without a terminal it needs --yes.\n\n"
      "Examples:\n"
      "  quartet zone apply example.com example.com.yaml\n"
      "  quartet zone apply example.com example.com.zone --create --yes --wait");
  AddArguments(*apply, *arguments);
  apply->add_flag("--create", arguments->create, "Make the zone if there is none");
  apply->add_flag("--yes", arguments->yes, "Don't ask");
  apply->add_flag("--wait", arguments->wait, "Wait until all four nameservers serve it");
  apply->callback([&session, arguments] { ApplyZone(session, *arguments); });
}

}  // namespace quartet::admin
