#include "tests/simulation/schedule.h"

#include <algorithm>

namespace quartet::simulation {
namespace {

using Kind = Action::Kind;

constexpr uint64_t kZones = 8;

// Out of about a thousand.
uint64_t Weight(Kind kind) {
  switch (kind) {
    case Kind::kAdvance:
      return 420;
    case Kind::kChange:
      return 160;
    case Kind::kCreate:
    case Kind::kStage:
      return 40;
    case Kind::kMove:
    case Kind::kFlip:
    case Kind::kCrash:
    case Kind::kBreak:
      return 20;
    case Kind::kDelete:
    case Kind::kUndelete:
    case Kind::kRepeat:
    case Kind::kTrim:
    case Kind::kStop:
    case Kind::kSlow:
    case Kind::kLose:
    case Kind::kDouble:
    case Kind::kDelay:
    case Kind::kHalfOpen:
    case Kind::kCrashController:
      return 10;
    case Kind::kAbort:
    case Kind::kCutHistory:
    case Kind::kEnroll:
    case Kind::kDrain:
    case Kind::kFillController:
    case Kind::kLoseResult:
    case Kind::kDepose:
    case Kind::kOldLeader:
    case Kind::kBackup:
    case Kind::kConfirm:
    case Kind::kLoseDisk:
    case Kind::kFill:
    case Kind::kRot:
    case Kind::kScrub:
    case Kind::kDoubleUp:
    case Kind::kOldController:
      return 6;
    case Kind::kPurge:
    case Kind::kRestore:
    case Kind::kNewKey:
    case Kind::kRotController:
      return 3;
  }
  return 0;
}

bool IsAlwaysThere(Kind kind) {
  return kind == Kind::kAdvance || kind == Kind::kChange || kind == Kind::kCreate || kind == Kind::kConfirm;
}

}  // namespace

Schedule::Schedule(uint64_t seed) : dice_(seed, "schedule"), favourite_node_(FirstNodes().front()) {
  for (const ActionForm& form : ActionForms()) {
    uint64_t weight = Weight(form.kind) * 4;
    if (!IsAlwaysThere(form.kind)) {
      const uint64_t habit = dice_.Below(10);
      if (habit < 3) weight = 0;
      if (habit == 3) weight /= 4;
      if (habit > 7) weight *= 4;
    }
    weights_.push_back(weight);
    all_weights_ += weight;
  }
}

uint64_t Schedule::Zone() {
  if (dice_.Chance(15)) favourite_zone_ = 1 + dice_.Below(std::max<uint64_t>(zones_, 1));
  return dice_.Chance(60) ? favourite_zone_ : 1 + dice_.Below(std::max<uint64_t>(zones_, 1));
}

std::string Schedule::Node() {
  if (dice_.Chance(20)) {
    favourite_node_ = FirstNodes()[dice_.Below(FirstNodes().size())];
    for (int more = 0; more < kMoreNodes && dice_.Chance(25); ++more) favourite_node_ += "x";
  }
  return favourite_node_;
}

Action Schedule::Next() {
  uint64_t at = dice_.Below(all_weights_);
  size_t kind = 0;
  while (at >= weights_[kind]) at -= weights_[kind++];
  const ActionForm& form = ActionForms()[kind];
  Action action;
  action.kind = form.kind;
  if (form.kind == Kind::kCreate) {
    action.zone = zones_ < kZones ? ++zones_ : 1 + dice_.Below(kZones);
  } else if (form.of_zone) {
    action.zone = Zone();
  }
  if (form.of_node) action.node = Node();
  if (form.number == "salt") action.number = dice_.Below(1000);
  if (form.number == "keep") action.number = dice_.Below(12);
  if (form.number == "ms") action.number = dice_.Chance(10) ? dice_.Below(400) : dice_.Below(25);
  if (form.number == "down" || form.number == "for")
    action.number = dice_.Chance(20) ? dice_.Below(3000) : dice_.Below(400);
  return action;
}

}  // namespace quartet::simulation
