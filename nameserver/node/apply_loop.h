// What a node does with the feed: write, install, open its sockets once it is complete, acknowledge. And what
// it does without: go on answering.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "nameserver/node/feed_events.h"
#include "nameserver/node/outage.h"
#include "nameserver/replica/replica.h"
#include "replication/base/clock.h"

namespace quartet::nameserver {

// The stream to the controller, as the loop needs it. Calls never wait.
class FeedStream {
 public:
  virtual ~FeedStream() = default;
  // To the stream that is open; dropped if none is.
  virtual void Send(const Replica::Request& request) = 0;
  // Ends the stream that is open; FeedDisconnected follows, and later another attempt.
  virtual void End() = 0;
};

// The sockets on which queries are answered.
class QuerySockets {
 public:
  virtual ~QuerySockets() = default;
  // Answers from now on. Not OK: it can't, and says what to do.
  virtual absl::Status Open() = 0;
  // On return none is open. They stay closed.
  virtual void Close() = 0;
};

// Who reads the replica for those who watch over it. Calls never wait.
class ReplicaWatch {
 public:
  virtual ~ReplicaWatch() = default;
  // Inquiries of the stream that is open; with `forget`, those of an earlier one need no answer any more.
  virtual void Ask(const std::vector<quartet::replication::v1::Inquiry>& inquiries, bool forget) = 0;
  // Adds what the replica does not know of itself: the scrub, disk and memory.
  virtual void AddTo(quartet::replication::v1::Health& health) = 0;
};

// Not thread-safe: one thread owns it, and all that it is made of. All must outlive it.
class ApplyLoop {
 public:
  ApplyLoop(Replica& replica, FeedStream& feed, QuerySockets& sockets, replication::Clock& clock)
      : replica_(replica), feed_(feed), sockets_(sockets), clock_(clock) {}
  // Without one inquiries are not answered. Before Start.
  void set_watch(ReplicaWatch* watch) { watch_ = watch; }

  // A replica that was complete before answers at once, whoever can be reached. Not OK: the sockets can't be
  // opened.
  absl::Status Start();
  // Events of the feed in order, all that came together: they share one write and one acknowledgement. Not
  // OK: the sockets can't be opened.
  absl::Status Handle(std::vector<FeedEvent> events);
  // The replica is open, or could not be opened and will be with the first stream: a stream may be opened.
  bool started() const { return !replica_.opening() || stale_; }
  // Something was received that is not written yet: Handle is to be called again, with what has come by then.
  bool more() const { return received_; }
  // Time passed: says what lasts, and tells the controller how this node is. Call at least every second.
  void Tick();

  // One line on how it is: "serving 12 zones, controller unreachable for 5 s".
  std::string StatusLine() const;
  bool serving() const { return open_; }

 private:
  void Take(FeedConnected);
  void Take(quartet::replication::v1::SubscribeResponse message);
  void Take(const FeedDisconnected& event);
  void Take(ZoneBuilt);
  void Take(ZonesLoaded) { replica_.InstallLoaded(); }
  void Take(MachineRead read);
  void Take(const ReplicaDamaged& damaged);
  void Take(const StoreDamaged& damaged);

  // Writes and installs what was received, opens or closes sockets, acknowledges.
  absl::Status Round();
  absl::Status OpenIfComplete();
  void Drain();
  void WriteFailed(const absl::Status& status);
  // Tells the controller how this node is: once a second at most if that changed, else every ten.
  void SendHealth(int64_t now_us);
  void EndStream();

  Replica& replica_;
  FeedStream& feed_;
  QuerySockets& sockets_;
  replication::Clock& clock_;
  ReplicaWatch* watch_ = nullptr;
  // On this stream, and when.
  std::string sent_health_;
  int64_t health_us_ = 0;

  bool open_ = false;
  bool drained_ = false;
  // A stream is open and its first message is sent.
  bool streaming_ = false;
  // We ended the stream, and are still to be told so.
  bool ending_ = false;
  // Something was received that no round has written yet.
  bool received_ = false;
  // The machine is ahead of the store and must be read from it again before the next stream.
  bool stale_ = false;
  Outage no_controller_;
  Outage no_writes_;
};

}  // namespace quartet::nameserver
