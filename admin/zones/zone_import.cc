#include "admin/zones/zone_import.h"

#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <sstream>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "admin/allow_option.h"
#include "admin/invoke.h"
#include "admin/output.h"
#include "admin/progress_line.h"
#include "admin/zone_files/import_source.h"
#include "admin/zone_files/includes.h"
#include "proto/transport/watchdog.h"
#include "quartet/admin/v1/zone.grpc.pb.h"

namespace quartet::admin {
namespace {

using Stream = grpc::ClientReaderWriter<v1::ImportZoneRequest, v1::ImportZoneResponse>;

std::string Words(const v1::ImportProgress& progress) {
  const std::string done = WithCommas(progress.done());
  const std::string of = progress.total() > 0 ? absl::StrCat(" of ", WithCommas(progress.total())) : "";
  switch (progress.phase()) {
    case v1::ImportProgress::PHASE_RECEIVING:
      return absl::StrCat("sending: ", done, of, " bytes");
    case v1::ImportProgress::PHASE_READING:
      return absl::StrCat("reading: ", done, of, " bytes");
    case v1::ImportProgress::PHASE_CHECKING:
      return absl::StrCat("checking: ", done, of, " record sets");
    case v1::ImportProgress::PHASE_STAGING:
      return absl::StrCat("staging: ", done, of, " record sets");
    default:
      return "";
  }
}

[[noreturn]] void FailToRead(const Session& session, const std::string& path) {
  if (errno == 0) {
    session.Fail(kUsage, absl::StrCat(path, " is empty; a zone without record sets is made without a file"));
  }
  session.Fail(kUsage, absl::StrCat("can't read ", path, ": ", std::strerror(errno)));
}

// The file at `path` from its begin; exits if it can't be opened, or is empty.
class OpenedFile {
 public:
  OpenedFile(const Session& session, const std::string& path) : standard_(path == "-") {
    errno = 0;
    if (!standard_) file_.open(path, std::ios::binary);
    if (!in() || in().peek() == std::istream::traits_type::eof()) FailToRead(session, path);
  }
  std::istream& in() { return standard_ ? std::cin : file_; }

 private:
  const bool standard_;
  std::ifstream file_;
};

bool IsRecordSets(const ImportFileArguments& file) {
  if (!file.format.empty()) return file.format != "zone";
  return absl::EndsWith(file.path, ".yaml") || absl::EndsWith(file.path, ".yml") ||
         absl::EndsWith(file.path, ".json");
}

// False: the file could not be read to its end, or has faults, so that no end was sent.
bool Send(Stream& stream, const v1::ImportStart& start, ImportSource& source) {
  v1::ImportZoneRequest request;
  *request.mutable_start() = start;
  bool taken = stream.Write(request);
  while (taken && source.Next(&request)) taken = stream.Write(request);
  if (source.failed()) return false;
  *request.mutable_end() = source.end();
  if (taken) stream.Write(request);
  stream.WritesDone();
  return true;
}

void PrintAsides(const Session& session, const v1::ImportResult& result) {
  session.PrintWarnings(result.warnings());
  const int more = static_cast<int>(result.total_warnings()) - result.warnings_size();
  if (more > 0) std::fprintf(stderr, "quartet: … and %d more warnings\n", more);
  std::string skipped;
  for (const v1::SkippedRecords& records : result.skipped()) {
    absl::StrAppend(&skipped, skipped.empty() ? "" : ", ", WithCommas(records.records()), " ",
                    records.type());
  }
  if (!skipped.empty()) std::fprintf(stderr, "quartet: left out: %s\n", skipped.c_str());
}

v1::ImportResult Import(Session& session, v1::ImportStart start, const ImportFileArguments& file,
                        ImportSource& source, const EffectsFn& told) {
  start.set_file_name(file.name());
  start.set_request_id(Session::NewRequestId());
  start.set_skip_unsupported(file.skip_unsupported);
  const auto stub = v1::ZoneService::NewStub(session.channel());
  grpc::ClientContext context;
  session.PrepareOpenEnded(context);
  v1::ImportResult result;
  bool read_whole = true;
  grpc::Status status;
  bool silent = false;
  {
    ProgressLine line;
    transport::Watchdog watchdog(session.patience(), [&context] { context.TryCancel(); });
    const auto stream = stub->ImportZone(&context);
    std::thread sender([&] {
      read_whole = Send(*stream, start, source);
      // The controller takes what has no end for cut off; this tells it at once.
      if (!read_whole) context.TryCancel();
    });
    v1::ImportZoneResponse response;
    while (stream->Read(&response)) {
      watchdog.Pet();
      if (response.has_progress()) line.Show(Words(response.progress()));
      if (response.has_effects() && told) {
        line.Clear();
        told(response.effects());
      }
      if (response.has_result()) result = std::move(*response.mutable_result());
    }
    sender.join();
    status = stream->Finish();
    silent = watchdog.barked();
  }
  session.CheckFaults(source.faults());
  if (!read_whole)
    session.Fail(kUsage, absl::StrCat("can't read ", file.path, " to its end; nothing was imported"));
  if (!status.ok() && silent) {
    session.Fail(
        kUnreachable,
        absl::StrCat("nothing was heard from ", session.controller, " for ", session.timeout_seconds,
                     " s; the import was given up, unless its last step was under way (--timeout waits "
                     "longer)"));
  }
  session.Check(status, context);
  PrintAsides(session, result);
  return result;
}

// The zone's name, for its file's first origin.
dns::Name ApexOf(Session& session, const v1::ImportStart& start) {
  std::string domain = start.new_zone().domain_name();
  if (!start.has_new_zone()) {
    v1::GetZoneRequest request;
    request.set_name(start.zone());
    domain = Invoke<v1::Zone>(session, [&](auto* context, auto* out) {
               return v1::ZoneService::NewStub(session.channel())->GetZone(context, request, out);
             }).domain_name();
  }
  absl::StatusOr<dns::Name> apex = dns::Name::Parse(domain);
  if (!apex.ok()) session.Fail(kUsage, std::string(apex.status().message()));
  return *std::move(apex);
}

}  // namespace

void AddImportOptions(CLI::App& command, ImportFileArguments& file) {
  command
      .add_option("--format", file.format,
                  "zone, yaml or json; if not given: by the end of the file's name, else zone")
      ->check(CLI::IsMember({"zone", "yaml", "json"}));
  command.add_option("--include-dir", file.include_dir,
                     "Directory that files named by $INCLUDE have to lie in; without it $INCLUDE is refused");
  command.add_flag("--skip-unsupported", file.skip_unsupported,
                   "Leave out what can't be stored (RRSIG, NSEC, DNSKEY, …), in place of refusing the file");
  AddAllowOption(command, file.allow);
}

v1::ImportResult ImportFile(Session& session, v1::ImportStart start, const ImportFileArguments& file) {
  if (!file.include_dir.empty() && !IsRecordSets(file))
    return ImportText(session, std::move(start), file, ReadImportFile(session, file), {});
  OpenedFile opened(session, file.path);
  const std::unique_ptr<ImportSource> source =
      IsRecordSets(file) ? MakeRecordSetsSource(opened.in(), file.name()) : MakeTextSource(opened.in());
  return Import(session, std::move(start), file, *source, {});
}

v1::ImportResult ImportText(Session& session, v1::ImportStart start, const ImportFileArguments& file,
                            const std::string& text, const EffectsFn& told) {
  if (IsRecordSets(file)) {
    std::istringstream in(text);
    return Import(session, std::move(start), file, *MakeRecordSetsSource(in, file.name()), told);
  }
  if (file.include_dir.empty()) {
    std::istringstream in(text);
    return Import(session, std::move(start), file, *MakeTextSource(in), told);
  }
  const auto inlined = std::make_shared<const InlinedFile>(
      InlineIncludes(text, file.name(), ApexOf(session, start), file.include_dir));
  session.CheckFaults(inlined->faults);
  session.locate_fault = [inlined](v1::Fault& fault) { LocateInFiles(*inlined, fault); };
  std::istringstream in(inlined->text);
  return Import(session, std::move(start), file, *MakeTextSource(in), told);
}

std::string ReadImportFile(const Session& session, const ImportFileArguments& file) {
  OpenedFile opened(session, file.path);
  std::string text{std::istreambuf_iterator<char>(opened.in()), {}};
  if (opened.in().bad()) FailToRead(session, file.path);
  return text;
}

}  // namespace quartet::admin
