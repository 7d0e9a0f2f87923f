#include "nameserver/standalone/zone_source.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "dns/base/check.h"
#include "nameserver/standalone/zone_file.h"

namespace quartet::nameserver {
namespace {

class ListReading {
 public:
  ListReading(const ZoneReceiver& receiver, replication::Random& random)
      : receiver_(receiver), made_up_(MakeUp(random)), made_up_text_(made_up_.ToString()) {}

  absl::Status ReadFile(const ZoneList::File& file) {
    absl::StatusOr<std::string> text = ReadWholeFile(file.path);
    if (!text.ok()) {
      TellFault({0, 0, file.path, "", "", "file", std::string(text.status().message())});
      Progress(file.zones.size());
      return absl::OkStatus();
    }
    if (file.zones.size() > 1) {
      if (std::optional<ZoneTemplate> shared = ReadShared(*text, file)) {
        return HandOverAll(*text, file, *std::move(shared));
      }
    }
    // Where one has faults, the next would have most of them again.
    bool good = true;
    absl::Status status;
    for (size_t i = 0; i < file.zones.size() && good && status.ok(); ++i) {
      status = ReadAlone(*text, file, file.zones[i].apex, &good);
    }
    return status;
  }

  uint64_t faults() const { return faults_; }

 private:
  static dns::Name MakeUp(replication::Random& random) {
    const absl::StatusOr<dns::Name> name =
        dns::Name::Parse(absl::StrCat("apex-", absl::Hex(random.Next(), absl::kZeroPad16)));
    QUARTET_CHECK(name.ok());
    return *name;
  }

  // nullopt: it has to be read with each apex, be it for what is wrong with it.
  std::optional<ZoneTemplate> ReadShared(absl::string_view text, const ZoneList::File& file) {
    ZoneFile read = ReadZoneText(text, file.path, made_up_);
    if (!read.ok()) return std::nullopt;
    std::optional<ZoneTemplate> shared = ZoneTemplate::Create(read.sets, made_up_);
    if (shared.has_value()) TellWarnings(std::move(read));
    return shared;
  }

  absl::Status HandOverAll(absl::string_view text, const ZoneList::File& file, ZoneTemplate shared) {
    bool good = true;
    for (const ZoneList::Zone& zone : file.zones) {
      const std::vector<ZoneRecord>* records = nullptr;
      if (shared.Fits(zone.apex)) {
        const absl::StatusOr<const std::vector<ZoneRecord>*> made = shared.Under(zone.apex);
        if (made.ok()) records = *made;
      }
      // What is too long or too large with this apex is told with its place.
      absl::Status status =
          records != nullptr ? HandOver(zone.apex, *records) : ReadAlone(text, file, zone.apex, &good);
      if (!status.ok() || !good) return status;
    }
    return absl::OkStatus();
  }

  absl::Status ReadAlone(absl::string_view text, const ZoneList::File& file, const dns::Name& apex,
                         bool* good) {
    ZoneFile read = ReadZoneText(text, file.path, apex);
    *good = read.ok();
    for (const dns::Fault& fault : read.faults) TellFault(fault);
    faults_ += read.total_faults - read.faults.size();
    std::vector<dns::RecordSet> sets = std::move(read.sets);
    if (*good) TellWarnings(std::move(read));
    if (*good) return HandOver(apex, EncodeZone(sets, apex));
    Progress(1);
    return absl::OkStatus();
  }

  absl::Status HandOver(const dns::Name& apex, const std::vector<ZoneRecord>& records) {
    if (faults_ == 0) {
      if (absl::Status status = receiver_.on_zone(apex, records); !status.ok()) return status;
    }
    Progress(1);
    return absl::OkStatus();
  }

  void Progress(size_t zones) {
    done_ += zones;
    if (receiver_.on_progress) receiver_.on_progress(done_);
  }

  void TellFault(const dns::Fault& fault) {
    ++faults_;
    receiver_.on_fault(fault);
  }

  void TellWarnings(ZoneFile read) {
    if (!receiver_.on_warning) return;
    const size_t told = std::min(read.warnings.size(), kMaxWarningsToldOfFile);
    for (size_t i = 0; i < told; ++i) {
      dns::Fault& warning = read.warnings[i];
      // Where the file is of several zones, the name that it was read with is nobody's.
      warning.owner = absl::StrReplaceAll(warning.owner, {{made_up_text_, "<zone>."}});
      warning.message = absl::StrReplaceAll(warning.message, {{made_up_text_, "<zone>."}});
      receiver_.on_warning(warning);
    }
    if (read.total_warnings <= told) return;
    receiver_.on_warning({0, 0, read.warnings.front().file, "", "", "more",
                          absl::StrCat("and ", read.total_warnings - told, " more warnings")});
  }

  const ZoneReceiver& receiver_;
  const dns::Name made_up_;
  const std::string made_up_text_;
  uint64_t faults_ = 0;
  size_t done_ = 0;
};

}  // namespace

absl::Status ReadZones(const ZoneList& list, const ZoneReceiver& receiver, replication::Random& random) {
  ListReading reading(receiver, random);
  for (const ZoneList::File& file : list.files) {
    if (absl::Status status = reading.ReadFile(file); !status.ok()) return status;
  }
  if (reading.faults() == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(reading.faults(), " faults in the zone files"));
}

}  // namespace quartet::nameserver
