#include "tests/simulation/cluster.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/simulation/past_check.h"
#include "tests/simulation/schedule.h"

namespace quartet::simulation {

using Kind = Action::Kind;

namespace {

// After the last fault all must be as it should within it. A zone that the controller could not vouch for is asked
// for again after a minute.
constexpr int64_t kConvergence = 150 * kSecond;
constexpr int kMostRots = 8;

}  // namespace

Cluster::Cluster(const RunOptions& options)
    : options_(options),
      world_(options.seed, options.mutation),
      network_(world_, nodes_),
      controller_(world_,
                  {[this](replication::SessionId session, const replication::v1::SubscribeResponse& message) {
                     network_.ToNode(controller_, session, message);
                   },
                   [this](replication::SessionId session) { network_.ControllerEnds(controller_, session); },
                   [this] {
                     StartEnrolled();
                     checks_.Committed(nodes_);
                   },
                   [this](const std::string& change_id) { checks_.ToldInsync(change_id); },
                   [this] { ControllerCrashed(); }}),
      users_(controller_, world_),
      checks_(world_) {
  network_.SetController(&controller_);
}

void Cluster::StartEnrolled() {
  for (const auto& [name, enrolled] : world_.truth.now.nodes()) {
    if (nodes_.count(name) != 0) continue;
    SimNode::Outside outside;
    outside.connect = [this, node = name] { network_.Connect(node); };
    outside.send = [this, node = name](const replication::v1::SubscribeRequest& message) {
      network_.ToController(node, message);
    };
    outside.hang_up = [this, node = name] { network_.NodeHangsUp(node); };
    outside.written = [this, node = name](const std::set<std::string>& zones, bool anew) {
      checks_.NodeWritten(*nodes_.at(node), zones, anew);
    };
    SimNode& node =
        *(nodes_[name] = std::make_unique<SimNode>(name, enrolled.nameserver, world_, std::move(outside)));
    node.Start();
  }
}

void Cluster::RunFor(int64_t us) {
  const int64_t until = world_.clock.now() + us;
  while (!world_.finding.has_value() && world_.clock.Step(until)) ++result_.steps;
}

void Cluster::After(uint64_t ms, std::function<void()> event) {
  world_.clock.After(static_cast<int64_t>(ms) * kMillisecond, std::move(event));
}

void Cluster::ControllerCrashed() {
  network_.ControllerCrashed(controller_);
  // If nobody else starts it before.
  After(1000, [this] { StartController(); });
}

void Cluster::StartController() {
  if (controller_.running()) return;
  controller_.Start();
  checks_.Acknowledged(users_, controller_);
}

void Cluster::RestoreController() {
  if (!controller_.has_backup()) return;
  auto old_disk = store::MemoryStore::CopyOf(*controller_.disk().Snapshot());
  controller_.Restore();
  users_.Restored();
  network_.SetOldController(nullptr);
  old_controller_ = std::make_unique<OldController>(
      world_, std::move(old_disk),
      OldController::Outside{
          [this](replication::SessionId session, const replication::v1::SubscribeResponse& message) {
            network_.ToNode(*old_controller_, session, message);
          },
          [this](replication::SessionId session) { network_.ControllerEnds(*old_controller_, session); }});
  checks_.Acknowledged(users_, controller_);
}

void Cluster::Perform(const Action& action) {
  ++result_.steps;
  result_.actions.push_back(action);
  if (options_.on_action) options_.on_action(world_.clock.now(), action);
  const ActionForm& form = ActionForms()[static_cast<size_t>(action.kind)];
  if (action.kind == Kind::kAdvance) return RunFor(static_cast<int64_t>(action.number) * kMillisecond);
  if (users_.Ask(action)) return;
  if (!form.of_node) return PerformOnController(action);
  const auto node = nodes_.find(action.node);
  if (node != nodes_.end()) PerformOnNode(*node->second, action);
}

void Cluster::PerformOnController(const Action& action) {
  switch (action.kind) {
    case Kind::kCrashController:
      controller_.Crash();
      After(action.number, [this] { StartController(); });
      return;
    case Kind::kFillController:
      controller_.disk().SetFull(true);
      After(action.number, [this] { controller_.disk().SetFull(false); });
      return;
    case Kind::kLoseResult:
      if (controller_.takes_changes()) controller_.disk().LoseNextResult();
      return;
    case Kind::kDepose:
      return controller_.Depose();
    case Kind::kOldLeader:
      return controller_.ActAsDeposed();
    case Kind::kTrim:
      return controller_.Trim(action.number);
    case Kind::kBackup:
      return controller_.Backup();
    case Kind::kRestore:
      return RestoreController();
    case Kind::kOldController:
      if (old_controller_ == nullptr) return;
      network_.SetOldController(old_controller_.get());
      After(action.number, [this] { network_.SetOldController(nullptr); });
      return;
    case Kind::kConfirm:
      return controller_.Confirm();
    case Kind::kRotController: {
      const std::string* zone_id = world_.truth.now.ZoneOf(action.zone);
      if (zone_id == nullptr || !controller_.disk().Rot(*zone_id)) return;
      world_.truth.now.SetRotten(*zone_id);
      world_.Saw("controller's copy damaged");
      return;
    }
    default:
      return;
  }
}

void Cluster::PerformOnNode(SimNode& node, const Action& action) {
  const auto restart = [&node] {
    if (!node.running()) node.Start();
  };
  switch (action.kind) {
    case Kind::kCrash:
      node.Crash();
      return After(action.number, restart);
    case Kind::kLoseDisk:
      node.LoseDisk();
      return After(action.number, restart);
    case Kind::kStop:
      if (!node.running()) return;
      node.Stop();
      return After(action.number, [&node] { node.Continue(); });
    case Kind::kSlow:
      node.SetSlow(true);
      return After(action.number, [&node] { node.SetSlow(false); });
    case Kind::kFill:
      node.SetFull(true);
      return After(action.number, [&node] { node.SetFull(false); });
    case Kind::kRot: {
      const std::string* zone_id = world_.truth.now.ZoneOf(action.zone);
      if (zone_id == nullptr || rots_[node.name()] >= kMostRots || !node.Rot(*zone_id)) return;
      ++rots_[node.name()];
      return world_.Saw("node's copy damaged");
    }
    case Kind::kScrub:
      return node.Scrub();
    case Kind::kBreak:
      return network_.Break(node.name());
    case Kind::kHalfOpen:
      return network_.HalfOpen(node.name());
    case Kind::kLose:
      return network_.LoseNext(node.name());
    case Kind::kDouble:
      return network_.DoubleNext(node.name());
    case Kind::kDoubleUp:
      return network_.DoubleNextUp(node.name());
    case Kind::kDelay:
      return network_.Delay(node.name(), static_cast<int64_t>(action.number) * kMillisecond);
    default:
      return;
  }
}

// The faults end.
void Cluster::Heal() {
  controller_.SetFragile(false);
  controller_.disk().SetFull(false);
  network_.SetOldController(nullptr);
  StartController();
  controller_.Confirm();
  for (const auto& [name, node] : nodes_) {
    node->Continue();
    node->SetSlow(false);
    node->SetFull(false);
    if (!node->running()) node->Start();
  }
}

void Cluster::RunUntilConverged() {
  const int64_t deadline = world_.clock.now() + kConvergence;
  while (!world_.finding.has_value()) {
    users_.ReplaceDrained([this](const std::string& name) {
      const auto node = nodes_.find(name);
      return world_.truth.now.IsDrained(name) || (node != nodes_.end() && node->second->drained());
    });
    RunFor(200 * kMillisecond);
    const Finding missing = checks_.Converged(nodes_);
    if (!missing.has_value()) return;
    if (world_.clock.now() < deadline) continue;
    world_.Check(absl::StrCat("not converged ", kConvergence / kSecond, " s after the last fault: ", *missing,
                              controller_.Progress()));
  }
}

void Cluster::Act() {
  if (options_.actions.has_value()) {
    for (const Action& action : *options_.actions) {
      if (!world_.finding.has_value()) Perform(action);
    }
    return;
  }
  Schedule schedule(options_.seed);
  while (!world_.finding.has_value() && result_.steps < options_.steps) Perform(schedule.Next());
}

RunResult Cluster::Run() {
  controller_.Start();
  users_.Found();
  RunFor(2 * kSecond);
  controller_.SetFragile(true);
  Act();
  Heal();
  RunUntilConverged();
  // What rotted and was not noticed yet.
  for (const auto& [name, node] : nodes_) node->Scrub();
  RunUntilConverged();
  checks_.Acknowledged(users_, controller_);
  world_.Check(CheckPast(controller_.disk(), world_.truth.now));
  result_.finding = world_.finding;
  result_.time_us = result_.finding.has_value() ? world_.found_us : world_.clock.now();
  result_.entries = world_.truth.now.head().index;
  result_.acknowledged = users_.told();
  result_.seen = world_.seen;
  return result_;
}

RunResult RunOnce(const RunOptions& options) { return Cluster(options).Run(); }

}  // namespace quartet::simulation
