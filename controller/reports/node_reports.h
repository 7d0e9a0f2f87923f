// Reports of nodes on their replicas, collected: asks several nodes at once, page by page, and hands over what they tell.
//
// What a node has to tell can be longer than what the controller may hold, and it may tell nonsense, or nothing. So each
// inquiry asks for one page; the next is asked for once that was taken; and whatever a node does costs it its own report
// only.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/feed/node_requests.h"

namespace quartet::controller {

// Thread-safe; one for a process, as it makes the ids of all inquiries. Memory of one Collect: `nodes_at_once` pages of
// `page_parts` parts, a part being 64 KiB of an honest node and 256 KiB of any.
class NodeReports {
 public:
  using Steady = std::chrono::steady_clock;

  struct Options {
    size_t nodes_at_once = 16;
    uint32_t page_parts = 8;
  };

  struct Question {
    // Empty: all zones.
    std::string zone_id;
    // DEPTH_RECORDS and DEPTH_CONTENTS need zone_id.
    quartet::replication::v1::Depth depth = quartet::replication::v1::DEPTH_STATED;
  };

  struct Patience {
    // Nodes that have not told all by then are given up.
    Steady::time_point deadline = {};
    // And one that has told nothing for so long. Mind that one that recomputes large zones tells nothing meanwhile.
    std::chrono::milliseconds silence{10'000};
    // Whether nobody wants to know any more; asked once a second. May be empty.
    std::function<bool()> given_up = {};
  };

  // Called by Collect, on its thread.
  class Listener {
   public:
    virtual ~Listener() = default;
    // More of a node's report: it was checked (ReportCheck), and comes in order over all pages. The cursor in it is that of
    // its page: each page is of a snapshot of its own. In answers to a question about one zone that zone may come once a
    // page. Not OK: no more of this node is wanted; it ends with that status.
    virtual absl::Status OnPart(const std::string& node,
                                const quartet::replication::v1::ReportPart& part) = 0;
    // Once for every node, when nothing more comes of it. OK: it told all. Else why not, for people:
    // FAILED_PRECONDITION: not connected; RESOURCE_EXHAUSTED: it has too much to answer; DEADLINE_EXCEEDED;
    // ABORTED: it could not tell all, or its stream ended; INVALID_ARGUMENT: what it told is no report;
    // UNAVAILABLE: stopped; CANCELLED: given up.
    virtual void OnEnd(const std::string& node, const absl::Status& status) = 0;
  };

  // `nodes` must outlive it.
  explicit NodeReports(replication::NodeRequests& nodes) : NodeReports(nodes, Options()) {}
  NodeReports(replication::NodeRequests& nodes, const Options& options) : nodes_(nodes), options_(options) {}
  // Precondition: nobody is in Collect.
  ~NodeReports() = default;

  // Asks all of `nodes` (each named once), and returns when every one of them has ended.
  void Collect(const Question& question, const std::vector<std::string>& nodes, const Patience& patience,
               Listener& listener);

  // FeedService's OnReport. Never blocks.
  void OnReport(const std::string& node, const quartet::replication::v1::ReportPart& part);

  // Every Collect, present or later, ends at once. Idempotent.
  void Stop();

 private:
  class Collection;
  struct Asked {
    Collection* by;
    std::string node;
    uint32_t parts_left;
  };

  replication::NodeRequests& nodes_;
  const Options options_;

  // Guards all below, and the inboxes of collections.
  std::mutex mutex_;
  std::condition_variable arrived_;
  uint64_t last_inquiry_ = 0;
  // Inquiries of which more parts are to come, by id.
  std::map<uint64_t, Asked> asked_;
  bool stopped_ = false;
};

}  // namespace quartet::controller
