#include "tests/simulation/cluster.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace quartet::simulation {

// After the last fault all must be as it should within it.
constexpr int64_t kConvergence = 60 * kSecond;

Cluster::Cluster(const RunOptions& options)
    : options_(options),
      dice_(options.seed),
      network_(clock_, dice_),
      controller_(clock_, dice_, truth_, options.mutation,
                  {[this](replication::SessionId session, const replication::v1::SubscribeResponse& message) {
                     network_.ToNode(session, message);
                   },
                   [this](replication::SessionId session) { network_.ControllerEnds(session); },
                   [this] { Committed(); }, [this] { ControllerCrashed(); }}),
      workload_(controller_, truth_, dice_),
      requests_left_(options.steps) {
  network_.Attach(&controller_, &nodes_);
  network_.SetLosing(options.mutation == Mutation::kSkipCursorRule ||
                     options.mutation == Mutation::kApplyAtWrongRevision);
}

void Cluster::Check(Finding finding) {
  if (!finding.has_value() || result_.finding.has_value()) return;
  result_.finding = std::move(finding);
  result_.time_us = clock_.now();
}

void Cluster::NodeWritten(SimNode& node) {
  Check(CheckServed(node, truth_));
  Check(CheckInsync(node, truth_));
  if (!node.writing()) Check(CheckReplica(node, truth_));
}

void Cluster::Committed() {
  if (truth_.TakeNewlyInsync().empty()) return;
  for (const auto& [name, node] : nodes_) Check(CheckInsync(*node, truth_));
}

void Cluster::StartNodes() {
  for (const auto& [name, nameserver] : workload_.Found()) {
    SimNode::Outside outside;
    outside.connect = [this, node = name] { network_.Connect(node); };
    outside.send = [this, node = name](const replication::v1::SubscribeRequest& message) {
      network_.ToController(node, message);
    };
    outside.hang_up = [this, node = name] { network_.NodeHangsUp(node); };
    outside.written = [this, node = name] { NodeWritten(*nodes_.at(node)); };
    outside.fail = [this](const std::string& what) { Check(what); };
    nodes_[name] =
        std::make_unique<SimNode>(name, nameserver, clock_, dice_, options_.mutation, std::move(outside));
  }
  for (const auto& [name, node] : nodes_) node->Start();
}

void Cluster::RunFor(int64_t us) {
  const int64_t until = clock_.now() + us;
  while (!result_.finding.has_value() && clock_.Step(until)) ++result_.events;
}

void Cluster::ScheduleRequest() {
  // Now and then many at once.
  const int64_t pause = dice_.Chance(30) ? 0 : dice_.Between(1, 250) * kMillisecond;
  clock_.After(pause, [this] {
    if (requests_left_ == 0) return;
    --requests_left_;
    workload_.Act();
    ScheduleRequest();
  });
}

void Cluster::ScheduleFault() {
  clock_.After(dice_.Between(20, 800) * kMillisecond, [this] {
    if (!faults_) return;
    ++result_.faults;
    if (dice_.Chance(15)) {
      FaultAtController();
    } else {
      auto node = nodes_.begin();
      std::advance(node, dice_.Below(nodes_.size()));
      FaultAtNode(*node->second);
    }
    ScheduleFault();
  });
}

void Cluster::FaultAtNode(SimNode& node) {
  const uint64_t what = dice_.Below(100);
  if (what < 45) {
    if (what < 5) {
      node.LoseDisk();
    } else {
      node.Crash();
    }
    clock_.After(dice_.Between(5, 3000) * kMillisecond, [&node] {
      if (!node.running()) node.Start();
    });
  } else if (what < 65) {
    network_.Break(node.name());
  } else if (what < 72) {
    network_.HalfOpen(node.name());
  } else if (what < 84) {
    node.SetSlow(dice_.Chance(50));
  } else if (what < 92) {
    network_.SetDoubling(dice_.Chance(50));
  } else {
    node.Damage();
  }
}

void Cluster::FaultAtController() {
  const uint64_t what = dice_.Below(100);
  if (what < 50) {
    if (controller_.running()) controller_.Crash();
  } else if (what < 75) {
    controller_.Trim(dice_.Below(20));
  } else {
    controller_.FillDisk(true);
    clock_.After(dice_.Between(5, 1000) * kMillisecond, [this] { controller_.FillDisk(false); });
  }
}

void Cluster::ControllerCrashed() {
  network_.ControllerCrashed();
  clock_.After(dice_.Between(5, 2000) * kMillisecond, [this] {
    controller_.Start();
    Check(CheckAcknowledged(workload_.acknowledged(), controller_, truth_));
  });
}

void Cluster::Heal() {
  faults_ = false;
  controller_.SetFragile(false);
  network_.SetDoubling(false);
  network_.SetLosing(false);
  controller_.FillDisk(false);
  for (const auto& [name, node] : nodes_) {
    node->SetSlow(false);
    if (!node->running()) node->Start();
  }
}

void Cluster::RunUntilConverged() {
  const int64_t deadline = clock_.now() + kConvergence;
  while (!result_.finding.has_value()) {
    RunFor(100 * kMillisecond);
    const Finding missing = CheckConverged(nodes_, truth_);
    if (!missing.has_value()) return;
    if (clock_.now() < deadline) continue;
    Check(absl::StrCat("not converged ", kConvergence / kSecond, " s after the last fault: ", *missing));
  }
}

RunResult Cluster::Run() {
  controller_.Start();
  StartNodes();
  RunFor(kSecond);
  controller_.SetFragile(true);
  ScheduleRequest();
  ScheduleFault();
  while (!result_.finding.has_value() && requests_left_ > 0) RunFor(100 * kMillisecond);
  RunFor(kSecond);
  Heal();
  RunUntilConverged();
  Check(CheckAcknowledged(workload_.acknowledged(), controller_, truth_));
  if (!result_.finding.has_value()) result_.time_us = clock_.now();
  result_.entries = truth_.head().index;
  result_.acknowledged = workload_.acknowledged().size();
  return result_;
}

RunResult RunOnce(const RunOptions& options) { return Cluster(options).Run(); }

}  // namespace quartet::simulation
