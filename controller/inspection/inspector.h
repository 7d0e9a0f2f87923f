// The thread of low priority that reads the controller's replica for damage: the daily scrub of all zones
// (replication/replica/scrubber.h), and zones that somebody found suspect, which go first. What it finds is quarantined.
#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "controller/inspection/quarantine.h"
#include "replication/base/clock.h"
#include "replication/feed/zone_guard.h"
#include "replication/replica/scrubber.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Thread-safe. Reads the store, and writes nothing to it but the progress of the scrub and the notes of the quarantine.
class Inspector : public replication::ZoneGuard {
 public:
  // Starts the thread. All must outlive it.
  Inspector(store::Store& store, replication::Clock& clock, const replication::Scrubber::Options& options,
            Quarantine& quarantine);
  // Stops.
  ~Inspector() override;
  // On return the thread is gone. Idempotent.
  void Stop();

  std::string Quarantined(const std::string& zone_id) override { return quarantine_.Reason(zone_id); }
  // Reads the zone anew, soon: it is quarantined if it is damaged, and let out if it is not.
  void Suspect(const std::string& zone_id) override;

  replication::ScrubProgress progress() const;
  // Not empty: the last step of the scrub could not read which zones there are, for the store is damaged.
  std::string store_fault() const;

  // What a controller keeps its scrub's progress under, and how it keeps zones.
  static replication::Scrubber::Options ForController(replication::Scrubber::Options options);

 private:
  void Run();
  // Each does one step, without the lock, and returns how long to wait before the next.
  int64_t Scrub();
  void Look(const std::string& zone_id);
  void NoteStore(const absl::Status& status);
  bool stopping() const;

  store::Store& store_;
  Quarantine& quarantine_;
  // The thread's own.
  replication::Scrubber scrubber_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  // Guarded by mutex_. Of the suspects each once.
  std::set<std::string> suspects_;
  bool stopping_ = false;
  replication::ScrubProgress progress_;
  std::string store_fault_;

  // Last: it uses all of the above.
  std::thread thread_;
};

}  // namespace quartet::controller
