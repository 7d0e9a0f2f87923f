// For mutations: what a node with a mistake in it would hear, and say.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "quartet/replication/v1/feed.pb.h"
#include "replication/base/position.h"
#include "replication/feed/test_served.h"
#include "replication/store/store.h"
#include "tests/simulation/mutation.h"
#include "tests/simulation/truth.h"
#include "tests/simulation/world_clock.h"

namespace quartet::simulation {

// Stands between the network and one node, and changes messages so that the rules that would find them wrong don't.
class Mutant {
 public:
  struct Node {
    const store::Reader& disk;
    const replication::ServedZones& served;
    const std::map<uint32_t, std::string>& digest_keys;
    replication::Position cursor;
  };

  Mutant(Mutation mutation, Dice dice) : mutation_(mutation), dice_(dice) {}

  void Connected(replication::v1::SubscribeRequest& hello, bool to_old_controller);
  // False: the node does not see this message.
  bool Receive(replication::v1::SubscribeResponse& message, const Node& node);

 private:
  using NodeEntries = google::protobuf::RepeatedPtrField<replication::v1::NodeEntry>;

  bool ReceiveSpan(replication::v1::Span& span, const Node& node);
  bool IsNext(const replication::v1::Span& span) const;
  bool Forgets(const replication::v1::ZoneDelta& delta);
  void BringBack(replication::v1::Span& span);
  void MakeFit(replication::v1::ZoneDelta& delta, const std::string& zone_id, const Node& node) const;
  void MakeFlipFit(replication::v1::ZoneDelta& delta, const std::string& zone_id, const Node& node) const;
  void KeepEqualDigests(replication::v1::InventoryPart& part, const Node& node) const;
  void MoveAsOf(replication::v1::SnapshotPart& part, const Node& node);
  void RaiseEpochs(replication::v1::SubscribeResponse& message, const Node& node) const;

  const Mutation mutation_;
  Dice dice_;
  // Where the next span should start.
  replication::v1::Position expected_;
  // Creations that were seen, and those of zones that have gone since.
  std::map<std::string, replication::v1::NodeEntry> created_;
  std::vector<replication::v1::NodeEntry> resurrected_;
  std::map<std::string, replication::v1::Position> as_of_;
};

}  // namespace quartet::simulation
