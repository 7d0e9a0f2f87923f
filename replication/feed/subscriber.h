// The node's end of the feed, as a machine without I/O: messages and completed writes go in; writes, updates of what is
// served, and messages come out. The same code runs in nodes and in the simulation.
//
// One round:  Receive(message)… -> TakeReady() -> write ready.batch -> install ready.visible -> Done() -> send messages.
// A node takes what came during its last write into the next one (as much as is done within milliseconds), so that it
// syncs and acknowledges once for them.
//
// Rules it keeps (proto/quartet/replication/v1/feed.proto has them in full):
// * a span is taken if and only if its `after` is the cursor; any other ends the stream;
// * an entry applies if and only if prev_revision is the zone's revision, else the zone is BEHIND in the same write;
// * a zone BEHIND is fetched; the snapshot is staged in a generation of its own, entries newer than it are kept beside it,
//   and it is flipped in one write once it is whole, its digest is right and the cursor has reached its as-of;
// * a lower epoch is refused.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dns/name/name.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/base/clock.h"
#include "replication/base/position.h"
#include "replication/store/store.h"

namespace quartet::replication {

// A change of what is answered. Updates of one Ready are installed in order; a zone's are visible whole or not at all.
struct ZoneUpdate {
  enum class Kind {
    kLoad,     // serve the record sets stored under `generation`, in place of what there was
    kRecords,  // apply `records` to what is served
    kFail,     // keep the name and answer SERVFAIL
    kRemove,   // forget the zone
  };
  struct Record {
    std::string key;
    // Absent: removed.
    std::optional<std::string> served;
  };
  Kind kind;
  std::string zone_id;
  dns::Name apex;
  uint64_t revision = 0;
  // kLoad: where its record sets are, what their digest must be (16 bytes), and how many they are.
  uint64_t generation = 0;
  std::string digest;
  uint32_t digest_key_id = 0;
  uint64_t record_sets = 0;
  // kLoad: not 0 if its record sets are these puts of the same Ready's batch, in order, and were found to have the digest;
  // else they are to be read from the store.
  size_t put_from = 0;
  size_t puts = 0;
  // kRecords.
  std::vector<Record> records;
  // kFail: why.
  std::string reason;
};

// Not thread-safe: one thread owns it.
class Subscriber {
 public:
  struct Options {
    std::string version;
    uint64_t span_credit = 8 << 20;
    uint64_t snapshot_credit = 8 << 20;
    // Zones fetched at the same time.
    int fetches = 256;
    // Received bytes that one write takes, of spans and of snapshots (of these, once the replica is complete): a few
    // milliseconds' work, so that no acknowledgement waits for a large zone.
    size_t round_span_bytes = 1 << 20;
    size_t round_snapshot_bytes = 128 << 10;
    // Bytes of entries kept beside a staged snapshot; beyond it the fetch starts anew.
    size_t kept_bytes = 4 << 20;
  };

  struct Ready {
    store::Batch batch;
    store::Store::Sync sync = store::Store::Sync::kNo;
    std::vector<ZoneUpdate> visible;
    // The replica is complete from this write on (first fill done): sockets may be opened.
    bool complete = false;
    // Close all sockets that answer queries, then call SocketsClosed().
    bool drain = false;
    // Not all that was received is in it: another one can be taken when this is Done.
    bool more = false;
    // What the controller asks about this replica (replication/feed/reports.h), and that all that was asked on an ended
    // stream needs no answer any more.
    std::vector<quartet::replication::v1::Inquiry> inquiries;
    bool forget_inquiries = false;
    bool empty() const { return batch.empty() && visible.empty() && !drain; }
  };

  // Reads the replica in `store`; makes an empty one with a new incarnation where there is none. `store` must outlive it.
  // DATA_LOSS: it is damaged; FAILED_PRECONDITION: it is none of this program's.
  static absl::StatusOr<std::unique_ptr<Subscriber>> Open(store::Store& store, Clock& clock, Random& random,
                                                          const Options& options);
  virtual ~Subscriber() = default;

  // Zones as stored (kLoad or kFail): what a starting node installs first. All that have so many record sets at least.
  virtual std::vector<ZoneUpdate> StoredZones(uint64_t record_sets) const = 0;
  std::vector<ZoneUpdate> StoredZones() const { return StoredZones(0); }
  // How many StoredZones() are.
  virtual size_t stored_count() const = 0;
  // Memory that the table of what is stored of each zone takes.
  virtual size_t stored_bytes() const = 0;
  // Had a whole snapshot once, of zero zones too. A node binds no socket before.
  virtual bool complete() const = 0;
  // It was told to close its sockets, now or before it was started. A node binds none any more.
  virtual bool drained() const = 0;
  virtual Position cursor() const = 0;
  // Digest keys known so far, by id.
  virtual const std::map<uint32_t, std::string>& digest_keys() const = 0;

  // A new stream is open: returns the Hello to send first (the acknowledgement of what is served follows by Done()).
  virtual quartet::replication::v1::SubscribeRequest Connected() = 0;
  // One message from the controller. Not OK: the controller or the network broke a rule, or credit; end the stream.
  virtual absl::Status Receive(quartet::replication::v1::SubscribeResponse message) = 0;
  virtual void Disconnected() = 0;

  // What is to be written next of what was received. Precondition: the last Ready is Done.
  virtual Ready TakeReady() = 0;
  // The batch is written as asked and `visible` is installed. Returns what to send now.
  virtual std::vector<quartet::replication::v1::SubscribeRequest> Done() = 0;

  // The store could not load a zone it should serve: it is an exception (served revision 0) of every acknowledgement, and
  // BEHIND, until it was fetched anew. Call between TakeReady and Done, or before the first Connected.
  virtual void Unloadable(const std::string& zone_id, const std::string& reason) = 0;
  // A kLoad of the last Ready is not visible yet: its zone is still being built. What was served before is
  // served on, of revision `served_revision` (0: SERVFAIL). Until Loaded, whatever comes meanwhile, the zone
  // is an exception of every acknowledgement. Call between TakeReady and Done, or before the first Connected.
  virtual void Loading(const std::string& zone_id, uint64_t served_revision) = 0;
  // The zone is served as all that was made visible so far left it. The next Done acknowledges it.
  virtual void Loaded(const std::string& zone_id) = 0;
  // What is stored of a zone under `generation` (revision and all that is served of it being right) was found damaged:
  // it is served on, BEHIND, and fetched anew. No-op for a zone that is not here, or under another generation by now.
  // Call as Unloadable. Returns whether the zone is BEHIND by this.
  virtual bool Damaged(const std::string& zone_id, uint64_t generation, const std::string& reason) = 0;
  virtual quartet::replication::v1::SubscribeRequest SocketsClosed() = 0;

  // Zones, those BEHIND, those of them that answer SERVFAIL; and the alarms of this replica, one sentence each. The rest
  // of the message is not set.
  virtual quartet::replication::v1::Health Health() const = 0;

  // Microseconds (monotonic) since the controller's last span: how stale the answers may be. nullopt: none since start.
  virtual std::optional<int64_t> MicrosSinceSpan() const = 0;
};

}  // namespace quartet::replication
