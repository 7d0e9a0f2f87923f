// Asks every node of every zone over UDP how far its zone is, all the time, and checks the answers against what is known:
// what was INSYNC is served, by each of the four; no node's answer ever goes back, restarts included; whoever lives answers.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/faults/tally.h"
#include "tests/faults/zone_writer.h"

namespace quartet::tests {

struct ReadZone {
  std::string zone;
  const ZoneProgress* progress;
  // IPv4 addresses of its four nodes.
  std::vector<std::string> nodes;
};

class AnswerReader {
 public:
  struct Options {
    uint16_t port = 53;
    // Between two questions about a zone to the same node.
    int64_t interval_us = 200'000;
    // A node that lives has answered by then; so has one of a zone's.
    int64_t patience_us = 5'000'000;
  };

  // Starts. All must outlive it. Ends the process with a message if a socket can't be had. At most 256 zones.
  AnswerReader(std::vector<ReadZone> zones, const Options& options, Tally& tally);
  ~AnswerReader();

  // Whether the node is sure to answer from now on. Before it is about to be broken, it is told so. Thread-safe.
  void SetUp(const std::string& address, bool up);

 private:
  struct Node {
    int fd = -1;
    // Guarded by mutex_. 0: down.
    int64_t up_since_us = 0;
  };
  // What one node says of one zone.
  struct Pair {
    size_t zone;
    Node* node;
    std::string address;
    // When it is next asked; and the question that is open: 0: none.
    int64_t due_us = 0;
    int64_t asked_us = 0;
    uint16_t id = 0;
    int64_t insync_when_asked = -1;
    int64_t seen = -1;
  };

  void Run();
  void Ask(Pair& pair, int64_t now_us);
  void TakeAll(const std::string& address, Node& node);
  void Take(Pair& pair, const uint8_t* bytes, size_t size, int64_t now_us);
  void GiveUp(Pair& pair, int64_t now_us);
  void Answered(size_t zone, int64_t now_us);
  // When the node was last not sure to answer; the highest number: it is not now.
  int64_t DownUntil(const Node& node) const;
  bool AnyUp(size_t zone) const;
  std::string Where(const Pair& pair) const;

  const std::vector<ReadZone> zones_;
  const Options options_;
  Tally& tally_;
  mutable std::mutex mutex_;
  std::map<std::string, Node> nodes_;
  std::vector<Pair> pairs_;
  std::map<std::string, std::map<size_t, Pair*>> by_node_;
  // Per zone: when it was last answered, or had no node up; 0: it is not INSYNC yet.
  std::vector<int64_t> fine_us_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace quartet::tests
