#include "controller/assignment/move_driver.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "controller/assignment/stripe_zones.h"
#include "controller/roster/nameserver_states.h"
#include "controller/zones/system_zones.h"
#include "controller/zones/zone_edit.h"
#include "replication/base/log.h"
#include "replication/replica/apply.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"

namespace quartet::controller {
namespace {

using replication::FullView;
using stored::v1::ZoneRow;

// Proposals on their way at a time: those who wait for an answer go in between.
constexpr size_t kMostProposed = 32;
// Between two looks at all zones that a nameserver still has: those that only wait for their time are among them.
constexpr int64_t kLookUs = 60'000'000;
constexpr int64_t kLongestWaitUs = 5'000'000;
// What is in the way of one zone is in the way of many.
constexpr int64_t kWarnEveryUs = 10'000'000;
// Acknowledgements come by the thousand: what they made true is looked at so often at most.
constexpr std::chrono::milliseconds kAtMostEvery(10);

bool IsServing(const ZoneRow& row, const std::string& nameserver) {
  return std::any_of(row.assignments().begin(), row.assignments().end(), [&](const auto& assignment) {
    return assignment.target() == nameserver && assignment.state() == stored::v1::ASSIGNMENT_STATE_SERVING;
  });
}

}  // namespace

MoveDriver::MoveDriver(RequestHost& host, replication::Clock& clock, Options options)
    : host_(host), clock_(clock), options_(std::move(options)) {
  heard_.roster_moved = true;
  commits_ = host_.WatchCommits([this](const auto& entries) { Committed(entries); });
  nodes_ = host_.WatchNodes([this] {
    const std::lock_guard<std::mutex> lock(mutex_);
    heard_.nodes_moved = true;
    if (!tracked_.empty()) wake_.notify_one();
  });
  thread_ = std::thread([this] { Run(); });
}

MoveDriver::~MoveDriver() { Stop(); }

void MoveDriver::Stop() {
  commits_.reset();
  nodes_.reset();
  {
    std::unique_lock<std::mutex> lock(mutex_);
    stop_ = true;
    wake_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  std::unique_lock<std::mutex> lock(mutex_);
  wake_.wait(lock, [this] { return proposed_ == 0; });
}

void MoveDriver::Committed(const std::vector<Sequencer::Committed>& entries) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const Sequencer::Committed& committed : entries) {
    const ZoneRow* row = replication::ZoneRowOf(committed.entry);
    if (row != nullptr && (tracked_.contains(row->id()) || MoveStateOf(*row).moving()))
      heard_.zones.insert(row->id());
    heard_.roster_moved = heard_.roster_moved || ChangesRoster(committed.entry);
    if (tracked_.empty()) continue;
    for (const stored::v1::Effect& effect : committed.entry.effects()) {
      for (const std::string& id : effect.insync().change_ids()) heard_.insync.push_back(id);
    }
  }
  if (!heard_.empty()) wake_.notify_one();
}

void MoveDriver::Run() {
  if (absl::Status status = ReadAll(); !status.ok())
    LogError("the zones that are moving can't all be read: {}", status.ToString());
  while (std::optional<Heard> heard = WaitToHear()) {
    TakeIn(*heard);
    TakeSteps();
    Evacuate();
    KeepStripeZones();
  }
}

absl::Status MoveDriver::ReadAll() {
  const std::unique_ptr<store::Reader> reader = host_.replica().Snapshot();
  ZoneRow row;
  std::unique_ptr<store::Iterator> it = reader->Scan("z", store::PrefixEnd("z"));
  for (; it->Valid(); it->Next()) {
    const absl::string_view value = it->value();
    if (!row.ParseFromArray(value.data(), static_cast<int>(value.size()))) continue;
    if (!MoveStateOf(row).moving()) continue;
    if (absl::Status status = ReadZone(*reader, row.id()); !status.ok()) return status;
  }
  return it->status();
}

std::optional<MoveDriver::Heard> MoveDriver::WaitToHear() {
  std::unique_lock<std::mutex> lock(mutex_);
  int64_t next_us = std::min(tracker_.next_us(), evacuations_.empty() ? INT64_MAX : evacuate_us_);
  if (options_.stripe_zones) next_us = std::min(next_us, stripes_us_);
  const int64_t wait_us = std::clamp<int64_t>(next_us - clock_.WallMicros(), 0, kLongestWaitUs);
  const auto woken = [this] { return stop_ || !heard_.empty(); };
  if (proposed_ < kMostProposed) {
    wake_.wait_for(lock, std::chrono::microseconds(wait_us), woken);
  } else {
    wake_.wait(lock, woken);
  }
  if (!stop_) wake_.wait_for(lock, kAtMostEvery, [this] { return stop_; });
  if (stop_) return std::nullopt;
  return std::exchange(heard_, {});
}

void MoveDriver::TakeIn(const Heard& heard) {
  const int64_t now_us = clock_.WallMicros();
  std::set<std::string> zones = heard.zones;
  for (const auto& [zone_id, made] : heard.settled) {
    tracker_.Settled(zone_id, made, now_us);
    // A step that could not be made may be over.
    zones.insert(zone_id);
  }
  if (!zones.empty()) {
    const std::unique_ptr<store::Reader> reader = host_.replica().Snapshot();
    for (const std::string& zone_id : zones) {
      if (absl::Status status = ReadZone(*reader, zone_id); !status.ok())
        LogError("the move of zone {} can't be read: {}", zone_id, status.ToString());
    }
  }
  for (const std::string& change_id : heard.insync) tracker_.Insync(change_id, now_us);
  if (heard.nodes_moved || heard.roster_moved) tracker_.NodesMoved(now_us);
  if (heard.roster_moved) {
    evacuate_us_ = 0;
    stripes_us_ = 0;
    if (absl::Status status = FindEvacuations(*host_.replica().Snapshot()); !status.ok())
      LogError("the nameservers can't be read: {}", status.ToString());
  }
}

absl::Status MoveDriver::ReadZone(const store::Reader& reader, const std::string& zone_id) {
  absl::StatusOr<std::optional<ZoneRow>> row = FullView(reader).Zone(zone_id);
  if (!row.ok()) return row.status();
  const MoveState state = row->has_value() ? MoveStateOf(**row) : MoveState();
  MoveTracker::Since since;
  if (state.stage != MoveState::Stage::kNone) {
    absl::StatusOr<MoveTracker::Since> read = ReadSince(reader, zone_id, state.since_revision);
    if (!read.ok()) return read.status();
    since = *std::move(read);
  }
  const uint64_t revision = row->has_value() ? (*row)->revision() : UINT64_MAX;
  tracker_.Note(zone_id, revision, state, std::move(since), clock_.WallMicros());
  // It names those that join, too.
  if (row->has_value() && !StripeOfZone(**row).empty()) stripes_us_ = 0;
  // It may have been the last one of its nameserver.
  if (tracker_.size() == 0) evacuate_us_ = 0;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (tracker_.Has(zone_id)) {
    tracked_.insert(zone_id);
  } else {
    tracked_.erase(zone_id);
  }
  return absl::OkStatus();
}

absl::StatusOr<MoveTracker::Since> MoveDriver::ReadSince(const store::Reader& reader,
                                                         const std::string& zone_id,
                                                         uint64_t revision) const {
  absl::StatusOr<std::optional<std::string>> bytes =
      reader.Get(replication::layout::History(zone_id, revision));
  if (!bytes.ok()) return bytes.status();
  // Where history was cut, the plan tells.
  if (!bytes->has_value()) return MoveTracker::Since{0, "", true};
  stored::v1::HistoryRow history;
  if (!history.ParseFromString(**bytes)) return absl::DataLossError("its history is damaged");
  MoveTracker::Since since{history.index(), history.change_id(), false};
  absl::StatusOr<std::optional<stored::v1::ChangeRow>> change = FullView(reader).Change(since.change_id);
  if (!change.ok()) return change.status();
  since.insync = !change->has_value() || (*change)->insync_time_us() != 0;
  return since;
}

void MoveDriver::TakeSteps() {
  size_t most = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    most = kMostProposed - std::min(kMostProposed, proposed_);
  }
  const std::unique_ptr<store::Reader> reader = host_.replica().Snapshot();
  const auto served = [&](const std::string& nameserver, const ZonePoint& point) {
    const absl::StatusOr<bool> is =
        host_.IsServed(*reader, nameserver, point.zone_id, point.index, point.revision);
    return is.ok() && *is;
  };
  for (const MoveTracker::Due& due : tracker_.Take(clock_.WallMicros(), most, served)) {
    const std::string& id = due.zone_id;
    switch (due.step) {
      case MoveTracker::Step::kServe:
        Propose(id, true, [this, id](const PlanContext& context) {
          return PlanServe(
              context, id,
              [this](const store::Reader& view, const std::string& nameserver, const ZonePoint& point) {
                return host_.IsServed(view, nameserver, point.zone_id, point.index, point.revision);
              });
        });
        break;
      case MoveTracker::Step::kRetire:
        Propose(id, true, [this, id](const PlanContext& context) {
          return PlanRetirement(context, id, options_.retire);
        });
        break;
      case MoveTracker::Step::kRemove:
        Propose(id, true, [id](const PlanContext& context) { return PlanRemoval(context, id); });
        break;
    }
  }
}

absl::Status MoveDriver::FindEvacuations(const store::Reader& reader) {
  absl::StatusOr<Roster> roster = ReadRoster(reader);
  if (!roster.ok()) return roster.status();
  std::map<std::string, Evacuation> found;
  for (const auto& [id, nameserver] : roster->nameservers) {
    if (IsEvacuated(*roster, nameserver.row)) found[id] = evacuations_[id];
  }
  evacuations_ = std::move(found);
  return absl::OkStatus();
}

void MoveDriver::Evacuate() {
  const int64_t now_us = clock_.WallMicros();
  if (evacuations_.empty() || now_us < evacuate_us_) return;
  if (now_us - second_us_ >= 1'000'000) {
    second_us_ = now_us;
    started_this_second_ = 0;
  }
  size_t budget = options_.per_second - std::min(options_.per_second, started_this_second_);
  budget = std::min(budget, options_.window - std::min(options_.window, tracker_.joining()));
  evacuate_us_ = now_us + kLookUs;
  const size_t before = budget;
  const std::unique_ptr<store::Reader> reader = host_.replica().Snapshot();
  for (auto& [nameserver, at] : evacuations_) {
    if (absl::Status status = EvacuateSome(*reader, nameserver, at, budget); !status.ok())
      LogError("the zones of nameserver {} can't be read: {}", nameserver, status.ToString());
  }
  started_this_second_ += before - budget;
  // There are more.
  if (budget == 0) evacuate_us_ = now_us + 100'000;
}

absl::Status MoveDriver::EvacuateSome(const store::Reader& reader, const std::string& nameserver,
                                      Evacuation& at, size_t& budget) {
  constexpr size_t kPage = 1000;
  const FullView view(reader);
  while (budget > 0) {
    absl::StatusOr<std::vector<std::string>> ids = view.AssignedZones(nameserver, at.after, kPage);
    if (!ids.ok()) return ids.status();
    for (const std::string& id : *ids) {
      if (budget == 0) return absl::OkStatus();
      at.after = id;
      at.any_zone = true;
      absl::StatusOr<std::optional<ZoneRow>> row = view.Zone(id);
      if (!row.ok()) return row.status();
      if (!row->has_value() || !IsServing(**row, nameserver)) continue;
      if (MoveStateOf(**row).stage != MoveState::Stage::kNone) continue;
      --budget;
      Propose(id, false, [this, id](const PlanContext& context) {
        return PlanEvacuation(context, id, [this](const std::string& name) { return ZonesOf(name); });
      });
    }
    if (ids->size() == kPage) continue;
    const bool none = !std::exchange(at, {}).any_zone;
    if (none) {
      Propose("", false, [nameserver](const PlanContext& context) {
        return PlanNameserverState(context, nameserver, stored::v1::NAMESERVER_STATE_RETIRED);
      });
    }
    return absl::OkStatus();
  }
  return absl::OkStatus();
}

void MoveDriver::KeepStripeZones() {
  const int64_t now_us = clock_.WallMicros();
  if (!options_.stripe_zones || now_us < stripes_us_) return;
  stripes_us_ = now_us + kLookUs;
  for (const char* stripe : {"a", "b", "c", "d"}) {
    Propose("", false, [this, stripe](const PlanContext& context) {
      return PlanStripeZone(context, stripe, [this](const std::string& name) { return ZonesOf(name); });
    });
  }
}

void MoveDriver::Warn(const std::string& zone_id, const absl::Status& why) {
  const int64_t now_us = clock_.WallMicros();
  if (now_us < warn_us_) return;
  warn_us_ = now_us + kWarnEveryUs;
  const std::string what = zone_id.empty() ? "the zone of a stripe can't be made or changed"
                                           : absl::StrCat("zone ", zone_id, " can't be moved on");
  LogWarning("{} now, and others, maybe: {}", what, std::string(why.message()));
}

void MoveDriver::Propose(const std::string& zone_id, bool is_step, PlanFn plan) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++proposed_;
  }
  Proposal proposal;
  proposal.zone_id = zone_id;
  proposal.plan = [this, zone_id,
                   plan = std::move(plan)](const PlanContext& context) -> absl::StatusOr<Plan> {
    if (zone_id.empty()) return plan(context);
    absl::StatusOr<std::optional<ZoneRow>> row = FullView(context.view).Zone(zone_id);
    if (!row.ok()) return row.status();
    if (!row->has_value()) return Plan();
    absl::StatusOr<dns::Name> apex = ApexOf(**row);
    if (!apex.ok()) return apex.status();
    if (absl::Status sound = host_.CheckSound(zone_id, *apex); !sound.ok()) return sound;
    return plan(context);
  };
  host_.ProposeAsync(std::move(proposal), [this, zone_id, is_step](const absl::StatusOr<Outcome>& outcome) {
    const std::lock_guard<std::mutex> lock(mutex_);
    --proposed_;
    if (!outcome.ok()) Warn(zone_id, outcome.status());
    if (is_step) heard_.settled.emplace_back(zone_id, outcome.ok() && outcome->appended);
    wake_.notify_all();
  });
}

}  // namespace quartet::controller
