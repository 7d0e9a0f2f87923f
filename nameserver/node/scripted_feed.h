// A controller's messages by hand, and what a node made of them; for tests of the apply loop.
#pragma once

#include <string>
#include <vector>

#include "nameserver/node/apply_loop.h"
#include "nameserver/replica/zone_fixture.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/base/clock.h"

namespace quartet::nameserver {

// Notes what is sent and how often the stream was ended.
class RecordedStream : public FeedStream {
 public:
  void Send(const Replica::Request& request) override { sent.push_back(request); }
  void End() override { ++ended; }
  // Highest index acknowledged; 0: none.
  uint64_t Acknowledged() const;
  // The last acknowledgement. Precondition: there is one.
  const quartet::replication::v1::Acknowledgement& LastAcknowledgement() const;

  std::vector<Replica::Request> sent;
  int ended = 0;
};

class ManualClock : public replication::Clock {
 public:
  int64_t WallMicros() override { return now_us; }
  int64_t MonotonicMicros() override { return now_us; }
  int64_t now_us = 1'000'000;
};

class CountingRandom : public replication::Random {
 public:
  uint64_t Next() override { return ++last_; }

 private:
  uint64_t last_ = 0;
};

inline constexpr uint64_t kTestEpoch = 77;

// What a zone is at one revision.
struct ScriptedZone {
  std::string id;
  dns::Name apex;
  uint64_t revision = 1;
  std::vector<TestRecord> records;
};

Replica::Response Welcome(bool resumed);
// All zones of the nameserver, in one part.
Replica::Response Inventory(uint64_t as_of, const std::vector<ScriptedZone>& zones);
Replica::Response Snapshot(uint64_t as_of, const ScriptedZone& zone);
// (after, upto] without entries.
Replica::Response Heartbeat(uint64_t after, uint64_t upto);
// One entry at `index` that adds `added` to `zone`; `zone` becomes what it then is.
Replica::Response Change(uint64_t index, ScriptedZone& zone, const TestRecord& added);
Replica::Response DrainOrder();

}  // namespace quartet::nameserver
