#include "nameserver/standalone/standalone.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "nameserver/serve/directory_responder.h"
#include "nameserver/standalone/memory_zones.h"
#include "nameserver/standalone/progress.h"
#include "nameserver/standalone/zone_file.h"
#include "nameserver/standalone/zone_list.h"
#include "nameserver/standalone/zone_source.h"
#include "replication/base/clock.h"
#include "replication/base/log.h"
#include "replication/base/readiness.h"

namespace quartet::nameserver {
namespace {

std::string Describe(const dns::Fault& fault) {
  // Line 0: of the file as a whole, whose message names it.
  if (fault.line == 0) return fault.message;
  std::string text =
      absl::StrCat(fault.file, ":", fault.line, ":", fault.column, ": ", fault.message, " [", fault.rule);
  if (!fault.owner.empty()) absl::StrAppend(&text, ", ", fault.owner);
  if (!fault.type.empty()) absl::StrAppend(&text, " ", fault.type);
  return text + "]";
}

absl::StatusOr<ZoneList> ReadList(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadWholeFile(path);
  if (!text.ok()) return text.status();
  dns::FaultLog faults(path, kMaxFaultsToldOfFile);
  ZoneList list = ParseZoneList(*text, path, faults);
  for (const dns::Fault& fault : faults.Take()) LogError("{}", Describe(fault));
  if (faults.total() != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(faults.total(), " faults in the list of zones; nothing is served"));
  }
  if (list.zone_count == 0) return absl::InvalidArgumentError(absl::StrCat(path, " lists no zones"));
  return list;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Standalone>> Standalone::Start(const StandaloneOptions& options) {
  std::unique_ptr<Standalone> standalone(new Standalone());
  if (absl::Status status = standalone->Load(options); !status.ok()) return status;
  if (absl::Status status = standalone->Open(options.serve); !status.ok()) return status;
  return standalone;
}

absl::Status Standalone::Load(const StandaloneOptions& options) {
  const absl::StatusOr<ZoneList> list = ReadList(options.zone_list);
  if (!list.ok()) return list.status();
  MemoryZones zones(directory_);
  Progress progress("loading", list->zone_count, replication::SystemClock());
  ZoneReceiver receiver;
  receiver.on_zone = [&](const dns::Name& apex, const std::vector<ZoneRecord>& records) {
    if (options.stopped && options.stopped()) return absl::CancelledError("stopped while loading");
    return zones.Add(apex, records);
  };
  receiver.on_fault = [](const dns::Fault& fault) { LogError("{}", Describe(fault)); };
  receiver.on_warning = [](const dns::Fault& warning) { LogWarning("{}", Describe(warning)); };
  receiver.on_progress = [&](size_t done) { progress.Tell(done); };
  absl::Status read = ReadZones(*list, receiver, replication::SystemRandom());
  if (absl::IsInvalidArgument(read)) {
    return absl::InvalidArgumentError(absl::StrCat(read.message(), "; nothing is served"));
  }
  if (!read.ok()) return read;
  zones.Finish();
  LogInfo("{} zones of {} files loaded in {:.2f} s", list->zone_count, list->files.size(),
          progress.seconds());
  return absl::OkStatus();
}

absl::Status Standalone::Open(const ServeOptions& options) {
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Open(options, AnswerFrom(directory_));
  if (!server.ok()) return server.status();
  server_ = *std::move(server);
  LogInfo("answering on {}",
          absl::StrJoin(server_->addresses(), ", ", [](std::string* out, const auto& address) {
            absl::StrAppend(out, address.ToString());
          }));
  replication::NotifyReady();
  return absl::OkStatus();
}

Standalone::~Standalone() { Stop(); }

void Standalone::Stop() {
  if (server_ == nullptr) return;
  server_->Close();
  const ServeTotals totals = server_->Totals();
  LogInfo("sockets closed after {} queries, {} answers not sent", totals.queries, totals.send_drops);
  server_.reset();
}

}  // namespace quartet::nameserver
