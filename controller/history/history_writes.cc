#include "controller/history/history_writes.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/history/changes_since.h"
#include "controller/history/parts.h"
#include "controller/history/revert_merge.h"
#include "controller/history/revision_diff.h"
#include "controller/history/undeletion.h"
#include "controller/history/zone_past.h"
#include "controller/imports/import_plans.h"
#include "controller/proposals.h"
#include "controller/zones/batch_conditions.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_founding.h"
#include "controller/zones/zone_queries.h"
#include "replication/record/record_key.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

// A zone that changes all the time is looked at so often.
constexpr int kMostTries = 3;

// Nothing is sent and nobody is told: only whether the caller is still there.
class Waiting : public ImportClient {
 public:
  explicit Waiting(const std::function<bool()>& gone) : gone_(gone) {}
  void Tell(const v1::ImportProgress&) override {}
  bool gone() const override { return gone_(); }

 private:
  const std::function<bool()>& gone_;
};

// The zone as it is at one moment, and what a revert would do to it.
struct Look {
  std::unique_ptr<store::Reader> snapshot;
  std::optional<ZonePast> past;
  dns::Name apex;
  ImportDifference difference;
};

class RevertRun {
 public:
  RevertRun(Host& host, const HistoryWrites::Options& options, const v1::RevertZoneRequest& request,
            Pulse& pulse)
      : host_(host), options_(options), request_(request), pulse_(pulse) {}

  // Finds the zone, and whether the request can be read.
  absl::Status Begin() {
    if (request_.to_revision() == 0) return absl::InvalidArgumentError("to_revision is missing");
    absl::StatusOr<Allowed> allowed = ReadAllowed(request_.allow());
    if (!allowed.ok()) return allowed.status();
    allowed_ = *allowed;
    absl::StatusOr<stored::v1::ZoneRow> row = FindZone(*host_.replica().Snapshot(), request_.zone());
    if (!row.ok()) return row.status();
    zone_ = *std::move(row);
    return absl::OkStatus();
  }
  const stored::v1::ZoneRow& zone() const { return zone_; }

  absl::StatusOr<Look> LookAtZone() {
    Look look;
    look.snapshot = host_.replica().Snapshot();
    absl::StatusOr<stored::v1::ZoneRow> row = ActiveZone(*look.snapshot, zone_.id());
    if (!row.ok()) return row.status();
    if (absl::Status status = CheckRevision(*row, request_.if_revision()); !status.ok()) return status;
    absl::StatusOr<dns::Name> apex = ApexOf(*row);
    if (!apex.ok()) return apex.status();
    look.apex = *std::move(apex);
    absl::StatusOr<ZonePast> past = ZonePast::Of(*look.snapshot, *std::move(row));
    if (!past.ok()) return past.status();
    look.past = *std::move(past);
    if (absl::Status status = Compare(look); !status.ok()) return status;
    return look;
  }

  // ABORTED: somebody changed the zone meanwhile.
  absl::StatusOr<Outcome> Make(const Look& look, const Proposal& proposal) {
    const ImportTarget target{zone_.id(), look.past->latest(), std::nullopt};
    if (!look.difference.staged) return ProposeDifference(target, look.difference, proposal);
    absl::StatusOr<std::unique_ptr<RevertMerge>> merge = RevertMerge::Of(*look.past, request_.to_revision());
    if (!merge.ok()) return merge.status();
    return StageAndFlip(host_, {target, proposal, options_.stage}, **merge, look.difference.record_sets,
                        pulse_);
  }

 private:
  absl::Status Compare(Look& look) {
    absl::StatusOr<std::unique_ptr<RevertMerge>> merge = RevertMerge::Of(*look.past, request_.to_revision());
    if (!merge.ok()) return merge.status();
    const uint64_t record_sets = look.past->zone().record_sets();
    FaultList faults;
    absl::StatusOr<ImportDifference> difference =
        CheckImport(**merge, look.apex, "", options_.entry, record_sets, faults, pulse_);
    if (!difference.ok()) return difference.status();
    look.difference = *std::move(difference);
    CheckDeletions(look.difference.removed, record_sets, allowed_, faults);
    return faults.ToStatus();
  }

  absl::StatusOr<Outcome> ProposeDifference(const ImportTarget& target, const ImportDifference& difference,
                                            Proposal proposal) {
    for (const stored::v1::RecordPut& put : difference.puts) proposal.bytes += put.ByteSizeLong();
    proposal.plan = [&](const PlanContext& context) {
      return PlanDifference(context, target, difference, [](const std::string&) { return 0; });
    };
    return ProposeAndWait(host_, std::move(proposal));
  }

  Host& host_;
  const HistoryWrites::Options& options_;
  const v1::RevertZoneRequest& request_;
  Pulse& pulse_;
  Allowed allowed_;
  stored::v1::ZoneRow zone_;
};

}  // namespace

absl::StatusOr<Outcome> HistoryWrites::Revert(const Caller& caller, const v1::RevertZoneRequest& request,
                                              const std::function<bool()>& gone) {
  Waiting waiting(gone);
  Pulse pulse(waiting);
  RevertRun revert(host_, options_, request, pulse);
  if (absl::Status status = revert.Begin(); !status.ok()) return status;
  absl::StatusOr<Proposal> proposal =
      MakeProposal(caller, revert.zone().account(), "RevertZone", request, nullptr);
  if (!proposal.ok()) return proposal.status();
  proposal->zone_id = revert.zone().id();
  absl::StatusOr<Outcome> outcome = AskWhetherDone(host_, *proposal);
  if (!outcome.ok() || outcome->duplicate) return outcome;
  for (int tries = 1; tries <= kMostTries; ++tries) {
    absl::StatusOr<Look> look = revert.LookAtZone();
    if (look.ok()) outcome = revert.Make(*look, *proposal);
    const absl::Status status = look.ok() ? outcome.status() : look.status();
    if (status.ok()) {
      outcome->zone_id = revert.zone().id();
      return outcome;
    }
    if (!absl::IsAborted(status) || request.if_revision() != 0 || pulse.Again() != absl::OkStatus()) {
      return TellChangesSince(status, *host_.replica().Snapshot(), revert.zone().id(), request.if_revision());
    }
    outcome = status;
  }
  return outcome;
}

absl::Status HistoryWrites::PreviewRevert(const v1::RevertZoneRequest& request,
                                          const std::function<bool(const v1::RevertPreviewPart&)>& tell) {
  const std::function<bool()> gone = [] { return false; };
  Waiting waiting(gone);
  Pulse pulse(waiting);
  RevertRun revert(host_, options_, request, pulse);
  if (absl::Status status = revert.Begin(); !status.ok()) return status;
  absl::StatusOr<Look> look = revert.LookAtZone();
  if (!look.ok()) {
    return TellChangesSince(look.status(), *host_.replica().Snapshot(), revert.zone().id(),
                            request.if_revision());
  }
  absl::StatusOr<std::unique_ptr<PastRecords>> now = PastRecords::At(*look->past, look->past->latest());
  if (!now.ok()) return now.status();
  absl::StatusOr<std::unique_ptr<PastRecords>> then = PastRecords::At(*look->past, request.to_revision());
  if (!then.ok()) return then.status();
  Parts<v1::RevertPreviewPart> parts(tell);
  parts.part().set_revision(look->past->latest());
  PastMerge merge(*std::move(now), *std::move(then));
  absl::Status status = TellDifferences(
      merge, look->apex, [](absl::string_view key) { return !replication::IsOwnKey(key); },
      [&](const v1::RecordSetEffect& effect) {
        *parts.part().add_effects() = effect;
        return parts.Added(effect.ByteSizeLong());
      });
  if (!status.ok()) return status;
  return parts.End() ? absl::OkStatus() : absl::CancelledError("the client has gone");
}

absl::StatusOr<Outcome> HistoryWrites::Undelete(const Caller& caller,
                                                const v1::UndeleteZoneRequest& request) {
  absl::StatusOr<stored::v1::ZoneRow> zone = FindForUndeletion(*host_.replica().Snapshot(), request.zone());
  if (!zone.ok()) return zone.status();
  absl::StatusOr<Proposal> proposal =
      MakeProposal(caller, zone->account(), "UndeleteZone", request,
                   [id = zone->id()](const PlanContext& context) { return PlanUndeletion(context, id); });
  if (!proposal.ok()) return proposal.status();
  proposal->zone_id = zone->id();
  return ProposeAndWait(host_, *std::move(proposal));
}

}  // namespace quartet::controller
