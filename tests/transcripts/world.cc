#include "tests/transcripts/world.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "dns/base/check.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"
#include "replication/replica/node_zones.h"
#include "replication/restore/new_epoch.h"
#include "tests/transcripts/describe.h"

namespace quartet::tests {
namespace {

namespace v1 = replication::v1;
using replication::TestZoneId;

std::vector<std::string> Rest(std::istringstream& words) {
  std::vector<std::string> rest;
  for (std::string word; words >> word;) rest.push_back(word);
  return rest;
}

}  // namespace

World::Controller::Controller(const store::Contents& contents) {
  if (!contents.empty()) QUARTET_CHECK(store.Write(store::PutsOf(contents), store::Store::Sync::kYes).ok());
}

World::World() : disk_(std::make_unique<store::MemoryStore>()) {
  NewController();
  OpenNode();
}

void World::NewController() {
  session_.reset();
  controller_ = std::make_unique<Controller>();
  controller_->entries = std::make_unique<replication::TestController>(controller_->store, epoch_);
  controller_->entries->Enroll("n1", "ns1", stored::v1::NODE_STATE_COUNTED);
  NewPublisher();
}

void World::Restore() {
  Disconnect("the controller is gone");
  controller_ = std::make_unique<Controller>(backup_);
  epoch_ = replication::EpochAfter(epoch_, 0, 0);
  QUARTET_CHECK(replication::BeginEpoch(controller_->store, epoch_, {}).ok());
  controller_->entries = std::make_unique<replication::TestController>(controller_->store, epoch_);
  NewPublisher();
  controller_->publisher->SetUnsettled(true);
}

void World::NewPublisher() {
  replication::Publisher::Options options;
  options.part_bytes = part_bytes_;
  controller_->publisher =
      replication::Publisher::Create(controller_->entries->log(), controller_->store, clock_, options);
  controller_->publisher->Committed(controller_->entries->head());
}

void World::OpenNode() {
  replication::Subscriber::Options options;
  options.version = "1.0";
  absl::StatusOr<std::unique_ptr<replication::Subscriber>> node =
      replication::Subscriber::Open(*disk_, clock_, random_, options);
  QUARTET_CHECK(node.ok());
  node_ = *std::move(node);
  reports_ = std::make_unique<replication::Reports>(*disk_, replication::Reports::Options());
  served_ = replication::ServedZones();
  for (const replication::ZoneUpdate& update : node_->StoredZones()) Say("serve: " + Describe(update));
  absl::Status installed = served_.Install(node_->StoredZones(), *disk_, node_->digest_keys());
  if (!installed.ok()) Say(absl::StrCat("? ", installed.message()));
}

std::vector<std::string> World::Run(const std::string& command) {
  lines_.clear();
  std::istringstream words(command);
  std::string name;
  words >> name;
  if (!RunControllerCommand(name, words) && !RunNetworkCommand(name, words) && !RunNodeCommand(name, words)) {
    Say("? no such command");
  }
  return std::move(lines_);
}

bool World::RunControllerCommand(const std::string& name, std::istringstream& words) {
  replication::TestController& entries = *controller_->entries;
  std::string zone;
  if (name == "create") {
    std::string apex;
    words >> zone >> apex;
    Commit(entries.CreateZone(TestZoneId(zone), apex, Rest(words)));
  } else if (name == "put" || name == "remove") {
    std::string key, value;
    words >> zone >> key >> value;
    Commit(entries.ChangeZone(TestZoneId(zone), {{key, name == "put" ? value.c_str() : nullptr}}));
  } else if (name == "assign") {
    words >> zone;
    Commit(entries.AssignZone(TestZoneId(zone), Rest(words)));
  } else if (name == "delete") {
    words >> zone;
    Commit(entries.DeleteZone(TestZoneId(zone)));
  } else if (name == "stage") {
    std::string key, value;
    std::map<std::string, std::string> records;
    for (words >> zone; words >> key >> value;) records[key] = value;
    Commit(entries.StageChunk(TestZoneId(zone), records));
  } else if (name == "flip" || name == "abort") {
    words >> zone;
    Commit(name == "flip" ? entries.FlipStage(TestZoneId(zone)) : entries.AbortStage(TestZoneId(zone)));
  } else if (name == "new-term") {
    Commit(entries.NewTerm());
  } else if (name == "elsewhere") {
    Commit(entries.Nothing());
  } else if (name == "drain") {
    Commit(entries.Enroll("n1", "ns1", stored::v1::NODE_STATE_DRAINING));
    controller_->publisher->RosterChanged();
  } else if (name == "new-key") {
    Commit(entries.AddDigestKey(2));
  } else if (name == "trim") {
    uint64_t upto = 0;
    words >> upto;
    entries.Trim(upto);
  } else if (name == "restore") {
    Disconnect("the controller is gone");
    ++epoch_;
    NewController();
  } else if (name == "backup") {
    backup_ = store::ScanAll(controller_->store);
  } else if (name == "restore-backup") {
    Restore();
  } else if (name == "confirm") {
    controller_->publisher->SetUnsettled(false);
  } else if (name == "inquire") {
    words >> zone;
    Inquire(zone);
  } else if (name == "corrupt") {
    std::string key;
    words >> zone >> key;
    CorruptRecord(zone, key);
  } else if (name == "allow-repair") {
    words >> zone;
    absl::Status allowed = controller_->publisher->AllowRepair("n1", zone.empty() ? "" : TestZoneId(zone));
    if (!allowed.ok()) Say("refused: " + allowed.ToString());
  } else if (name == "compare") {
    words >> zone;
    Compare(zone);
  } else if (name == "small-parts") {
    part_bytes_ = 1;
    NewPublisher();
  } else if (name == "progress") {
    Progress();
  } else {
    return false;
  }
  return true;
}

bool World::RunNetworkCommand(const std::string& name, std::istringstream& words) {
  if (name == "connect") {
    Connect();
  } else if (name == "disconnect") {
    Disconnect("the network broke");
  } else if (name == "send") {
    Send();
  } else if (name == "lose") {
    Lose();
  } else if (name == "double") {
    to_node_.push_front(to_node_.front());
    Say("twice: " + Describe(to_node_.front()));
  } else if (name == "tamper") {
    uint64_t prev_revision = 0;
    words >> prev_revision;
    TamperRevision(prev_revision);
  } else if (name == "wait") {
    int64_t ms = 0;
    words >> ms;
    clock_.Advance(ms * 1000);
  } else if (name == "run") {
    RunUntilQuiet();
  } else if (name == "fill") {
    Connect();
    RunUntilQuiet();
    lines_.clear();
  } else if (name == "overtake") {
    QUARTET_CHECK(!to_node_.empty());
    to_node_.push_front(to_node_.back());
    to_node_.pop_back();
    Say("first: " + Describe(to_node_.front()));
  } else {
    return false;
  }
  return true;
}

bool World::RunNodeCommand(const std::string& name, std::istringstream& words) {
  if (name == "receive") {
    Receive(to_node_.size());
  } else if (name == "receive-one") {
    Receive(1);
  } else if (name == "write") {
    Write();
  } else if (name == "restart" || name == "crash" || name == "empty") {
    Disconnect("the node is gone");
    node_.reset();
    if (name == "crash") disk_->Crash(0);
    if (name == "empty") disk_ = std::make_unique<store::MemoryStore>();
    OpenNode();
  } else if (name == "unloadable") {
    std::string zone;
    words >> zone;
    node_->Unloadable(TestZoneId(zone), "its pages are damaged");
  } else if (name == "damaged") {
    std::string zone;
    words >> zone;
    const absl::StatusOr<replication::NodeZones> zones = replication::ReadNodeZones(*disk_);
    QUARTET_CHECK(zones.ok());
    node_->Damaged(TestZoneId(zone), zones->Find(TestZoneId(zone))->generation,
                   "its digest came out otherwise");
  } else if (name == "forge") {
    std::string zone, key, value;
    words >> zone >> key >> value;
    ForgeRecord(zone, key, value);
  } else if (name == "alarms") {
    const v1::Health health = node_->Health();
    for (const std::string& alarm : health.alarms()) Say(alarm);
  } else if (name == "closed") {
    to_controller_.push_back(node_->SocketsClosed());
  } else if (name == "serve") {
    Serve();
  } else {
    return false;
  }
  return true;
}

void World::Commit(const replication::Position& position) {
  Say(absl::StrCat("entry ", position.index));
  controller_->committed = position;
}

void World::Connect() {
  absl::StatusOr<replication::SessionId> session = controller_->publisher->Open("n1", "ns1");
  if (!session.ok()) {
    Say("refused: " + session.status().ToString());
    return;
  }
  session_ = *session;
  to_controller_.push_back(node_->Connected());
  Say("node: " + Describe(to_controller_.back()));
}

void World::Disconnect(const std::string& why) {
  if (!session_.has_value()) return;
  Say("the stream ends: " + why);
  controller_->publisher->Close(*session_);
  session_.reset();
  node_->Disconnected();
  to_controller_.clear();
  to_node_.clear();
}

void World::Send() {
  if (controller_->committed.has_value()) controller_->publisher->Committed(*controller_->committed);
  controller_->committed.reset();
  for (; session_.has_value() && !to_controller_.empty(); to_controller_.pop_front()) {
    absl::Status status = controller_->publisher->Receive(*session_, to_controller_.front());
    if (!status.ok()) return Disconnect(status.ToString());
  }
  for (bool more = true; more;) {
    replication::Publisher::Output output = controller_->publisher->Take();
    for (replication::Publisher::Output::Message& message : output.messages) {
      to_node_.push_back(message.message.Parse());
      Say("controller: " + Describe(to_node_.back()));
    }
    for (const replication::Publisher::Output::End& end : output.ended) Disconnect(end.status.ToString());
    std::unique_ptr<replication::Publisher::Turn> turn = controller_->publisher->TakeTurn();
    more = turn != nullptr;
    if (!more) continue;
    turn->Run();
    controller_->publisher->EndTurn(std::move(turn));
  }
}

void World::Receive(size_t messages) {
  for (; messages > 0 && !to_node_.empty(); --messages) {
    absl::Status status = node_->Receive(to_node_.front());
    if (!status.ok()) return Disconnect(absl::StatusCodeToString(status.code()));
    to_node_.pop_front();
  }
}

void World::Write() {
  replication::Subscriber::Ready ready = node_->TakeReady();
  for (const std::string& line : Describe(ready.batch)) Say("disk: " + line);
  if (!ready.batch.empty()) {
    Say(ready.sync == store::Store::Sync::kYes ? "disk: written and synced" : "disk: written");
    QUARTET_CHECK(disk_->Write(ready.batch, ready.sync).ok());
  }
  for (const replication::ZoneUpdate& update : ready.visible) Say("serve: " + Describe(update));
  absl::Status installed = served_.Install(ready.visible, *disk_, node_->digest_keys());
  if (!installed.ok()) Say(absl::StrCat("? ", installed.message()));
  if (ready.forget_inquiries) reports_->Forget();
  for (const v1::Inquiry& inquiry : ready.inquiries) reports_->Ask(inquiry);
  while (!reports_->idle()) {
    replication::Reports::Step step = reports_->Next();
    if (!step.part.has_value()) continue;
    v1::SubscribeRequest request;
    *request.mutable_report_part() = *std::move(step.part);
    Say("node: " + Describe(request));
    to_controller_.push_back(std::move(request));
  }
  if (ready.complete) Say("serve: open the sockets");
  if (ready.drain) Say("serve: close the sockets");
  for (v1::SubscribeRequest& request : node_->Done()) {
    Say("node: " + Describe(request));
    to_controller_.push_back(std::move(request));
  }
}

void World::RunUntilQuiet() {
  for (size_t before = 0; session_.has_value();) {
    Send();
    Receive(to_node_.size());
    Write();
    if (lines_.size() == before && to_controller_.empty()) return;
    before = lines_.size();
  }
}

void World::Lose() {
  if (to_node_.empty()) return Say("? nothing to lose");
  Say("lost: " + Describe(to_node_.front()));
  to_node_.pop_front();
}

void World::TamperRevision(uint64_t prev_revision) {
  v1::NodeEntry& entry = *to_node_.front().mutable_span()->mutable_entries(0);
  v1::ZoneDelta delta;
  QUARTET_CHECK(delta.ParseFromString(entry.delta()));
  delta.set_prev_revision(prev_revision);
  entry.set_delta(delta.SerializeAsString());
  Say("now: " + Describe(to_node_.front()));
}

void World::Inquire(const std::string& zone) {
  v1::Inquiry inquiry;
  inquiry.set_id(++inquiries_);
  inquiry.set_depth(zone.empty() ? v1::DEPTH_STATED : v1::DEPTH_RECORDS);
  if (!zone.empty()) inquiry.set_zone_id(TestZoneId(zone));
  const absl::Status asked = controller_->publisher->Inquire("n1", inquiry);
  if (!asked.ok()) Say("refused: " + asked.ToString());
}

void World::CorruptRecord(const std::string& zone, const std::string& key) {
  absl::StatusOr<uint64_t> generation =
      replication::FullView(controller_->store).ZoneGeneration(TestZoneId(zone));
  QUARTET_CHECK(generation.ok());
  store::Batch batch;
  batch.Put(replication::layout::Record(TestZoneId(zone), *generation, key), "damaged");
  QUARTET_CHECK(controller_->store.Write(batch, store::Store::Sync::kYes).ok());
}

void World::ForgeRecord(const std::string& zone, const std::string& key, const std::string& value) {
  absl::StatusOr<replication::NodeZones> zones = replication::ReadNodeZones(*disk_);
  QUARTET_CHECK(zones.ok());
  replication::NodeZone forged = *zones->Find(TestZoneId(zone));
  replication::Hasher hasher(node_->digest_keys().at(forged.row.digest_key_id()));
  const std::string record = replication::layout::Record(TestZoneId(zone), forged.generation, key);
  replication::Digest digest = replication::Digest::FromBytes(forged.row.served_digest());
  const absl::StatusOr<std::optional<std::string>> old = disk_->Get(record);
  QUARTET_CHECK(old.ok());
  if (old->has_value()) {
    digest -= hasher.Hash(key, **old);
  } else {
    forged.row.set_record_sets(forged.row.record_sets() + 1);
  }
  digest += hasher.Hash(key, value);
  forged.row.set_served_digest(digest.ToBytes());
  store::Batch batch;
  batch.Put(record, value);
  batch.Put(replication::layout::Zone(TestZoneId(zone)), forged.row.SerializeAsString());
  QUARTET_CHECK(disk_->Write(batch, store::Store::Sync::kYes).ok());
}

void World::Compare(const std::string& zone) {
  const absl::StatusOr<std::optional<stored::v1::ZoneRow>> row =
      replication::FullView(controller_->store).Zone(TestZoneId(zone));
  QUARTET_CHECK(row.ok() && row->has_value());
  v1::CompareZones comparison;
  comparison.set_epoch(epoch_);
  stored::v1::NodeZoneRow& compared = *comparison.add_zones();
  compared.set_id((*row)->id());
  compared.set_name((*row)->name());
  compared.set_revision((*row)->revision());
  compared.set_served_digest((*row)->served_digest());
  compared.set_digest_key_id((*row)->digest_key_id());
  compared.set_record_sets((*row)->record_sets());
  const absl::Status sent = controller_->publisher->CompareZones("n1", comparison);
  if (!sent.ok()) Say("refused: " + sent.ToString());
}

void World::Serve() {
  if (served_.zones().empty()) Say("no zones");
  for (const auto& [zone_id, zone] : served_.zones()) {
    std::string line =
        absl::StrCat(ShortId(zone_id), zone.failing ? " SERVFAIL" : absl::StrCat("@", zone.revision));
    for (const auto& [key, value] : zone.records) absl::StrAppend(&line, " ", key, "=", value);
    Say(line);
  }
}

void World::Progress() {
  for (const replication::NodeProgress& progress : controller_->publisher->Progress()) {
    std::string line = absl::StrCat(progress.node, progress.connected ? " connected, " : " away, ");
    absl::StrAppend(&line, progress.acknowledged ? absl::StrCat("acknowledged ", progress.acknowledged_index)
                                                 : "nothing acknowledged");
    for (const replication::ZoneException& exception : progress.exceptions) {
      absl::StrAppend(&line, ", but ", ShortId(exception.zone_id), "@", exception.served_revision);
    }
    Say(absl::StrCat(line, progress.sockets_closed ? ", sockets closed" : ""));
  }
}

}  // namespace quartet::tests
