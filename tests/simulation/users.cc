#include "tests/simulation/users.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/roster/roster_plans.h"
#include "dns/base/check.h"
#include "tests/simulation/plans.h"
#include "tests/simulation/schedule.h"

namespace quartet::simulation {

using controller::PlanContext;
using Kind = Action::Kind;

std::string NameserverOf(const std::string& node) { return absl::StrCat("ns-", node.substr(0, 2)); }

void Users::Propose(Request request) {
  controller::Proposal proposal;
  proposal.account = "simulation";
  proposal.principal = "quartet://admin/simulation";
  proposal.request_id = request.id;
  proposal.request_hash = request.id;
  proposal.plan = std::move(request.plan);
  controller_.Propose(std::move(proposal), [this](const absl::StatusOr<controller::Outcome>& outcome) {
    if (!outcome.ok() || outcome->change_id.empty()) return;
    ++told_;
    acknowledged_.push_back({outcome->change_id, outcome->position});
  });
}

void Users::Found() {
  for (const char* stripe : {"a", "b", "c", "d"}) {
    const std::string letter = stripe;
    const dns::Name domain = NameOf(absl::StrCat("dns-", letter, ".test-", letter, "."));
    Propose({absl::StrCat("stripe/", letter), [letter, domain](const PlanContext& context) {
               return controller::PlanStripeDomain(context, letter, domain);
             }});
  }
  for (const std::string& node : FirstNodes()) {
    const std::string stripe = node.substr(0, 1);
    const auto slot = static_cast<uint32_t>(node[1] - '0');
    const std::string address = {10, node[0], node[1], 1};
    const controller::NewNameserver wanted = {
        NameserverOf(node), stripe, slot, "region-" + stripe, {address}};
    Propose({absl::StrCat("nameserver/", node),
             [wanted](const PlanContext& context) { return controller::PlanNameserver(context, wanted); }});
    Propose({absl::StrCat("node/", node), [node](const PlanContext& context) {
               return controller::PlanNode(context, node, NameserverOf(node));
             }});
  }
}

bool Users::Ask(const Action& action) {
  if (action.kind == Kind::kCreate) {
    CreateZone(action);
    return true;
  }
  if (action.kind == Kind::kEnroll) {
    Enroll(action.node);
    return true;
  }
  if (action.kind == Kind::kDrain) {
    Drain(action.node);
    return true;
  }
  if (action.kind == Kind::kNewKey) {
    // Keys are numbered by seconds, and no restore is done within one.
    if (world_.truth.now.head().epoch >> 24 >= static_cast<uint64_t>(world_.clock.WallMicros() / kSecond))
      return true;
    Propose({absl::StrCat("key/", ++requests_),
             [](const PlanContext& context) { return PlanDigestKey(context); }});
    return true;
  }
  const std::string* zone_id = world_.truth.now.ZoneOf(action.zone);
  if (zone_id == nullptr) return false;
  if (action.kind == Kind::kRepeat) {
    const auto last = last_.find(action.zone);
    if (last == last_.end()) return false;
    world_.Saw("request repeated");
    Propose(last->second);
    return true;
  }
  Request request{absl::StrCat("request/", ++requests_), PlanFor(action, *zone_id)};
  if (request.plan == nullptr) return false;
  last_[action.zone] = request;
  Propose(std::move(request));
  return true;
}

controller::PlanFn Users::PlanFor(const Action& action, const std::string& zone_id) const {
  const uint64_t salt = action.number;
  switch (action.kind) {
    case Kind::kChange:
      return [=](const PlanContext& context) { return PlanChange(context, zone_id, salt); };
    case Kind::kDelete:
      return [=](const PlanContext& context) { return controller::PlanZoneDeletion(context, zone_id, true); };
    case Kind::kUndelete:
      return [=](const PlanContext& context) { return PlanUndeletion(context, zone_id); };
    case Kind::kMove:
      return [=](const PlanContext& context) { return PlanMove(context, zone_id, salt); };
    case Kind::kStage:
      return [=](const PlanContext& context) { return PlanChunk(context, zone_id, salt); };
    case Kind::kFlip:
      return [=](const PlanContext& context) { return PlanFlip(context, zone_id); };
    case Kind::kAbort:
      return [=](const PlanContext& context) { return PlanAbort(context, zone_id); };
    case Kind::kCutHistory:
      return [=](const PlanContext& context) { return PlanCut(context, zone_id, salt); };
    case Kind::kPurge:
      return [=](const PlanContext& context) { return PlanPurge(context, zone_id); };
    default:
      return nullptr;
  }
}

void Users::CreateZone(const Action& action) {
  if (!controller_.running() || world_.truth.now.ZoneOf(action.zone) != nullptr) return;
  // The same request if it comes again: whoever got no answer asks again.
  Request request{absl::StrCat(kCreateRequest, action.zone), [this, action](const PlanContext& context) {
                    return PlanCreation(context, action.zone, action.number, [this](const std::string& id) {
                      return controller_.usage().ZonesOf(id);
                    });
                  }};
  last_[action.zone] = request;
  Propose(std::move(request));
}

void Users::Enroll(const std::string& node) {
  std::string name = node.substr(0, 2);
  for (int more = 0; more < kMoreNodes; ++more) {
    name += "x";
    if (world_.truth.now.FindNode(name) != nullptr) continue;
    Propose({absl::StrCat("enroll/", name, "/", ++requests_), [name](const PlanContext& context) {
               return controller::PlanNode(context, name, NameserverOf(name));
             }});
    return;
  }
}

// Only if another one is counted beside it: a nameserver without nodes would hold up everything.
void Users::Drain(const std::string& node) {
  const auto& nodes = world_.truth.now.nodes();
  const bool another = std::any_of(nodes.begin(), nodes.end(), [&](const auto& other) {
    return other.first != node && other.second.nameserver == NameserverOf(node) &&
           other.second.state == stored::v1::NODE_STATE_COUNTED;
  });
  if (!another) return;
  Propose({absl::StrCat("drain/", ++requests_),
           [node](const PlanContext& context) { return controller::PlanDrain(context, node); }});
}

void Users::Restored() {
  const auto gone = [&](const Acknowledged& one) {
    return world_.truth.now.changes().count(one.change_id) == 0;
  };
  acknowledged_.erase(std::remove_if(acknowledged_.begin(), acknowledged_.end(), gone), acknowledged_.end());
  for (Acknowledged& one : acknowledged_) one.position = {};
  last_.clear();
}

void Users::ReplaceDrained(const std::function<bool(const std::string& node)>& is_drained) {
  const auto& nodes = world_.truth.now.nodes();
  for (const std::string& first : FirstNodes()) {
    const bool any = std::any_of(nodes.begin(), nodes.end(), [&](const auto& node) {
      return node.second.nameserver == NameserverOf(first) && !is_drained(node.first);
    });
    if (any) continue;
    std::string name = first;
    while (world_.truth.now.FindNode(name) != nullptr || is_drained(name)) name += "x";
    Propose({absl::StrCat("replace/", name, "/", ++requests_), [name](const PlanContext& context) {
               return controller::PlanNode(context, name, NameserverOf(name));
             }});
  }
}

}  // namespace quartet::simulation
