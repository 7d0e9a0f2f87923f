#include "controller/verify/all_zones_pass.h"

#include <chrono>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using replication::v1::ReportPart;
using replication::v1::ZoneReport;
using Kind = Judgement::Kind;

constexpr size_t kPage = 256;
constexpr std::chrono::seconds kMost(3600);
constexpr std::chrono::seconds kSilence(30);
// A node that reads all its zones from the disk at its lowest priority.
constexpr std::chrono::seconds kDeepMost(24 * 3600);
constexpr std::chrono::seconds kDeepSilence(600);

}  // namespace

absl::Status AllZonesPass::Run(bool deep) {
  std::vector<std::string> nodes;
  for (const auto& [node, nameserver] : context_.nodes) nodes.push_back(node);
  context_.reports.Collect(
      {.zone_id = "", .depth = deep ? replication::v1::DEPTH_RECOMPUTED : replication::v1::DEPTH_STATED},
      nodes, deep ? context_.Patience(kDeepMost, kDeepSilence) : context_.Patience(kMost, kSilence), *this);
  return ended_;
}

absl::Status AllZonesPass::OnPart(const std::string& node, const ReportPart& part) {
  if (!ended_.ok()) return ended_;
  if (absl::Status status = CheckPage(context_, part); !status.ok()) return status;
  // Read after the node did, so that it is not ahead of it.
  const std::unique_ptr<store::Reader> snapshot = context_.store.Snapshot();
  for (const ZoneReport& zone : part.zones()) {
    ended_ = MissingBefore(*snapshot, node, zone.zone_id());
    if (ended_.ok()) ended_ = Take(*snapshot, node, zone);
    if (!ended_.ok()) return ended_;
  }
  return absl::OkStatus();
}

void AllZonesPass::OnEnd(const std::string& node, const absl::Status& status) {
  if (!ended_.ok()) return;
  ended_ = status.ok() ? MissingBefore(*context_.store.Snapshot(), node, "")
                       : callbacks_.uncompared("", node, std::string(status.message()));
  nodes_.erase(node);
}

absl::Status AllZonesPass::Take(const store::Reader& reader, const std::string& node,
                                const ZoneReport& zone) {
  const auto expected = ExpectedZone(reader, zone.zone_id(), context_.nodes.at(node));
  if (!expected.ok())
    return callbacks_.uncompared(zone.zone_id(), node, std::string(expected.status().message()));
  const Judgement judgement = Judge(*expected, context_.epoch, &zone);
  switch (judgement.kind) {
    case Kind::kSame:
      return callbacks_.compared();
    case Kind::kDamaged:
      return callbacks_.damaged(zone.zone_id(), node, {absl::OkStatus(), judgement, zone, *expected, {}, 0});
    case Kind::kUncompared:
      if (!zone.behind().empty()) return callbacks_.uncompared(zone.zone_id(), node, judgement.reason);
      return Again(zone.zone_id(), node);
    default:
      return Again(zone.zone_id(), node);
  }
}

absl::Status AllZonesPass::MissingBefore(const store::Reader& reader, const std::string& name,
                                         const std::string& zone_id) {
  Node& node = nodes_[name];
  const std::string& nameserver = context_.nodes.at(name);
  for (;;) {
    if (node.own.empty() && !node.read_all) {
      absl::StatusOr<std::vector<std::string>> page =
          replication::FullView(reader).AssignedZones(nameserver, node.read_upto, kPage);
      if (!page.ok()) return page.status();
      node.own.assign(page->begin(), page->end());
      node.read_all = page->size() < kPage;
      if (!page->empty()) node.read_upto = page->back();
    }
    if (node.own.empty() || (!zone_id.empty() && node.own.front() > zone_id)) return absl::OkStatus();
    const std::string own = std::move(node.own.front());
    node.own.pop_front();
    if (own == zone_id) return absl::OkStatus();
    const auto expected = ExpectedZone(reader, own, nameserver);
    if (!expected.ok()) return expected.status();
    if (!expected->has_value()) continue;
    if (absl::Status status = Again(own, name); !status.ok()) return status;
  }
}

absl::Status AllZonesPass::Again(const std::string& zone_id, const std::string& node) {
  if (++nodes_[node].again > kMaxAgain) {
    return callbacks_.uncompared(
        zone_id, node, absl::StrCat("more than ", kMaxAgain, " zones of the node are not as they should be"));
  }
  again_[zone_id].push_back(node);
  return absl::OkStatus();
}

}  // namespace quartet::controller
