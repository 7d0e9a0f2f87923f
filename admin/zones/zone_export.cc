#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "admin/output.h"
#include "admin/progress_line.h"
#include "admin/zone_files/zone_writer.h"
#include "admin/zones/zone_transfer_commands.h"
#include "proto/transport/watchdog.h"
#include "quartet/admin/v1/export.grpc.pb.h"

namespace quartet::admin {
namespace {

struct Arguments {
  std::string zone;
  std::string format = "zone";
  std::string file;
};

// Standard output, or a file that takes its name only once it is whole.
class Target {
 public:
  Target(const Session& session, const std::string& path)
      : session_(session), path_(path), part_(absl::StrCat(path, ".", getpid(), ".part")) {
    if (!path_.empty() && (file_ = std::fopen(part_.c_str(), "wbx")) == nullptr) Fail();
  }
  ~Target() {
    if (file_ == nullptr) return;
    std::fclose(file_);
    std::remove(part_.c_str());
  }
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  void Write(absl::string_view text) {
    std::FILE* out = file_ != nullptr ? file_ : stdout;
    if (std::fwrite(text.data(), 1, text.size(), out) != text.size()) Fail();
  }
  void Finish() {
    if (file_ == nullptr) {
      if (std::fflush(stdout) != 0) Fail();
      return;
    }
    const bool whole = std::fflush(file_) == 0 && fsync(fileno(file_)) == 0 &&
                       std::rename(part_.c_str(), path_.c_str()) == 0;
    if (!whole) Fail();
    std::fclose(file_);
    file_ = nullptr;
  }

 private:
  [[noreturn]] void Fail() const {
    session_.Fail(kUsage, absl::StrCat("can't write ", path_.empty() ? "the export" : path_, ": ",
                                       std::strerror(errno)));
  }

  const Session& session_;
  const std::string path_;
  const std::string part_;
  std::FILE* file_ = nullptr;
};

ZoneFormat FormatOf(const std::string& name) {
  return name == "yaml" ? ZoneFormat::kYaml : name == "json" ? ZoneFormat::kJson : ZoneFormat::kZoneFile;
}

void ExportZone(Session& session, const Arguments& arguments) {
  Target target(session, arguments.file);
  const auto writer =
      MakeZoneWriter(FormatOf(arguments.format), [&](absl::string_view text) { target.Write(text); });
  v1::ExportZoneRequest request;
  request.set_zone(absl::StrCat("zones/", arguments.zone));
  grpc::ClientContext context;
  session.PrepareOpenEnded(context);
  grpc::Status status;
  bool silent = false;
  {
    transport::Watchdog watchdog(session.patience(), [&context] { context.TryCancel(); });
    ProgressLine line;
    const auto stream = v1::ExportService::NewStub(session.channel())->ExportZone(&context, request);
    uint64_t done = 0;
    uint64_t total = 0;
    for (v1::ExportZoneResponse piece; stream->Read(&piece); watchdog.Pet()) {
      if (piece.has_zone()) {
        total = piece.zone().record_sets();
        writer->Begin(piece.zone());
      }
      for (const v1::RecordSet& set : piece.record_sets()) writer->Add(set);
      done += static_cast<uint64_t>(piece.record_sets_size());
      if (!arguments.file.empty())
        line.Show(absl::StrCat("exporting: ", WithCommas(done), " of ", WithCommas(total), " record sets"));
    }
    status = stream->Finish();
    silent = watchdog.barked();
  }
  if (silent && !status.ok())
    session.Fail(kUnreachable, absl::StrCat("nothing was heard from ", session.controller, " for ",
                                            session.timeout_seconds, " s (--timeout waits longer)"));
  session.Check(status, context);
  writer->End();
  target.Finish();
}

}  // namespace

void AddZoneExport(CLI::App& zone, Session& session) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = zone.add_subcommand("export", "Write a zone to a file, or to standard output");
  command->footer(
      "zone: a zone file that other name servers read, SOA and apex NS first. yaml, json: the list of record "
      "sets "
      "with writers\n"
      "and comments, to be edited and brought back by `zone apply`; without SOA and apex NS, which are "
      "Quartet's.\n"
      "Either gives the same zone when it is imported. It is of one revision, whatever changes meanwhile; "
      "the "
      "file is there\n"
      "only once it is whole.\n\n"
      "Examples:\n"
      "  quartet zone export example.com > example.com.zone\n"
      "  quartet zone export example.com --format yaml --file example.com.yaml");
  command->add_option("ZONE", arguments->zone, "Name or id")->required();
  command->add_option("--format", arguments->format, "zone, yaml or json")
      ->check(CLI::IsMember({"zone", "yaml", "json"}))
      ->capture_default_str();
  command->add_option("--file", arguments->file, "Where to write it; if not given: standard output");
  command->callback([&session, arguments] { ExportZone(session, *arguments); });
}

}  // namespace quartet::admin
