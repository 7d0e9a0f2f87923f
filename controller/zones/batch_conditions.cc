#include "controller/zones/batch_conditions.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "controller/zones/zone_founding.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using replication::FullView;

// Fewer than these may always go; so may as large a part of the zone.
constexpr uint64_t kFewDeletions = 10;
constexpr uint64_t kPercent = 30;

constexpr char kMassDeletion[] = "mass-deletion";

// Who maintains the record set that is there; nullopt: there is none.
absl::StatusOr<std::optional<std::string>> WriterOf(const ZoneEdit& zone, const RecordSetEdit& edit) {
  absl::StatusOr<std::optional<FullView::Record>> there =
      FullView(zone.before())
          .GetRecord(zone.zone_id(), zone.generation(),
                     replication::RecordKey(edit.owner, zone.apex(), edit.type));
  if (!there.ok()) return there.status();
  if (!there->has_value()) return std::optional<std::string>();
  absl::StatusOr<replication::Control> control = replication::DecodeControl((*there)->control);
  if (!control.ok()) return absl::DataLossError(control.status().message());
  return std::optional<std::string>(std::move(control->writer));
}

std::string Called(const std::string& writer) {
  return writer.empty() ? "nobody by name" : absl::StrCat("\"", writer, "\"");
}

}  // namespace

absl::StatusOr<Allowed> ReadAllowed(const google::protobuf::RepeatedPtrField<std::string>& names) {
  Allowed allowed;
  for (const std::string& name : names) {
    if (name != kMassDeletion) {
      return absl::InvalidArgumentError(absl::StrCat(
          "\"", name.substr(0, 64), "\" can't be allowed: there is only \"", kMassDeletion, "\""));
    }
    allowed.mass_deletion = true;
  }
  return allowed;
}

absl::StatusOr<BatchConditions> ReadConditions(const admin::v1::ChangeRecordSetsRequest& request) {
  absl::StatusOr<Allowed> allowed = ReadAllowed(request.allow());
  if (!allowed.ok()) return allowed.status();
  if (request.only_writer().size() > replication::kMaxWriterBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("only_writer is over ", replication::kMaxWriterBytes, " bytes"));
  }
  return BatchConditions{request.if_revision(), request.only_writer(), *allowed};
}

absl::Status CheckRevision(const stored::v1::ZoneRow& row, uint64_t if_revision) {
  if (if_revision == 0 || row.revision() == if_revision) return absl::OkStatus();
  return absl::AbortedError(absl::StrCat("the zone is at revision ", row.revision(), ", not at ", if_revision,
                                         ": somebody changed it; read it again"));
}

absl::Status CheckWriter(const ZoneEdit& zone, const RecordSetEdit& edit, const std::string& only_writer,
                         FaultList& faults) {
  if (only_writer.empty()) return absl::OkStatus();
  const auto refuse = [&](const std::string& why) {
    faults.Add(FaultList::Kind::kRule, edit.owner.ToString(), dns::TypeName(edit.type), "other-writer", why);
    return absl::OkStatus();
  };
  if (!edit.writer.empty() && edit.writer != only_writer) {
    return refuse(absl::StrCat("it would be maintained by ", Called(edit.writer), ", and the batch is for \"",
                               only_writer, "\" only"));
  }
  const absl::StatusOr<std::optional<std::string>> writer = WriterOf(zone, edit);
  if (!writer.ok()) return writer.status();
  if (!writer->has_value() || **writer == only_writer) return absl::OkStatus();
  return refuse(absl::StrCat("it is maintained by ", Called(**writer), ", and the batch is for \"",
                             only_writer, "\" only"));
}

void CheckDeletions(uint64_t removed, uint64_t record_sets, const Allowed& allowed, FaultList& faults) {
  const uint64_t held = record_sets - std::min<uint64_t>(record_sets, kOwnRecordSets);
  if (allowed.mass_deletion || removed <= kFewDeletions || removed * 100 <= held * kPercent) return;
  faults.Add(
      FaultList::Kind::kRule, "", "", kMassDeletion,
      absl::StrCat("this would delete ", removed, " of the zone's ", held, " record sets, which is over ",
                   kPercent, " %; if that is meant, allow it by name: ", kMassDeletion));
}

}  // namespace quartet::controller
