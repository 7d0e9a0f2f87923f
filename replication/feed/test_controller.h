// For tests: a controller without rules. It appends the entries it is told to and applies them; record keys
// and values are any bytes.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "quartet/stored/v1/entry.pb.h"
#include "replication/base/clock.h"
#include "replication/base/position.h"
#include "replication/digest/digest.h"
#include "replication/log/log.h"
#include "replication/store/store.h"

namespace quartet::replication {

// A clock that stands until it is moved.
class TestClock : public Clock {
 public:
  int64_t WallMicros() override { return 1'700'000'000'000'000 + now_us_; }
  int64_t MonotonicMicros() override { return now_us_; }
  void Advance(int64_t us) { now_us_ += us; }

 private:
  int64_t now_us_ = 1'000'000;
};

// Not thread-safe. Aborts where an entry can't be made: a test's own mistake.
class TestController {
 public:
  // Opens what `store` holds; an empty one begins with digest key 1 in entry 1.
  TestController(store::Store& store, uint64_t epoch);

  const Log& log() const { return *log_; }
  Log& log() { return *log_; }
  Position head() const;

  Position Enroll(const std::string& node, const std::string& nameserver, stored::v1::NodeState state);
  Position CreateZone(const std::string& zone_id, const std::string& apex,
                      const std::vector<std::string>& nameservers);
  // Assigns it to these instead. Targets of the entry are those before and after.
  Position AssignZone(const std::string& zone_id, const std::vector<std::string>& nameservers);
  Position DeleteZone(const std::string& zone_id);
  // An absent value (nullptr) removes the record set.
  Position ChangeZone(const std::string& zone_id, const std::map<std::string, const char*>& records);
  // The next chunk of the zone's stage (its first, if none is open), for the zone's nameservers.
  Position StageChunk(const std::string& zone_id, const std::map<std::string, std::string>& records);
  // The zone's stage takes its place, or ends. Precondition: one is open.
  Position FlipStage(const std::string& zone_id);
  Position AbortStage(const std::string& zone_id);
  // The first entry of another leader's term.
  Position NewTerm();
  // An entry that no nameserver gets.
  Position Nothing();
  Position AddDigestKey(uint32_t id);
  void Trim(uint64_t upto);

 private:
  stored::v1::ZoneRow Row(const std::string& zone_id) const;
  stored::v1::StageRow OpenStage(const std::string& zone_id) const;
  Position AppendZone(stored::v1::Entry entry, stored::v1::ZoneEffect effect);
  Position AppendObject(stored::v1::ObjectKind kind, const std::string& id, const std::string& row);
  Position Append(stored::v1::Entry entry);

  store::Store& store_;
  std::unique_ptr<Log> log_;
  uint64_t term_;
  int64_t time_us_ = 1'700'000'000'000'000;
  Hasher hasher_;
};

// "Z" and 13 characters, from a short name for tests.
std::string TestZoneId(const std::string& name);

}  // namespace quartet::replication
