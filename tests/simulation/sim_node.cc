#include "tests/simulation/sim_node.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "dns/base/check.h"
#include "replication/replica/layout.h"
#include "replication/replica/scrubber.h"
#include "replication/store/store.h"

namespace quartet::simulation {

namespace v1 = replication::v1;
namespace layout = replication::layout;
using replication::Subscriber;
using replication::ZoneUpdate;

namespace {

// Zones of so many record sets are built beside the thread that applies.
constexpr uint64_t kLargeZone = 12;

// Zones whose rows a batch writes.
std::set<std::string> ZonesOf(const store::Batch& batch) {
  std::set<std::string> zones;
  for (const store::Batch::Operation& operation : batch.operations()) {
    const bool row = operation.key[0] == 'z' || operation.key[0] == 'g' || operation.key[0] == 's';
    if (row && operation.key.size() == 1 + layout::kZoneIdBytes)
      zones.insert(std::string(operation.key.substr(1)));
  }
  return zones;
}

}  // namespace

SimNode::SimNode(std::string name, std::string nameserver, World& world, Outside outside)
    : name_(std::move(name)),
      nameserver_(std::move(nameserver)),
      world_(world),
      dice_(world.seed, name_),
      mutant_(world.mutation, Dice(world.seed, name_ + " mutant")),
      outside_(std::move(outside)),
      disk_(SimDisk::Of::kNode, world.mutation) {}

void SimNode::Do(std::function<void()> event) {
  if (stopped_) {
    waiting_.push_back(std::move(event));
  } else {
    event();
  }
}

void SimNode::Later(int64_t delay_us, std::function<void()> event) {
  world_.clock.After(delay_us, [this, life = life_, event = std::move(event)] {
    if (life == life_) Do(event);
  });
}

void SimNode::Continue() {
  stopped_ = false;
  while (!stopped_ && !waiting_.empty()) {
    const std::function<void()> event = std::move(waiting_.front());
    waiting_.pop_front();
    event();
  }
}

void SimNode::Open() {
  Subscriber::Options options;
  // Little, so that spans and snapshots come apart.
  options.span_credit = 2 << 10;
  options.snapshot_credit = 8 << 10;
  options.kept_bytes = 4 << 10;
  absl::StatusOr<std::unique_ptr<Subscriber>> subscriber =
      Subscriber::Open(disk_, world_.clock, dice_, options);
  if (!subscriber.ok()) {
    world_.Check(absl::StrCat(name_, " can't open its disk: ", subscriber.status().ToString()));
    return;
  }
  subscriber_ = *std::move(subscriber);
  closed_ = subscriber_->drained();
  served_ = replication::ServedZones();
  loading_.clear();
  Install(subscriber_->StoredZones(), false);
  serving_ = (complete() || world_.Is(Mutation::kSocketsOpenBeforeFill)) && !subscriber_->drained();
  Told({}, true);
}

void SimNode::Start() {
  Open();
  if (running()) Reconnect();
}

void SimNode::Reconnect() {
  Later(dice_.Between(1, 300) * kMillisecond, [this] { outside_.connect(); });
}

void SimNode::Crash() {
  if (!running()) return;
  ++life_;
  if (connected_) outside_.hang_up();
  connected_ = writing_ = again_ = stale_ = scrub_again_ = stopped_ = false;
  waiting_.clear();
  subscriber_.reset();
  unloadable_.clear();
  loading_.clear();
  disk_.Crash(dice_.Below(4));
}

void SimNode::LoseDisk() {
  Crash();
  const std::string format_key = layout::Meta("node/format");
  const std::string incarnation_key = layout::Meta("node/incarnation");
  const auto format = disk_.Get(format_key);
  const auto incarnation = disk_.Get(incarnation_key);
  disk_.Empty();
  if (!world_.Is(Mutation::kIncarnationKeptOverLostDisk) || !format->has_value()) return;
  store::Batch batch;
  batch.Put(format_key, **format);
  batch.Put(incarnation_key, **incarnation);
  QUARTET_CHECK(disk_.Write(batch, store::Store::Sync::kYes).ok());
}

void SimNode::Scrub() {
  if (!running() || stopped_) return;
  scrub_again_ = writing_;
  if (writing_ || stale_) return;
  replication::Scrubber scrubber(disk_, world_.clock, {});
  bool found = false;
  for (bool ended = false; !ended;) {
    const replication::Scrubber::Step step = scrubber.Next();
    ended = step.ended;
    for (const replication::ScrubFinding& one : step.findings)
      found = subscriber_->Damaged(one.zone_id, one.generation, one.reason) || found;
  }
  if (!found) return;
  world_.Saw("damage found by the scrubber");
  Write();
}

void SimNode::Connected(bool to_old_controller) {
  if (stale_) {
    stale_ = false;
    Open();
  }
  connected_ = true;
  v1::SubscribeRequest hello = subscriber_->Connected();
  mutant_.Connected(hello, to_old_controller);
  outside_.send(hello);
  // A controller that was restored from an older backup may not know.
  if (closed_) outside_.send(subscriber_->SocketsClosed());
  Round();
}

void SimNode::Disconnected() {
  Do([this, life = life_] {
    if (life != life_ || !running()) return;
    if (connected_) subscriber_->Disconnected();
    connected_ = false;
    Reconnect();
  });
}

void SimNode::EndStream() {
  if (!connected_) return;
  subscriber_->Disconnected();
  connected_ = false;
  outside_.hang_up();
  Reconnect();
}

void SimNode::Receive(const v1::SubscribeResponse& message) {
  Do([this, life = life_, received = message]() mutable {
    if (life != life_ || !running() || !connected_) return;
    const Mutant::Node node{disk_, served_, subscriber_->digest_keys(), cursor()};
    if (!mutant_.Receive(received, node)) return;
    if (const absl::Status status = subscriber_->Receive(received); !status.ok()) {
      world_.Saw("stream ended by the node");
      return EndStream();
    }
    Round();
  });
}

void SimNode::Round() {
  if (writing_) {
    again_ = true;
  } else if (!stale_) {
    Write();
  }
}

void SimNode::Write() {
  writing_ = true;
  auto ready = std::make_shared<Subscriber::Ready>(subscriber_->TakeReady());
  again_ = ready->more;
  if (world_.Is(Mutation::kAcknowledgeBeforeSync)) SendAll(subscriber_->Done());
  const int64_t longest = slow_ ? 300 * kMillisecond : 3 * kMillisecond;
  if (ready->batch.empty()) return Finish(ready);
  Later(dice_.Between(100, longest), [this, ready] { Finish(ready); });
}

void SimNode::Finish(const std::shared_ptr<Subscriber::Ready>& ready) {
  writing_ = false;
  if (!ready->batch.empty() && !disk_.Write(ready->batch, ready->sync).ok()) return WriteFailed();
  Install(ready->visible, serving_);
  if (ready->complete) world_.Saw("first fill done");
  if (ready->drain) Drain();
  serving_ = serving_ || (complete() && !subscriber_->drained());
  if (world_.Is(Mutation::kSocketsOpenAfterDrain)) serving_ = complete();
  if (!world_.Is(Mutation::kAcknowledgeBeforeSync)) SendAll(subscriber_->Done());
  if (ready->drain) SendAll({subscriber_->SocketsClosed()});
  if (!ready->batch.empty() || !ready->visible.empty() || ready->drain) Told(ZonesOf(ready->batch), false);
  if (running() && again_) Write();
  if (running() && std::exchange(scrub_again_, false)) Scrub();
}

void SimNode::Told(const std::set<std::string>& zones, bool anew) { outside_.written(zones, anew); }

void SimNode::WriteFailed() {
  world_.Saw("write refused by a node's disk");
  stale_ = true;
  again_ = false;
  if (connected_) return EndStream();
}

void SimNode::Drain() {
  world_.Saw("drained");
  serving_ = false;
  closed_ = true;
}

void SimNode::SendAll(const std::vector<v1::SubscribeRequest>& requests) {
  for (const v1::SubscribeRequest& request : requests) {
    if (connected_) outside_.send(request);
  }
}

void SimNode::Install(const std::vector<ZoneUpdate>& updates, bool besides) {
  for (const ZoneUpdate& update : updates) {
    if (update.kind == ZoneUpdate::Kind::kRecords && KeepForLoading(update)) continue;
    if (update.kind != ZoneUpdate::Kind::kRecords) loading_.erase(update.zone_id);
    const bool large = update.kind == ZoneUpdate::Kind::kLoad && update.record_sets >= kLargeZone;
    if (large && besides) {
      LoadBesides(update);
    } else {
      InstallNow(update);
    }
  }
}

// What is being built will have it.
bool SimNode::KeepForLoading(const ZoneUpdate& update) {
  const auto loading = loading_.find(update.zone_id);
  if (loading == loading_.end()) return false;
  ZoneUpdate& target = loading->second.target;
  target.revision = update.revision;
  target.generation = update.generation;
  target.digest = update.digest;
  target.digest_key_id = update.digest_key_id;
  return true;
}

void SimNode::InstallNow(const ZoneUpdate& update) {
  const absl::Status installed = served_.Install({update}, disk_, subscriber_->digest_keys());
  if (installed.ok()) {
    if (update.kind != ZoneUpdate::Kind::kFail) unloadable_.erase(update.zone_id);
    return;
  }
  if (update.kind != ZoneUpdate::Kind::kLoad) {
    world_.Check(absl::StrCat(name_, ": ", installed.message()));
    return;
  }
  world_.Saw("zone that can't be loaded");
  ZoneUpdate fail = update;
  fail.kind = ZoneUpdate::Kind::kFail;
  QUARTET_CHECK(served_.Install({fail}, disk_, subscriber_->digest_keys()).ok());
  unloadable_.insert(update.zone_id);
  subscriber_->Unloadable(update.zone_id, std::string(installed.message()));
  again_ = true;
}

void SimNode::LoadBesides(const ZoneUpdate& update) {
  world_.Saw("zone built beside");
  const auto served = served_.zones().find(update.zone_id);
  const bool serves = served != served_.zones().end() && !served->second.failing;
  if (!serves) {
    ZoneUpdate fail = update;
    fail.kind = ZoneUpdate::Kind::kFail;
    InstallNow(fail);
  }
  const uint64_t build = ++builds_;
  loading_[update.zone_id] = {update, build};
  if (!world_.Is(Mutation::kLoadingAcknowledged))
    subscriber_->Loading(update.zone_id, serves ? served->second.revision : 0);
  Later(dice_.Between(1, 200) * kMillisecond, [this, id = update.zone_id, build] { Built(id, build); });
}

void SimNode::Built(const std::string& zone_id, uint64_t build) {
  const auto found = loading_.find(zone_id);
  if (found == loading_.end() || found->second.build != build) return;
  // The store is behind what the target says while a write is under way, or has failed.
  if (stale_) return;
  if (writing_) {
    Later(kMillisecond, [this, zone_id, build] { Built(zone_id, build); });
    return;
  }
  const ZoneUpdate target = std::move(found->second.target);
  loading_.erase(found);
  InstallNow(target);
  subscriber_->Loaded(zone_id);
  Told({zone_id}, false);
  Round();
}

}  // namespace quartet::simulation
