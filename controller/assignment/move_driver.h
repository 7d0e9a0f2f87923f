// Moves zones, and keeps those of the stripes: from commits, acknowledgements and the clock to the proposals that make the steps of move_plans.h, and the
// zones of nameservers that are replaced.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "controller/assignment/move_plans.h"
#include "controller/assignment/move_tracker.h"
#include "controller/request_host.h"
#include "controller/roster/roster.h"
#include "controller/watch.h"
#include "replication/base/clock.h"

namespace quartet::controller {

// One thread of its own, which begins by reading the row of every zone. What it knows is in the replica, so one that is made
// anew goes on where the last one was.
class MoveDriver {
 public:
  struct Options {
    RetireRules retire;
    // Zones that leave a nameserver by themselves: how many may be joining others at a time, and how many may begin to in
    // a second.
    size_t window = 200;
    size_t per_second = 100;
    // Make and keep the zones of the stripes' domains.
    bool stripe_zones = true;
  };

  // Both must outlive it.
  MoveDriver(RequestHost& host, replication::Clock& clock, Options options);
  ~MoveDriver();
  MoveDriver(const MoveDriver&) = delete;
  MoveDriver& operator=(const MoveDriver&) = delete;

  // Waits for what it has proposed: to be called before the host stops. Idempotent.
  void Stop();

 private:
  // What it has heard since it last looked.
  struct Heard {
    std::set<std::string> zones;
    std::vector<std::string> insync;
    // Steps that were tried, and whether they were made.
    std::vector<std::pair<std::string, bool>> settled;
    bool nodes_moved = false;
    bool roster_moved = false;
    bool empty() const {
      return zones.empty() && insync.empty() && settled.empty() && !nodes_moved && !roster_moved;
    }
  };
  // Zones that a nameserver still has are looked at one after another, over and over.
  struct Evacuation {
    std::string after;
    bool any_zone = false;
  };

  // On the sequencer's thread.
  void Committed(const std::vector<Sequencer::Committed>& entries);
  void Run();
  absl::Status ReadAll();
  std::optional<Heard> WaitToHear();
  void TakeIn(const Heard& heard);
  absl::Status ReadZone(const store::Reader& reader, const std::string& zone_id);
  absl::StatusOr<MoveTracker::Since> ReadSince(const store::Reader& reader, const std::string& zone_id,
                                               uint64_t revision) const;
  void TakeSteps();
  void Evacuate();
  void KeepStripeZones();
  absl::Status FindEvacuations(const store::Reader& reader);
  absl::Status EvacuateSome(const store::Reader& reader, const std::string& nameserver, Evacuation& at,
                            size_t& budget);
  void Propose(const std::string& zone_id, bool is_step, PlanFn plan);
  // Holding mutex_.
  void Warn(const std::string& zone_id, const absl::Status& why);
  uint64_t ZonesOf(const std::string& nameserver) const { return host_.ZonesOf(nameserver); }

  RequestHost& host_;
  replication::Clock& clock_;
  const Options options_;

  // The thread's own.
  MoveTracker tracker_;
  std::map<std::string, Evacuation> evacuations_;
  int64_t evacuate_us_ = 0;
  // When the stripes' zones are to be looked at.
  int64_t stripes_us_ = 0;
  size_t started_this_second_ = 0;
  int64_t second_us_ = 0;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  Heard heard_;
  // Zones in tracker_, as far as the sequencer's thread has to know.
  std::set<std::string> tracked_;
  size_t proposed_ = 0;
  int64_t warn_us_ = 0;

  std::unique_ptr<Watch> commits_;
  std::unique_ptr<Watch> nodes_;
  std::thread thread_;
};

}  // namespace quartet::controller
