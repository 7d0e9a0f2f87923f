#include "nameserver/standalone/listed_zones.h"

#include "absl/strings/str_cat.h"
#include "dns/zonefile/fault.h"
#include "nameserver/standalone/progress.h"
#include "nameserver/standalone/zone_file.h"
#include "nameserver/standalone/zone_source.h"
#include "replication/base/clock.h"
#include "replication/base/log.h"

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

}  // namespace

absl::StatusOr<ZoneList> ReadListedZones(const std::string& path) {
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

absl::Status LoadListedZones(const ZoneList& list, const ZoneLoading& loading) {
  Progress progress(loading.what, list.zone_count, replication::SystemClock());
  ZoneReceiver receiver;
  receiver.on_zone = [&](const dns::Name& apex, const std::vector<ZoneRecord>& records) {
    if (loading.stopped && loading.stopped())
      return absl::CancelledError(absl::StrCat("stopped while ", loading.what));
    return loading.on_zone(apex, records);
  };
  receiver.on_fault = [](const dns::Fault& fault) { LogError("{}", Describe(fault)); };
  receiver.on_warning = [](const dns::Fault& warning) { LogWarning("{}", Describe(warning)); };
  receiver.on_progress = [&](size_t done) { progress.Tell(done); };
  absl::Status read = ReadZones(list, receiver, replication::SystemRandom());
  if (absl::IsInvalidArgument(read)) {
    return absl::InvalidArgumentError(absl::StrCat(read.message(), "; nothing is served"));
  }
  if (!read.ok()) return read;
  LogInfo("{}: {} zones of {} files in {:.2f} s", loading.what, list.zone_count, list.files.size(),
          progress.seconds());
  return absl::OkStatus();
}

}  // namespace quartet::nameserver
