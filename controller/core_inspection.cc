#include <google/protobuf/util/time_util.h>

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/core_alarms.h"
#include "controller/core_impl.h"
#include "controller/proposals.h"
#include "controller/roster/roster.h"
#include "controller/verify/context.h"
#include "controller/verify/verification.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_queries.h"
#include "replication/base/log.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

// The zone that an entry changes or replaces, and its row afterwards; nullptr: none, or one that is made by it. (Chunks
// change no zone, and a stage's abort takes nothing from it.)
const stored::v1::ZoneRow* ChangedZone(const stored::v1::Entry& entry) {
  for (const stored::v1::Effect& effect : entry.effects()) {
    if (effect.has_zone() && effect.zone().prev_revision() > 0) return &effect.zone().row();
    if (effect.has_flip() && effect.flip().prev_revision() > 0) return &effect.flip().row();
  }
  return nullptr;
}

}  // namespace

using google::protobuf::util::TimeUtil;

replication::ZoneGuard& Core::StartInspection(const replication::Scrubber::Options& scrub) {
  inspector_ = std::make_unique<Inspector>(*store_, clock_, scrub, *quarantine_);
  return *inspector_;
}

void Core::ProposeAsync(Proposal proposal, Sequencer::Done done) {
  // An import rests on what the zone holds: at least its SOA and apex NS stay.
  proposal.plan = [this, plan = std::move(proposal.plan)](const PlanContext& context) {
    absl::StatusOr<Plan> made = plan(context);
    const stored::v1::ZoneRow* zone = made.ok() ? ChangedZone(made->entry) : nullptr;
    if (zone == nullptr) return made;
    const absl::StatusOr<dns::Name> apex = ApexOf(*zone);
    const absl::Status sound = quarantine_->Check(zone->id(), apex.ok() ? apex->ToString() : zone->id());
    return sound.ok() ? made : sound;
  };
  thread_->ProposeAsync(std::move(proposal), std::move(done));
}

absl::Status Core::ReadAnew() {
  Proposal proposal;
  proposal.read_anew = true;
  proposal.plan = [](const PlanContext&) { return Plan{}; };
  return thread_->Propose(std::move(proposal)).status();
}

void Core::LookAgain(const stored::v1::Entry& entry) {
  const stored::v1::ZoneRow* zone = ChangedZone(entry);
  if (inspector_ == nullptr || zone == nullptr || quarantine_->Reason(zone->id()).empty()) return;
  inspector_->Suspect(zone->id());
}

void Core::AddInspection(const store::Reader& reader, admin::v1::Status& status) const {
  for (const stored::v1::QuarantineRow& row : quarantine_->rows()) {
    const auto zone = replication::FullView(reader).Zone(row.zone_id());
    std::string name = row.zone_id();
    if (zone.ok() && zone->has_value()) {
      // Nobody misses what is damaged of a deleted one.
      if ((*zone)->state() == stored::v1::ZONE_STATE_DELETED) continue;
      if (const absl::StatusOr<dns::Name> apex = ApexOf(**zone); apex.ok()) name = apex->ToString();
    }
    status.set_zones_quarantined(status.zones_quarantined() + 1);
    AddAlarm(absl::StrCat("controllers/", options_.name), absl::StrCat("zones/", row.zone_id()),
             absl::StrCat(name, " is quarantined since ",
                          TimeUtil::ToString(TimeUtil::SecondsToTimestamp(row.time_us() / 1'000'000)),
                          ", for this controller's copy is damaged: ", row.reason(),
                          ". It takes no changes; `quartet verify ", name,
                          " --repair` makes it right from a node"),
             status);
  }
  if (inspector_ == nullptr) return;
  if (const std::string fault = inspector_->store_fault(); !fault.empty()) {
    AddAlarm(absl::StrCat("controllers/", options_.name), "",
             absl::StrCat("its database can't be read: ", fault,
                          ". If it stays so, restore the controller from a backup"),
             status);
  }
  const replication::ScrubProgress progress = inspector_->progress();
  admin::v1::Scrub& scrub = *status.mutable_scrub();
  if (progress.end_us != 0) {
    *scrub.mutable_end_time() = TimeUtil::MicrosecondsToTimestamp(progress.end_us);
    scrub.set_zones(progress.zones);
    scrub.set_damaged(progress.damaged);
  }
  if (progress.begun_us == 0) return;
  *scrub.mutable_begin_time() = TimeUtil::MicrosecondsToTimestamp(progress.begun_us);
  scrub.set_zones_done(progress.zones_done);
}

NodeReports& Core::set_nodes(replication::NodeRequests& nodes) {
  nodes_ = &nodes;
  reports_ = std::make_unique<NodeReports>(nodes);
  return *reports_;
}

void Core::OnReport(const std::string& node, const quartet::replication::v1::ReportPart& part) {
  reports_->OnReport(node, part);
}

absl::Status Core::Verify(const Caller& caller, const admin::v1::VerifyRequest& request,
                          const std::function<bool(const admin::v1::VerifyResponse&)>& tell,
                          const std::function<bool()>& given_up) {
  const std::unique_lock<std::mutex> verifying(verifying_, std::try_to_lock);
  if (!verifying.owns_lock())
    return absl::ResourceExhaustedError("another verification is under way; wait for its end, or end it");
  const std::unique_ptr<store::Reader> reader = store_->Snapshot();
  std::string zone_id;
  if (!request.zone().empty()) {
    absl::StatusOr<stored::v1::ZoneRow> zone = FindActiveZone(*reader, request.zone());
    if (!zone.ok()) return zone.status();
    zone_id = zone->id();
  }
  absl::StatusOr<Roster> roster = ReadRoster(*reader);
  if (!roster.ok()) return roster.status();
  VerifyContext context{*store_,
                        *reports_,
                        *nodes_,
                        *quarantine_,
                        absl::StrCat("controllers/", options_.name),
                        thread_->state().head.epoch,
                        usage_.zones(),
                        {},
                        tell,
                        given_up};
  for (const auto& [id, node] : roster->nodes) {
    if (node.row.state() != stored::v1::NODE_STATE_DRAINED) context.nodes.emplace(id, node.row.nameserver());
  }
  if (request.repair())
    LogInfo("{} verifies {} and has it repaired", caller.principal, zone_id.empty() ? "all zones" : zone_id);
  return Verification(context, zone_id, request.deep(), request.repair()).Run();
}

}  // namespace quartet::controller
