// A node of a simulated cluster: the production subscriber and scrubber over a disk in memory, and what it would
// answer from.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "replication/feed/subscriber.h"
#include "replication/feed/test_served.h"
#include "tests/simulation/mutant.h"
#include "tests/simulation/sim_disk.h"
#include "tests/simulation/world.h"

namespace quartet::simulation {

class SimNode {
 public:
  struct Outside {
    // Opens a stream; the node learns of it by Connected.
    std::function<void()> connect;
    std::function<void(const replication::v1::SubscribeRequest&)> send;
    // The node ends its stream.
    std::function<void()> hang_up;
    // Something was written, and is served: these zones, and what the entries up to the new cursor were about; or,
    // `anew`, everything.
    std::function<void(const std::set<std::string>& zones, bool anew)> written;
  };

  SimNode(std::string name, std::string nameserver, World& world, Outside outside);

  const std::string& name() const { return name_; }
  const std::string& nameserver() const { return nameserver_; }

  bool running() const { return subscriber_ != nullptr; }
  void Start();
  void Crash();
  // Crash and lose the disk.
  void LoseDisk();
  // As SIGSTOP: it does nothing, and what comes waits.
  void Stop() { stopped_ = true; }
  void Continue();
  void SetSlow(bool slow) { slow_ = slow; }
  void SetFull(bool full) { disk_.SetFull(full); }
  bool Rot(const std::string& zone_id) { return disk_.Rot(zone_id); }
  // Its scrubber looks at all zones.
  void Scrub();

  void Connected(bool to_old_controller);
  void Receive(const replication::v1::SubscribeResponse& message);
  void Disconnected();

  // Answers queries: it had its first fill, and is not drained. Precondition of the rest: running().
  bool serving() const { return serving_; }
  bool complete() const { return subscriber_->complete(); }
  bool drained() const { return running() && subscriber_->drained(); }
  replication::Position cursor() const { return subscriber_->cursor(); }
  const replication::ServedZones& served() const { return served_; }
  const SimDisk& disk() const { return disk_; }
  // What is stored can't be served, as it is damaged, and has not been fetched anew yet.
  bool IsUnloadable(const std::string& zone_id) const { return unloadable_.count(zone_id) != 0; }
  // Its last version is still being built.
  bool IsLoading(const std::string& zone_id) const { return loading_.count(zone_id) != 0; }
  // Memory and disk say the same.
  bool settled() const { return !writing_ && !stale_; }

 private:
  void Do(std::function<void()> event);
  void Later(int64_t delay_us, std::function<void()> event);
  void Open();
  void Reconnect();
  void EndStream();
  void Round();
  void Write();
  void Finish(const std::shared_ptr<replication::Subscriber::Ready>& ready);
  void WriteFailed();
  void Install(const std::vector<replication::ZoneUpdate>& updates, bool besides);
  bool KeepForLoading(const replication::ZoneUpdate& update);
  void InstallNow(const replication::ZoneUpdate& update);
  void LoadBesides(const replication::ZoneUpdate& update);
  void Built(const std::string& zone_id, uint64_t build);
  void SendAll(const std::vector<replication::v1::SubscribeRequest>& requests);
  void Drain();
  void Told(const std::set<std::string>& zones, bool anew);

  const std::string name_;
  const std::string nameserver_;
  World& world_;
  Dice dice_;
  Mutant mutant_;
  const Outside outside_;
  SimDisk disk_;
  // Of the process; what an ended one began is not gone on with.
  uint64_t life_ = 0;

  std::unique_ptr<replication::Subscriber> subscriber_;
  replication::ServedZones served_;
  std::set<std::string> unloadable_;
  struct Loading {
    replication::ZoneUpdate target;
    uint64_t build;
  };
  std::map<std::string, Loading> loading_;
  uint64_t builds_ = 0;
  bool serving_ = false;
  // Its sockets are closed for good, as it was told.
  bool closed_ = false;
  bool connected_ = false;
  bool writing_ = false;
  // A write failed: memory is ahead of the disk, and is read again from it before the next stream.
  bool stale_ = false;
  // Came during the write, or has to be said after it.
  bool again_ = false;
  bool scrub_again_ = false;
  bool slow_ = false;
  bool stopped_ = false;
  std::deque<std::function<void()>> waiting_;
};

}  // namespace quartet::simulation
