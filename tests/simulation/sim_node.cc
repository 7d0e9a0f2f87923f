#include "tests/simulation/sim_node.h"

#include <utility>

#include "dns/base/check.h"
#include "replication/digest/digest.h"

namespace quartet::simulation {

namespace v1 = replication::v1;
using replication::Subscriber;
using replication::ZoneUpdate;

SimNode::SimNode(std::string name, std::string nameserver, WorldClock& clock, Dice& dice, Mutation mutation,
                 Outside outside)
    : name_(std::move(name)),
      nameserver_(std::move(nameserver)),
      clock_(clock),
      dice_(dice),
      mutation_(mutation),
      outside_(std::move(outside)),
      disk_(std::make_unique<store::MemoryStore>()) {}

void SimNode::Later(int64_t delay_us, std::function<void()> event) {
  clock_.After(delay_us, [this, life = life_, event = std::move(event)] {
    if (life == life_) event();
  });
}

void SimNode::Start() {
  Subscriber::Options options;
  options.span_credit = 64 << 10;
  options.snapshot_credit = 16 << 10;
  options.kept_bytes = 16 << 10;
  absl::StatusOr<std::unique_ptr<Subscriber>> subscriber = Subscriber::Open(*disk_, clock_, dice_, options);
  if (!subscriber.ok())
    return outside_.fail(name_ + " can't open its disk: " + subscriber.status().ToString());
  subscriber_ = *std::move(subscriber);
  served_ = replication::ServedZones();
  Install(subscriber_->StoredZones());
  serving_ = subscriber_->complete();
  outside_.written();
  Later(dice_.Between(1, 50) * kMillisecond, [this] { outside_.connect(); });
}

void SimNode::Crash() {
  if (!running()) return;
  ++life_;
  if (connected_) outside_.hang_up();
  connected_ = writing_ = again_ = false;
  subscriber_.reset();
  damaged_.clear();
  disk_->Crash(dice_.Below(4));
}

void SimNode::LoseDisk() {
  Crash();
  disk_ = std::make_unique<store::MemoryStore>();
}

void SimNode::Damage() {
  if (!running() || writing_ || served_.zones().empty()) return;
  auto zone = served_.zones().begin();
  std::advance(zone, dice_.Below(served_.zones().size()));
  if (zone->second.failing) return;
  damaged_.insert(zone->first);
  subscriber_->Unloadable(zone->first, "damaged by the simulation");
  Write();
}

void SimNode::Connected() {
  connected_ = true;
  const v1::SubscribeRequest hello = subscriber_->Connected();
  expected_ = hello.hello().cursor();
  outside_.send(hello);
  if (!writing_) Write();
}

void SimNode::Disconnected() {
  if (!running()) return;
  if (connected_) subscriber_->Disconnected();
  connected_ = false;
  Later(dice_.Between(5, 500) * kMillisecond, [this] { outside_.connect(); });
}

void SimNode::Receive(const v1::SubscribeResponse& message) {
  if (!running() || !connected_) return;
  v1::SubscribeResponse received = message;
  if (mutation_ == Mutation::kSkipCursorRule || mutation_ == Mutation::kApplyAtWrongRevision)
    Tamper(received);
  if (!subscriber_->Receive(received).ok()) {
    subscriber_->Disconnected();
    connected_ = false;
    outside_.hang_up();
    Later(dice_.Between(5, 500) * kMillisecond, [this] { outside_.connect(); });
    return;
  }
  if (writing_) {
    again_ = true;
  } else {
    Write();
  }
}

void SimNode::Write() {
  writing_ = true;
  again_ = false;
  auto ready = std::make_shared<Subscriber::Ready>(subscriber_->TakeReady());
  again_ = ready->more;
  if (mutation_ == Mutation::kAcknowledgeBeforeSync) SendAll(subscriber_->Done());
  const int64_t longest = slow_ ? 300 * kMillisecond : 3 * kMillisecond;
  Later(ready->batch.empty() ? 0 : dice_.Between(100, longest), [this, ready] { Finish(ready); });
}

void SimNode::Finish(const std::shared_ptr<Subscriber::Ready>& ready) {
  QUARTET_CHECK(disk_->Write(ready->batch, ready->sync).ok());
  Install(ready->visible);
  serving_ = serving_ || ready->complete;
  if (mutation_ != Mutation::kAcknowledgeBeforeSync) SendAll(subscriber_->Done());
  writing_ = false;
  outside_.written();
  if (running() && again_) Write();
}

void SimNode::Install(const std::vector<ZoneUpdate>& updates) {
  for (const ZoneUpdate& update : updates) {
    if (update.kind != ZoneUpdate::Kind::kFail) damaged_.erase(update.zone_id);
  }
  absl::Status installed = served_.Install(updates, *disk_, subscriber_->digest_keys());
  if (!installed.ok()) outside_.fail(name_ + ": " + std::string(installed.message()));
}

void SimNode::SendAll(const std::vector<v1::SubscribeRequest>& requests) {
  for (const v1::SubscribeRequest& request : requests) {
    if (connected_) outside_.send(request);
  }
}

void SimNode::Tamper(v1::SubscribeResponse& message) {
  if (message.has_inventory_part()) expected_ = message.inventory_part().as_of();
  if (!message.has_span()) return;
  *message.mutable_span()->mutable_after() = expected_;
  expected_ = message.span().upto();
  if (mutation_ != Mutation::kApplyAtWrongRevision) return;
  for (v1::NodeEntry& entry : *message.mutable_span()->mutable_entries()) MakeFit(entry);
}

void SimNode::MakeFit(v1::NodeEntry& entry) const {
  v1::ZoneDelta delta;
  auto zone = served_.zones().find(entry.zone_id());
  if (!delta.ParseFromString(entry.delta()) || !delta.has_row() || zone == served_.zones().end()) return;
  std::map<std::string, std::string> records = zone->second.records;
  for (const std::string& key : delta.removed_keys()) records.erase(key);
  for (const v1::ServedRecord& put : delta.puts()) records[put.key()] = put.served();
  replication::Hasher hasher(subscriber_->digest_keys().at(delta.row().digest_key_id()));
  replication::Digest digest;
  for (const auto& [key, value] : records) digest += hasher.Hash(key, value);
  delta.set_prev_revision(zone->second.revision);
  delta.mutable_row()->set_served_digest(digest.ToBytes());
  delta.mutable_row()->set_record_sets(records.size());
  entry.set_delta(delta.SerializeAsString());
}

}  // namespace quartet::simulation
