// A node: its replica on disk, the feed that keeps it up to date, and the sockets that answer from it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nameserver/node/apply_loop.h"
#include "nameserver/node/feed_events.h"
#include "nameserver/node/node_store.h"
#include "nameserver/replica/cold_loads.h"
#include "nameserver/replica/replica.h"
#include "nameserver/serve/parking.h"
#include "nameserver/serve/server.h"
#include "nameserver/zone/directory.h"
#include "proto/transport/metrics.h"
#include "proto/transport/tls_files.h"
#include "replication/replica/scrubber.h"

namespace quartet::nameserver {

struct NodeOptions {
  // Its database; made if absent, and made anew if it is damaged.
  std::string data;
  // "HOST:PORT"; need not be reachable.
  std::string controller;
  ServeOptions serve;
  // Bytes that zones may take in memory, their names included; those that were not asked for leave. 0: any.
  size_t memory_budget = 0;
  // How often and how fast its replica is read from disk and compared with its digests.
  replication::Scrubber::Options scrub;
};

// Answers from Start, or from its first complete fill on, until its end. Start and Stop are for one thread.
class Node {
 public:
  // `on_failed` is called, in a thread of the node, when it can't go on (its sockets can't be opened); see
  // failure(). Errors: UNAUTHENTICATED: not a node's certificate; those of OpenRocksStore, Subscriber::Open
  // and Server::Open, with what to do.
  static absl::StatusOr<std::unique_ptr<Node>> Start(const NodeOptions& options,
                                                     const transport::TlsMaterial& tls,
                                                     std::function<void()> on_failed);
  // Stops first.
  ~Node();

  // Closes all sockets and ends the stream. What was acknowledged is on disk.
  void Stop();

  // Thread-safe, between Start and Stop.
  std::vector<transport::Metric> Metrics() const;

  // Why it can't go on; OK while it can. Call after Stop.
  const absl::Status& failure() const { return failure_; }

 private:
  class Link;
  class Sockets;
  class Watch;

  Node(std::unique_ptr<NodeStore> store, const NodeOptions& options, std::function<void()> on_failed);
  absl::Status Prepare(const NodeOptions& options);
  void Begin(const NodeOptions& options, const transport::TlsMaterial& tls);
  Replica::Parts Parts(size_t memory_budget);
  absl::StatusOr<Replica::Renewed> RenewStore(const absl::Status& why);
  void Run();

  // Of what is the applying thread's own, as it was after its last round.
  struct Gauges {
    std::atomic<size_t> zones = 0;
    std::atomic<size_t> failing = 0;
    std::atomic<size_t> resident = 0;
    std::atomic<size_t> resident_bytes = 0;
    std::atomic<uint64_t> evictions = 0;
  };
  void NoteGauges();

  const std::unique_ptr<NodeStore> store_;
  const std::function<void()> on_failed_;
  Directory directory_;
  FeedInbox inbox_;
  // Zones are in memory only if they are asked for: queries wait in parking_ for what loads_ reads.
  ColdLoads loads_;
  Parking parking_;
  std::unique_ptr<Link> link_;
  std::unique_ptr<Sockets> sockets_;
  std::unique_ptr<Replica> replica_;
  std::unique_ptr<ApplyLoop> loop_;
  std::unique_ptr<Watch> watch_;
  Gauges gauges_;
  absl::Status failure_;
  // Reads what is stored of each zone, while queries are answered already.
  std::thread reader_;
  std::thread thread_;
};

}  // namespace quartet::nameserver
