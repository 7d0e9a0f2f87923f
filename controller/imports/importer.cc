#include "controller/imports/importer.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/history/changes_since.h"
#include "controller/imports/import_effects.h"
#include "controller/imports/import_plans.h"
#include "controller/imports/import_reader.h"
#include "controller/imports/record_sets_reader.h"
#include "controller/imports/upload.h"
#include "controller/imports/zone_merge.h"
#include "controller/requests.h"
#include "controller/zones/batch_conditions.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_queries.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

// A replacement that is forced is looked at so often for a zone that changes all the time; then it is staged.
constexpr int kMostTries = 3;

}  // namespace

// One import on its way.
class ImportRun {
 public:
  ImportRun(ZoneImporter& importer, ImportStream& stream)
      : importer_(importer), stream_(stream), pulse_(stream) {}

  absl::StatusOr<Imported> Run(const std::string& principal) {
    absl::StatusOr<std::unique_ptr<ImportAdmission::Entry>> entry = importer_.admission_.Enter();
    if (!entry.ok()) return entry.status();
    absl::StatusOr<v1::ImportStart> start = ReadImportStart(stream_);
    if (!start.ok()) return start.status();
    start_ = *std::move(start);
    request_.principal = principal;
    if (absl::Status status = FindTarget(**entry); !status.ok()) return status;
    absl::StatusOr<Upload> upload = ReceiveFile(stream_, *importer_.spool_, pulse_);
    if (!upload.ok()) return upload.status();
    if (start_.preview()) return Work(std::move(*upload));
    absl::StatusOr<Outcome> before = AskBefore(upload->hash);
    if (!before.ok()) return before.status();
    if (before->duplicate) {
      result_.outcome = *std::move(before);
      return std::move(result_);
    }
    return Work(std::move(*upload));
  }

  // Once Run has found the zone.
  const std::string& zone_id() const { return target_.zone_id; }
  uint64_t if_revision() const { return start_.if_revision(); }

 private:
  absl::Status FindTarget(ImportAdmission::Entry& entry) {
    if (start_.request_id().size() > kMaxRequestId) {
      return absl::InvalidArgumentError(absl::StrCat("request_id is over ", kMaxRequestId, " bytes"));
    }
    absl::StatusOr<Allowed> allowed = ReadAllowed(start_.allow());
    if (!allowed.ok()) return allowed.status();
    allowed_ = *allowed;
    request_.request_id = start_.request_id();
    if (start_.has_new_zone()) {
      absl::StatusOr<ZoneToBe> zone =
          ReadNewZone(start_.new_zone().domain_name(), start_.new_zone().account(),
                      start_.new_zone().comment(), start_.new_zone().delegation_set());
      if (!zone.ok()) return zone.status();
      request_.account = zone->account;
      apex_ = zone->name;
      target_.new_zone = *std::move(zone);
      return absl::OkStatus();
    }
    absl::StatusOr<stored::v1::ZoneRow> row = FindZone(*importer_.host_.replica().Snapshot(), start_.zone());
    if (!row.ok()) return row.status();
    absl::StatusOr<dns::Name> apex = ApexOf(*row);
    if (!apex.ok()) return apex.status();
    apex_ = *std::move(apex);
    request_.account = row->account();
    target_.zone_id = row->id();
    result_.zone_id = row->id();
    return start_.preview() ? absl::OkStatus() : entry.TakeZone(row->id());
  }

  // Whether this very import was done before.
  absl::StatusOr<Outcome> AskBefore(const std::string& text_hash) {
    request_.request_hash = HashOf(absl::StrCat("ImportZone ", text_hash), start_);
    Proposal ask = request_;
    ask.zone_id = target_.zone_id;
    return AskWhetherDone(importer_.host_, std::move(ask));
  }

  absl::StatusOr<Imported> Work(Upload upload) {
    const bool small = upload.file->size() <= importer_.options_.small_text;
    std::unique_ptr<TurnLine::Turn> turn;
    if (!small) {
      absl::StatusOr<std::unique_ptr<TurnLine::Turn>> waited = importer_.large_texts_.Wait(pulse_);
      if (!waited.ok()) return waited.status();
      turn = *std::move(waited);
    }
    const size_t sort_bytes = small ? importer_.options_.small_sort_bytes : importer_.options_.sort_bytes;
    absl::StatusOr<ImportedFile> file = Read(upload, sort_bytes);
    if (!file.ok()) return file.status();
    upload.file.reset();
    if (!file->faults.empty()) return file->faults.ToStatus();
    result_.warnings = std::move(file->warnings);
    result_.total_warnings = file->total_warnings;
    result_.skipped = std::move(file->skipped);
    absl::Status status = target_.new_zone.has_value() ? MakeZone(*file->sets) : ChangeZone(*file->sets);
    if (!status.ok()) return status;
    return std::move(result_);
  }

  absl::StatusOr<ImportedFile> Read(const Upload& upload, size_t sort_bytes) {
    const ImportedFileOptions options{apex_, start_.file_name(), sort_bytes, start_.skip_unsupported()};
    return upload.record_sets ? ReadImportedRecordSets(*upload.file, options, *importer_.spool_, pulse_)
                              : ReadImportedText(*upload.file, options, *importer_.spool_, pulse_);
  }

  absl::Status MakeZone(const ImportedSets& sets) {
    const ZoneMerge::Zone nothing;
    if (absl::Status status = Check(sets, nothing, importer_.options_.new_zone_entry, sets.count());
        !status.ok()) {
      return status;
    }
    if (start_.preview()) return TellEffects(sets, nothing, sets.count());
    return result_.difference.staged ? Stage(sets, nothing) : ProposeDifference();
  }

  absl::Status ChangeZone(const ImportedSets& sets) {
    for (int tries = 1;; ++tries) {
      // Seen from here on, whatever comes meanwhile.
      const std::unique_ptr<store::Reader> view = importer_.host_.replica().Snapshot();
      absl::StatusOr<stored::v1::ZoneRow> row = ActiveZone(*view, target_.zone_id);
      if (!row.ok()) return row.status();
      if (start_.if_revision() != 0 && row->revision() != start_.if_revision()) {
        return absl::AbortedError(absl::StrCat("the zone is at revision ", row->revision(), ", not at ",
                                               start_.if_revision(), "; nothing was imported"));
      }
      absl::StatusOr<uint64_t> generation = replication::FullView(*view).ZoneGeneration(target_.zone_id);
      if (!generation.ok()) return generation.status();
      const bool replace = start_.mode() == v1::IMPORT_MODE_REPLACE;
      const ZoneMerge::Zone zone{view.get(), target_.zone_id, *generation, replace};
      const uint64_t most = sets.count() + row->record_sets();
      if (absl::Status status = Check(sets, zone, importer_.options_.entry, most); !status.ok())
        return status;
      if (start_.preview()) {
        result_.compared = *row;
        absl::Status status = TellEffects(sets, zone, most);
        return status.ok() ? CheckGuards(row->record_sets()) : status;
      }
      if (absl::Status status = CheckGuards(row->record_sets()); !status.ok()) return status;
      target_.revision = row->revision();
      if (!result_.difference.staged) {
        absl::Status status = ProposeDifference();
        if (!start_.force() || !absl::IsAborted(status)) return status;
        if (tries < kMostTries) continue;
      }
      // What a stage replaces does not matter to it.
      if (start_.force()) target_.revision.reset();
      return Stage(sets, zone);
    }
  }

  absl::Status Check(const ImportedSets& sets, const ZoneMerge::Zone& zone, const EntryLimits& limits,
                     uint64_t total) {
    ZoneMerge merge(sets, zone);
    FaultList faults;
    absl::StatusOr<ImportDifference> difference =
        CheckImport(merge, apex_, start_.file_name(), limits, total, faults, pulse_);
    if (!difference.ok()) return difference.status();
    result_.difference = *std::move(difference);
    return faults.ToStatus();
  }

  absl::Status TellEffects(const ImportedSets& sets, const ZoneMerge::Zone& zone, uint64_t total) {
    ZoneMerge merge(sets, zone);
    return SendEffects(merge, apex_, total, stream_, pulse_);
  }

  absl::Status CheckGuards(uint64_t record_sets) {
    FaultList faults;
    CheckDeletions(result_.difference.removed, record_sets, allowed_, faults);
    return faults.ToStatus();
  }

  UsageFn Usage() {
    return [this](const std::string& nameserver) { return importer_.host_.ZonesOf(nameserver); };
  }

  absl::Status ProposeDifference() {
    Proposal proposal = request_;
    proposal.zone_id = target_.zone_id;
    for (const stored::v1::RecordPut& put : result_.difference.puts) proposal.bytes += put.ByteSizeLong();
    for (const std::string& key : result_.difference.removed_keys) proposal.bytes += key.size();
    proposal.plan = [this](const PlanContext& context) {
      return PlanDifference(context, target_, result_.difference, Usage());
    };
    return Take(ProposeAndWait(importer_.host_, std::move(proposal)));
  }

  absl::Status Stage(const ImportedSets& sets, const ZoneMerge::Zone& zone) {
    ZoneMerge merge(sets, zone);
    return Take(StageAndFlip(importer_.host_, {target_, request_, importer_.options_.stage}, merge,
                             result_.difference.record_sets, pulse_));
  }

  absl::Status Take(absl::StatusOr<Outcome> outcome) {
    if (!outcome.ok()) return outcome.status();
    result_.outcome = *std::move(outcome);
    return absl::OkStatus();
  }

  ZoneImporter& importer_;
  ImportStream& stream_;
  Pulse pulse_;
  v1::ImportStart start_;
  dns::Name apex_;
  ImportTarget target_;
  Allowed allowed_;
  // Account, principal, request id and hash of what is proposed.
  Proposal request_;
  Imported result_;
};

absl::StatusOr<std::unique_ptr<ZoneImporter>> ZoneImporter::Open(Host& host, const Options& options) {
  absl::StatusOr<std::unique_ptr<Spool>> spool = Spool::Open(options.directory, options.spool);
  if (!spool.ok()) return spool.status();
  return std::unique_ptr<ZoneImporter>(new ZoneImporter(host, options, *std::move(spool)));
}

absl::StatusOr<Imported> ZoneImporter::Import(const std::string& principal, ImportStream& stream) {
  ImportRun run(*this, stream);
  absl::StatusOr<Imported> imported = run.Run(principal);
  if (imported.ok()) return imported;
  return TellChangesSince(imported.status(), *host_.replica().Snapshot(), run.zone_id(), run.if_revision());
}

}  // namespace quartet::controller
