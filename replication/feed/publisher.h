// The controller's end of the feed, as a machine without I/O: it reads log and replica, and says which messages go to
// which node. The same code runs in controllers and in the simulation.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/base/clock.h"
#include "replication/base/position.h"
#include "replication/feed/outgoing.h"
#include "replication/feed/progress.h"
#include "replication/feed/zone_guard.h"
#include "replication/log/log.h"
#include "replication/store/store.h"

namespace quartet::replication {

using SessionId = uint64_t;

// Not thread-safe: one lock or thread owns it. What takes time (welcomes, catching up, inventories, zones) is read in
// turns, which run outside that lock; what a commit has to do is to decode its entries once and to serialise them once
// for each nameserver that is among their targets, whatever the number of nodes.
//
// Bounds. A node has 256 zones, 16 inquiries and 256 allowed repairs waiting at most. So many nodes as `senders` says are
// in the middle of an inventory, and as many are sent zones, at a time; the others wait in line. A snapshot of the store
// is held by these only, and given back by one that can take nothing for `stuck_us` (a zone begins anew; of an inventory
// the stream ends, UNAVAILABLE). Decoded entries: 4 MiB of the log's end, 8 MiB of its past. Zones kept: 32 MiB.
class Publisher {
 public:
  struct Options {
    int64_t heartbeat_us = 1'000'000;
    size_t span_bytes = 256 << 10;
    size_t part_bytes = 64 << 10;
    size_t senders = 16;
    int64_t stuck_us = 10'000'000;
    // A node may open so many streams one after the other; then it gets a Welcome every so often.
    int streams_at_once = 5;
    int64_t between_streams_us = 2'000'000;
    // Asked before a zone is sent whole; must outlive the publisher. nullptr: all may be sent that are what the log says.
    ZoneGuard* guard = nullptr;
  };

  // `log` and `replica` must outlive it. The replica shows at least what Committed() was told.
  static std::unique_ptr<Publisher> Create(const Log& log, const store::Store& replica, Clock& clock,
                                           const Options& options);
  virtual ~Publisher() = default;

  // A node opened a stream; its identity comes from its certificate. An older session of the same node ends (it appears
  // in Take's `ended` with ABORTED). PERMISSION_DENIED: not enrolled, another nameserver's, or drained.
  virtual absl::StatusOr<SessionId> Open(const std::string& node, const std::string& nameserver) = 0;
  // One message from the node. Not OK: end the stream with that status and call Close.
  virtual absl::Status Receive(SessionId session,
                               const quartet::replication::v1::SubscribeRequest& message) = 0;
  virtual void Close(SessionId session) = 0;

  // Log and replica are synced and visible up to `head`.
  virtual void Committed(const Position& head) = 0;
  // Node and nameserver rows may have changed: drains are sent, sessions of drained nodes end.
  virtual void RosterChanged() = 0;
  // Time passed. Call at least every heartbeat_us / 4. (Heartbeats are due by the clock, which Take reads.)
  virtual void Tick() = 0;
  // The queue of a session's messages is full (false), or has drained: meanwhile it gets no spans and no zones.
  virtual void SetWritable(SessionId session, bool writable) = 0;

  // Asks the node about its replica; `id` is the caller's, another one for each inquiry. One is answered after the
  // other. Once it was OK, parts come (Output::reports), in order, the last of them with `last`: with an `error` if the
  // stream ended first. A node may take hours (digests recomputed at a limited rate), or never answer while its stream
  // lasts. FAILED_PRECONDITION: it has no stream; RESOURCE_EXHAUSTED: 16 are unanswered; ALREADY_EXISTS: one of them has
  // this id.
  virtual absl::Status Inquire(const std::string& node, const quartet::replication::v1::Inquiry& inquiry) = 0;
  // Lets repairs go on that stopped at a limit (empty zone id: all that stopped). FAILED_PRECONDITION: the node has no
  // stream, or is not to take anything (unsettled).
  virtual absl::Status AllowRepair(const std::string& node, const std::string& zone_id) = 0;
  // Has the node compare its zones with these, and fetch those that differ. Errors as AllowRepair's; RESOURCE_EXHAUSTED:
  // 16 of them wait to be sent.
  virtual absl::Status CompareZones(const std::string& node,
                                    const quartet::replication::v1::CompareZones& zones) = 0;

  // Unsettled: this state was restored, and nobody has confirmed yet what nodes have ahead of it. Welcomes say so, and
  // nothing follows them but inquiries. With every change streams end (UNAVAILABLE), to be opened anew. Settled at first.
  virtual void SetUnsettled(bool unsettled) = 0;

  struct Output {
    struct Message {
      SessionId session;
      Outgoing message;
    };
    struct End {
      SessionId session;
      absl::Status status;
    };
    struct Report {
      std::string node;
      quartet::replication::v1::ReportPart part;
    };
    struct Health {
      std::string node;
      quartet::replication::v1::Health health;
    };
    std::vector<Message> messages;
    std::vector<End> ended;
    // What nodes said, in the order it came.
    std::vector<Report> reports;
    std::vector<Health> health;
    // Of each node whose progress moved since the last Take, what it is now.
    std::vector<NodeProgress> progress;
  };
  // What is to be sent, and told, by now.
  virtual Output Take() = 0;

  // A piece of reading, of a few milliseconds. Run() needs no lock; one runs at a time.
  class Turn {
   public:
    virtual ~Turn() = default;
    virtual void Run() = 0;
  };
  // The next one, in a fair order; nullptr: there is nothing to read, or one is not ended yet.
  virtual std::unique_ptr<Turn> TakeTurn() = 0;
  // It has run; call Take afterwards.
  virtual void EndTurn(std::unique_ptr<Turn> turn) = 0;
  // Whether TakeTurn has one.
  virtual bool has_turn() const = 0;

  // Last acknowledgements of all nodes ever seen by this controller, by name.
  virtual std::vector<NodeProgress> Progress() const = 0;
};

}  // namespace quartet::replication
