#include "tests/simulation/proofs.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace quartet::simulation {

void Proofs::Heard(const std::string& node, uint64_t disk, const replication::v1::SubscribeRequest& message) {
  Said& said = said_[node];
  if (said.disk != disk) said = Said();
  said.disk = disk;
  if (!message.has_acknowledgement()) return;
  said.acknowledged = true;
  said.epoch = message.acknowledgement().epoch();
  said.index = message.acknowledgement().index();
  said.exceptions.clear();
  for (const auto& exception : message.acknowledgement().exceptions())
    said.exceptions[exception.zone_id()] = exception.served_revision();
}

bool Proofs::Covers(const std::string& node, const Timeline::Change& change, uint64_t epoch) const {
  const auto found = said_.find(node);
  if (found == said_.end()) return false;
  const Said& said = found->second;
  if (!said.acknowledged || said.epoch != epoch || said.index < change.index) return false;
  const auto exception = said.exceptions.find(change.zone_id);
  return exception == said.exceptions.end() || exception->second >= change.revision;
}

Finding Proofs::CheckInsync(const Timeline::Proven& proven, uint64_t epoch) const {
  const std::string what = absl::StrCat("revision ", proven.change.revision, " of ", proven.change.zone_id,
                                        " was logged INSYNC, but ");
  for (const std::string& nameserver : proven.nameservers) {
    const bool has_node = std::any_of(proven.nodes.begin(), proven.nodes.end(),
                                      [&](const auto& node) { return node.second == nameserver; });
    if (!has_node) return absl::StrCat(what, nameserver, " has no counted node");
  }
  for (const auto& [node, nameserver] : proven.nodes) {
    if (!Covers(node, proven.change, epoch)) return absl::StrCat(what, node, " has not acknowledged it");
  }
  return std::nullopt;
}

Finding Proofs::CheckCounted(const Timeline::Counted& counted, uint64_t epoch) const {
  const auto found = said_.find(counted.node);
  const bool covers = found != said_.end() && found->second.acknowledged && found->second.epoch == epoch &&
                      found->second.index >= counted.index && found->second.exceptions.empty();
  if (covers) return std::nullopt;
  return absl::StrCat("node ", counted.node, " was counted before it acknowledged all that was INSYNC");
}

}  // namespace quartet::simulation
