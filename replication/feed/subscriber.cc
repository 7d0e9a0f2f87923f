#include "replication/feed/subscriber.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "replication/base/log.h"
#include "replication/entry/entry.h"
#include "replication/feed/acknowledgements.h"
#include "replication/feed/fetches.h"
#include "replication/feed/received.h"
#include "replication/feed/snapshot_view.h"
#include "replication/feed/stream_rules.h"
#include "replication/feed/zone_updates.h"
#include "replication/replica/node_replica.h"

namespace quartet::replication {
namespace {

// A fetch that failed is tried again after it; one of a zone its controller can't vouch for, later.
constexpr int64_t kRetryUs = 2'000'000;
constexpr int64_t kQuarantineUs = 60'000'000;
// A repair that stopped because it would take too much away, when nothing else moves it.
constexpr int64_t kStoppedUs = 600'000'000;
// Zones named in an alarm.
constexpr size_t kNamedZones = 5;

class Machine : public Subscriber {
 public:
  Machine(store::Store& store, Clock& clock, const Options& options, NodeReplica replica)
      : store_(store),
        clock_(clock),
        options_(options),
        replica_(std::move(replica)),
        fetches_(options.fetches) {
    for (const std::string& zone_id : replica_.behind()) fetches_.Want(zone_id, 0);
  }

  using Subscriber::StoredZones;
  std::vector<ZoneUpdate> StoredZones(uint64_t record_sets) const override;
  size_t stored_count() const override { return replica_.zones().named(); }
  size_t stored_bytes() const override { return replica_.zones().bytes(); }
  bool complete() const override { return replica_.meta().complete; }
  bool drained() const override { return replica_.meta().drained; }
  Position cursor() const override { return replica_.meta().cursor.value_or(Position()); }
  const std::map<uint32_t, std::string>& digest_keys() const override { return replica_.meta().digest_keys; }

  v1::SubscribeRequest Connected() override;
  absl::Status Receive(v1::SubscribeResponse message) override;
  void Disconnected() override;

  Ready TakeReady() override;
  std::vector<v1::SubscribeRequest> Done() override;

  void Unloadable(const std::string& zone_id, const std::string& reason) override;
  void Loading(const std::string& zone_id, uint64_t served_revision) override {
    loading_.Begin(zone_id, served_revision);
  }
  void Loaded(const std::string& zone_id) override { loading_.End(zone_id); }
  bool Damaged(const std::string& zone_id, uint64_t generation, const std::string& reason) override;
  v1::SubscribeRequest SocketsClosed() override;
  v1::Health Health() const override;
  std::optional<int64_t> MicrosSinceSpan() const override;

 private:
  // A replica that never was complete asks for an inventory: it keeps what it has, and is held against it.
  std::optional<Position> ResumeCursor() const { return complete() ? replica_.meta().cursor : std::nullopt; }

  void Handle(store::Overlay& out, const v1::SubscribeResponse& message);
  void Welcomed(store::Overlay& out, const v1::Welcome& welcome);
  void TakeDrain(store::Overlay& out);
  void AllowRepair(store::Overlay& out, const std::string& zone_id);
  void Compare(store::Overlay& out, const v1::CompareZones& comparison);
  void StopRepair(store::Overlay& out, const std::string& zone_id, absl::string_view reason);
  void TakeInventory(store::Overlay& out, const v1::InventoryPart& part);
  void MarkDiffering(store::Overlay& out);
  void Settle(store::Overlay& out, const Position& as_of);
  void TakeSpan(store::Overlay& out, const v1::Span& span);
  void ApplyEntry(store::Overlay& out, const v1::NodeEntry& entry);
  NodeReplica::Applied ApplyDelta(store::Overlay& out, const std::string& zone_id,
                                  const v1::ZoneDelta& delta);
  void LoadNew(const NodeZone& zone, const v1::ZoneDelta& delta, size_t put_from);
  void Keep(store::Overlay& out, const v1::NodeEntry& entry);
  void BecameBehind(const std::string& zone_id, int64_t fetch_at_us);
  void RemoveZone(store::Overlay& out, const std::string& zone_id);

  void TakeSerialisedPart(store::Overlay& out, const std::string& bytes);
  bool TakeWhole(store::Overlay& out, const SnapshotView& view);
  void TakeSnapshotPart(store::Overlay& out, const v1::SnapshotPart& part);
  bool Follows(const Fetch& fetch, uint32_t part, const Position& as_of) const;
  void EndSnapshot(store::Overlay& out, Fetch& fetch, const v1::SnapshotPart& part);
  void FinishRipe(store::Overlay& out);
  void Finish(store::Overlay& out, const std::string& zone_id);
  void GiveUp(store::Overlay& out, const std::string& zone_id, int64_t retry_at_us);
  void CheckComplete(store::Overlay& out, Ready& ready);

  // What is being written is acknowledged by the next Done, unless the first fill is still going on: that is synced when it
  // ends, and what a crash takes of it is fetched again.
  void SyncIfComplete() { sync_ = sync_ || complete(); }

  int64_t Now() const { return clock_.MonotonicMicros(); }

  store::Store& store_;
  Clock& clock_;
  const Options options_;
  NodeReplica replica_;
  Fetches fetches_;
  StreamRules rules_;
  Acknowledgements acknowledgements_;
  LoadingZones loading_;
  ZoneUpdates updates_;
  // What passed the rules.
  Received received_;
  std::optional<NodeInventory> inventory_;
  // Stages of an ended stream, still to be removed.
  std::vector<NodeStage> garbage_;
  // Zones the controller can't vouch for: the first fill does not wait for them.
  std::set<std::string> quarantined_;
  std::optional<int64_t> last_span_us_;
  // Resumed or settled: zones may be fetched.
  bool streaming_ = false;
  bool opened_ = false;
  // Of the Ready being made.
  bool drain_ = false;
  bool sync_ = false;
  std::vector<v1::Inquiry> inquiries_;
  bool forget_inquiries_ = false;
};

std::vector<ZoneUpdate> Machine::StoredZones(uint64_t record_sets) const {
  std::vector<ZoneUpdate> updates;
  for (const auto& [id, zone] : replica_.zones()) {
    if (zone.named && zone.row.record_sets() >= record_sets) updates.push_back(StoredZone(zone));
  }
  return updates;
}

v1::SubscribeRequest Machine::Connected() {
  const NodeMeta& meta = replica_.meta();
  rules_.Open({ResumeCursor(), meta.epoch, static_cast<int64_t>(options_.span_credit),
               static_cast<int64_t>(options_.snapshot_credit),
               replica_.zones().empty() ? std::map<uint32_t, std::string>() : meta.digest_keys});
  v1::SubscribeRequest request;
  v1::Hello* hello = request.mutable_hello();
  hello->set_incarnation(meta.incarnation);
  if (ResumeCursor().has_value()) WritePosition(*ResumeCursor(), *hello->mutable_cursor());
  hello->set_format(kEntryFormat);
  hello->set_span_credit(options_.span_credit);
  hello->set_snapshot_credit(options_.snapshot_credit);
  hello->set_version(options_.version);
  return request;
}

absl::Status Machine::Receive(v1::SubscribeResponse message) {
  if (absl::Status status = rules_.Check(message); !status.ok()) return status;
  if (message.has_span()) last_span_us_ = Now();
  received_.Push(std::move(message));
  return absl::OkStatus();
}

void Machine::Disconnected() {
  rules_.Close();
  acknowledgements_.End();
  received_.Clear();
  inquiries_.clear();
  forget_inquiries_ = true;
  inventory_.reset();
  streaming_ = false;
  for (NodeStage& stage : fetches_.Restart(Now())) garbage_.push_back(std::move(stage));
}

Subscriber::Ready Machine::TakeReady() {
  Ready ready;
  store::Overlay out(store_, ready.batch);
  sync_ = !opened_;
  drain_ = false;
  if (!opened_) replica_.FinishOpening(out);
  opened_ = true;
  for (const NodeStage& stage : garbage_) replica_.DropStage(out, stage);
  garbage_.clear();
  replica_.WriteUnloadable(out);
  // Before the first fill is done nobody is answered, and there is nothing to wait for.
  const size_t snapshot_bytes = complete() ? options_.round_snapshot_bytes : options_.snapshot_credit;
  for (const v1::SubscribeResponse& message : received_.Take(options_.round_span_bytes, snapshot_bytes)) {
    Handle(out, message);
  }
  ready.more = !received_.empty();
  CheckComplete(out, ready);
  replica_.WriteMoved(out);
  ready.sync = sync_ && !ready.batch.empty() ? store::Store::Sync::kYes : store::Store::Sync::kNo;
  ready.visible = updates_.Take();
  for (const ZoneUpdate& update : ready.visible) {
    if (update.kind != ZoneUpdate::Kind::kRecords) loading_.Replaced(update.zone_id);
  }
  ready.drain = drain_;
  ready.inquiries = std::exchange(inquiries_, {});
  ready.forget_inquiries = std::exchange(forget_inquiries_, false);
  return ready;
}

void Machine::Handle(store::Overlay& out, const v1::SubscribeResponse& message) {
  if (message.has_welcome()) Welcomed(out, message.welcome());
  if (message.has_inventory_part()) TakeInventory(out, message.inventory_part());
  if (message.has_span()) TakeSpan(out, message.span());
  if (message.has_snapshot_part()) TakeSnapshotPart(out, message.snapshot_part());
  for (const std::string& part : message.snapshot_parts().parts()) TakeSerialisedPart(out, part);
  if (message.has_drain()) TakeDrain(out);
  if (message.has_inquiry()) inquiries_.push_back(message.inquiry());
  if (message.has_allow_repair()) AllowRepair(out, message.allow_repair().zone_id());
  if (message.has_compare_zones()) Compare(out, message.compare_zones());
}

void Machine::Welcomed(store::Overlay& out, const v1::Welcome& welcome) {
  if (welcome.unsettled()) return;
  for (const v1::DigestKey& key : welcome.digest_keys()) {
    if (key.key().size() == Hasher::kKeyBytes) replica_.LearnDigestKey(out, key.id(), key.key());
  }
  replica_.SeeEpoch(out, welcome.epoch());
  streaming_ = welcome.resumed();
  if (streaming_) acknowledgements_.Begin();
}

void Machine::TakeDrain(store::Overlay& out) {
  drain_ = true;
  if (drained()) return;
  replica_.SetDrained(out);
  sync_ = true;
}

void Machine::AllowRepair(store::Overlay& out, const std::string& zone_id) {
  for (const std::string& allowed : replica_.AllowRepair(out, zone_id)) {
    LogInfo("zone {}: its repair was allowed", allowed);
    fetches_.Hurry(allowed, Now());
    sync_ = true;
  }
}

void Machine::Compare(store::Overlay& out, const v1::CompareZones& comparison) {
  for (const stored::v1::NodeZoneRow& row : comparison.zones()) {
    const std::optional<NodeZone> zone = replica_.Find(row.id());
    if (!zone.has_value() || zone->generation == 0 || zone->is_behind() ||
        zone->epoch != comparison.epoch() || zone->row.revision() != row.revision() ||
        zone->row.digest_key_id() != row.digest_key_id() ||
        zone->row.served_digest() == row.served_digest()) {
      continue;
    }
    LogError("zone {} differs from the controller's of the same revision {} and is fetched anew", row.id(),
             row.revision());
    replica_.MarkBehind(out, row.id(), &row,
                        absl::StrCat("differs from the controller's revision ", row.revision()),
                        NodeReplica::Copy::kDiffers);
    BecameBehind(row.id(), Now());
    sync_ = true;
  }
}

void Machine::StopRepair(store::Overlay& out, const std::string& zone_id, absl::string_view reason) {
  if (replica_.StopRepair(out, zone_id, reason)) {
    LogError("zone {} stays as it is until the repair is allowed or the zone changes: {}", zone_id,
             std::string(reason));
  }
  const int64_t wall = clock_.WallMicros();
  const int64_t wait = replica_.NextRepairUs(wall) - wall;
  BecameBehind(zone_id, Now() + (wait > 0 ? wait : kStoppedUs));
}

void Machine::TakeInventory(store::Overlay& out, const v1::InventoryPart& part) {
  absl::StatusOr<Position> as_of = ReadPosition(part.as_of());
  if (!as_of.ok()) return;
  if (!inventory_.has_value()) inventory_.emplace(replica_.zones(), as_of->epoch);
  for (const stored::v1::NodeZoneRow& row : part.zones()) inventory_->Add(row);
  // At the first fill part by part, so that no write holds all of a large inventory. Later only behind what is removed: a
  // zone may have the name of one that is gone.
  if (!complete()) MarkDiffering(out);
  if (part.last()) Settle(out, *as_of);
}

void Machine::MarkDiffering(store::Overlay& out) {
  for (const stored::v1::NodeZoneRow& row : inventory_->TakeDiffering()) {
    replica_.MarkDiffering(out, row);
    BecameBehind(row.id(), Now());
  }
}

void Machine::Settle(store::Overlay& out, const Position& as_of) {
  const NodeInventory::Difference difference = inventory_->Finish();
  loading_.Distrust();
  for (const std::string& zone_id : difference.gone) {
    updates_.Remove(zone_id, replica_.Find(zone_id)->apex);
    fetches_.Forget(zone_id);
  }
  replica_.Settle(out, difference, as_of);
  for (const std::string& zone_id : difference.settled) fetches_.Forget(zone_id);
  MarkDiffering(out);
  inventory_.reset();
  streaming_ = true;
  SyncIfComplete();
  acknowledgements_.Begin();
}

void Machine::TakeSpan(store::Overlay& out, const v1::Span& span) {
  for (const v1::NodeEntry& entry : span.entries()) ApplyEntry(out, entry);
  absl::StatusOr<Position> upto = ReadPosition(span.upto());
  if (upto.ok()) replica_.MoveCursor(*upto);
  FinishRipe(out);
}

void Machine::ApplyEntry(store::Overlay& out, const v1::NodeEntry& entry) {
  SyncIfComplete();
  const std::string& zone_id = entry.zone_id();
  v1::ZoneDelta delta;
  if (entry.min_reader() <= kEntryFormat && delta.ParseFromString(entry.delta())) {
    if (ApplyDelta(out, zone_id, delta) == NodeReplica::Applied::kKept) Keep(out, entry);
    return;
  }
  replica_.DropLoggedStage(out, zone_id);
  const std::optional<NodeZone> zone = replica_.Find(zone_id);
  if (zone.has_value() && zone->is_behind()) {
    Keep(out, entry);
    return;
  }
  replica_.MarkBehind(out, zone_id, nullptr,
                      absl::StrCat("entry ", entry.index(), " can't be read by this version"));
  BecameBehind(zone_id, Now());
}

// A new zone, written from `put_from` on: its record sets first, in order. They need not be read back if they are all that
// its entry holds.
void Machine::LoadNew(const NodeZone& zone, const v1::ZoneDelta& delta, size_t put_from) {
  const auto puts = static_cast<size_t>(delta.puts_size());
  const bool all = delta.removed_keys().empty() && puts == zone.row.record_sets();
  updates_.Load(zone, put_from, all ? puts : 0);
}

NodeReplica::Applied Machine::ApplyDelta(store::Overlay& out, const std::string& zone_id,
                                         const v1::ZoneDelta& delta) {
  const std::optional<NodeZone> before = replica_.Find(zone_id);
  const dns::Name apex = before.has_value() ? before->apex : dns::Name();
  const size_t put_from = out.operations();
  const NodeReplica::Applied applied = replica_.Apply(out, zone_id, delta);
  switch (applied) {
    case NodeReplica::Applied::kFlipped:
      loading_.Flipped(zone_id);
      updates_.Load(*replica_.Find(zone_id));
      break;
    case NodeReplica::Applied::kLoaded:
      LoadNew(*replica_.Find(zone_id), delta, put_from);
      break;
    case NodeReplica::Applied::kChanged:
      updates_.Change(*replica_.Find(zone_id), delta);
      break;
    case NodeReplica::Applied::kRemoved:
      updates_.Remove(zone_id, apex);
      break;
    case NodeReplica::Applied::kBehind:
      BecameBehind(zone_id, Now());
      break;
    case NodeReplica::Applied::kKept:
    case NodeReplica::Applied::kNothing:
      break;
  }
  return applied;
}

void Machine::Keep(store::Overlay& out, const v1::NodeEntry& entry) {
  Fetch* fetch = fetches_.Find(entry.zone_id());
  // One that is only wanted will be asked for with a cursor behind this entry; what follows it is no repair any more, so
  // one that stopped is wanted now.
  if (fetch == nullptr) {
    if (replica_.Find(entry.zone_id())->repair == stored::v1::REPAIR_STATE_STOPPED)
      fetches_.Hurry(entry.zone_id(), Now());
    return;
  }
  fetch->kept.push_back(entry);
  fetch->kept_bytes += entry.ByteSizeLong();
  if (fetch->kept_bytes > options_.kept_bytes) GiveUp(out, entry.zone_id(), Now());
}

void Machine::BecameBehind(const std::string& zone_id, int64_t fetch_at_us) {
  const NodeZone zone = *replica_.Find(zone_id);
  // With something to serve it goes on serving that.
  if (zone.served_revision() == 0) updates_.Load(zone);
  fetches_.Want(zone_id, fetch_at_us);
}

void Machine::RemoveZone(store::Overlay& out, const std::string& zone_id) {
  const std::optional<NodeZone> zone = replica_.Find(zone_id);
  if (!zone.has_value()) return;
  updates_.Remove(zone_id, zone->apex);
  replica_.Remove(out, zone_id);
}

bool Machine::Follows(const Fetch& fetch, uint32_t part, const Position& as_of) const {
  if (fetch.whole) return false;
  if (part == 0) return as_of.epoch == fetch.asked_at.epoch && as_of.index >= fetch.asked_at.index;
  return fetch.stage.has_value() && part == fetch.next_part && as_of == fetch.as_of;
}

void Machine::TakeSerialisedPart(store::Overlay& out, const std::string& bytes) {
  const absl::StatusOr<SnapshotView> view = ViewSnapshot(bytes);
  if (view.ok() && TakeWhole(out, *view)) return;
  v1::SnapshotPart part;
  if (part.ParseFromString(bytes)) TakeSnapshotPart(out, part);
}

// A zone that came in one part and may take its place now is written once, where it is served from, and is not read
// back. False: nothing was done, it goes through a stage.
bool Machine::TakeWhole(store::Overlay& out, const SnapshotView& view) {
  if (view.part != 0 || !view.last || !view.has_row || !view.quarantined.empty()) return false;
  const std::string zone_id(view.zone_id);
  const Fetch* fetch = fetches_.Find(zone_id);
  if (fetch == nullptr || fetch->stage.has_value() || !Follows(*fetch, view.part, view.as_of)) return false;
  if (!Fetches::IsRipe(view.as_of, cursor())) return false;
  if (!fetch->kept.empty() && fetch->kept.back().index() > view.as_of.index) return false;
  stored::v1::NodeZoneRow row;
  if (!row.ParseFromArray(view.row.data(), static_cast<int>(view.row.size()))) return false;
  const size_t put_from = out.operations();
  if (!replica_.TakeWhole(out, zone_id, view.records, row, view.as_of)) return false;
  SyncIfComplete();
  fetches_.Forget(zone_id);
  quarantined_.erase(zone_id);
  updates_.Load(*replica_.Find(zone_id), put_from, view.records.size());
  return true;
}

void Machine::TakeSnapshotPart(store::Overlay& out, const v1::SnapshotPart& part) {
  Fetch* fetch = fetches_.Find(part.zone_id());
  absl::StatusOr<Position> as_of = ReadPosition(part.as_of());
  if (fetch == nullptr || !as_of.ok()) return;
  if (!Follows(*fetch, part.part(), *as_of)) {
    // Parts of a transfer that was given up go on coming, and are let pass; one that is missing ends this transfer.
    const bool missing = fetch->stage.has_value() && !fetch->whole && part.part() > fetch->next_part;
    if (missing) GiveUp(out, part.zone_id(), Now() + kRetryUs);
    return;
  }
  if (part.part() == 0) {
    if (fetch->stage.has_value()) replica_.DropStage(out, *fetch->stage);
    fetch->stage = replica_.BeginStage(out, part.zone_id());
    fetch->as_of = *as_of;
    fetch->next_part = 0;
  }
  ++fetch->next_part;
  if (!replica_.AddToStage(out, *fetch->stage, part).ok()) {
    GiveUp(out, part.zone_id(), Now() + kRetryUs);
    return;
  }
  if (part.last()) EndSnapshot(out, *fetch, part);
}

void Machine::EndSnapshot(store::Overlay& out, Fetch& fetch, const v1::SnapshotPart& part) {
  if (!part.quarantined().empty()) {
    const std::string& zone_id = part.zone_id();
    GiveUp(out, zone_id, Now() + kQuarantineUs);
    replica_.MarkBehind(out, zone_id, nullptr,
                        absl::StrCat("quarantined by the controller: ", part.quarantined()));
    quarantined_.insert(zone_id);
    SyncIfComplete();
    return;
  }
  fetch.whole = true;
  if (part.has_row()) fetch.row = part.row();
  if (Fetches::IsRipe(fetch.as_of, cursor())) Finish(out, part.zone_id());
}

void Machine::FinishRipe(store::Overlay& out) {
  for (const std::string& zone_id : fetches_.Ripe(cursor())) Finish(out, zone_id);
}

void Machine::Finish(store::Overlay& out, const std::string& zone_id) {
  SyncIfComplete();
  Fetch fetch = fetches_.Take(zone_id);
  quarantined_.erase(zone_id);
  if (!fetch.row.has_value()) {
    replica_.DropStage(out, *fetch.stage);
    RemoveZone(out, zone_id);
  } else if (absl::Status flipped =
                 replica_.Flip(out, *fetch.stage, *fetch.row, fetch.as_of, clock_.WallMicros());
             flipped.ok()) {
    updates_.Load(*replica_.Find(zone_id));
  } else if (absl::IsResourceExhausted(flipped)) {
    replica_.DropStage(out, *fetch.stage);
    StopRepair(out, zone_id, flipped.message());
    return;
  } else {
    replica_.DropStage(out, *fetch.stage);
    replica_.MarkBehind(out, zone_id, nullptr, flipped.message());
    BecameBehind(zone_id, Now() + kRetryUs);
    return;
  }
  for (const v1::NodeEntry& entry : fetch.kept) {
    if (entry.index() > fetch.as_of.index) ApplyEntry(out, entry);
  }
}

void Machine::GiveUp(store::Overlay& out, const std::string& zone_id, int64_t retry_at_us) {
  Fetch fetch = fetches_.Take(zone_id);
  if (fetch.stage.has_value()) replica_.DropStage(out, *fetch.stage);
  fetches_.Want(zone_id, retry_at_us);
}

void Machine::CheckComplete(store::Overlay& out, Ready& ready) {
  if (complete() || !streaming_) return;
  for (const std::string& zone_id : replica_.behind()) {
    if (quarantined_.count(zone_id) == 0) return;
  }
  replica_.SetComplete(out);
  ready.complete = true;
  sync_ = true;
}

std::vector<v1::SubscribeRequest> Machine::Done() {
  std::vector<v1::SubscribeRequest> requests;
  const int64_t now = Now();
  loading_.Done();
  if (std::optional<v1::Acknowledgement> acknowledgement = acknowledgements_.Next(replica_, loading_, now)) {
    *requests.emplace_back().mutable_acknowledgement() = *std::move(acknowledgement);
  }
  v1::Credit credit = rules_.TakeCredit();
  if (credit.span_bytes() != 0 || credit.snapshot_bytes() != 0) {
    *requests.emplace_back().mutable_credit() = std::move(credit);
  }
  if (!streaming_) return requests;
  v1::FetchZones fetch;
  for (std::string& zone_id : fetches_.Ask(now, cursor())) *fetch.add_zone_ids() = std::move(zone_id);
  if (fetch.zone_ids_size() > 0) *requests.emplace_back().mutable_fetch_zones() = std::move(fetch);
  return requests;
}

void Machine::Unloadable(const std::string& zone_id, const std::string& reason) {
  if (!replica_.Find(zone_id).has_value()) return;
  replica_.MarkUnloadable(zone_id, reason);
  fetches_.Want(zone_id, Now());
}

bool Machine::Damaged(const std::string& zone_id, uint64_t generation, const std::string& reason) {
  if (!replica_.MarkDamaged(zone_id, generation, reason)) return false;
  fetches_.Hurry(zone_id, Now());
  return true;
}

v1::Health Machine::Health() const {
  v1::Health health;
  health.set_zones(replica_.zones().size());
  health.set_zones_behind(replica_.behind().size());
  uint64_t failing = 0;
  for (const std::string& zone_id : replica_.behind())
    failing += replica_.Find(zone_id)->served_revision() == 0;
  health.set_zones_failing(failing);
  const std::vector<NodeZone> stopped = replica_.StoppedRepairs();
  if (stopped.empty()) return health;
  std::string names;
  for (size_t i = 0; i < stopped.size() && i < kNamedZones; ++i)
    absl::StrAppend(&names, i == 0 ? "" : ", ", stopped[i].row.id());
  health.add_alarms(
      absl::StrCat("repairs of ", stopped.size(), stopped.size() == 1 ? " zone" : " zones",
                   " stopped at a limit (", names, stopped.size() > kNamedZones ? ", …" : "",
                   "); the first: ", absl::StripPrefix(stopped.front().behind, "stopped: "),
                   ". If the controller's zones are right, `quartet node allow-repair` lets them go on"));
  return health;
}

v1::SubscribeRequest Machine::SocketsClosed() {
  v1::SubscribeRequest request;
  request.mutable_sockets_closed();
  return request;
}

std::optional<int64_t> Machine::MicrosSinceSpan() const {
  if (!last_span_us_.has_value()) return std::nullopt;
  return Now() - *last_span_us_;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Subscriber>> Subscriber::Open(store::Store& store, Clock& clock,
                                                             Random& random, const Options& options) {
  absl::StatusOr<NodeReplica> replica = NodeReplica::Open(store, random);
  if (!replica.ok()) return replica.status();
  return std::unique_ptr<Subscriber>(std::make_unique<Machine>(store, clock, options, *std::move(replica)));
}

}  // namespace quartet::replication
