#include "nameserver/replica/cold_loads.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <memory>
#include <utility>

#include "dns/base/check.h"
#include "nameserver/replica/zone_reading.h"
#include "replication/digest/digest.h"

namespace quartet::nameserver {
namespace {

using Outcome = ColdLoads::Loaded::Outcome;

// A tenth of what a busy thread of usual priority gets (as ZoneLoader): zones in memory are answered first.
constexpr int kNice = 10;

// What is damaged can't be had from this disk any more; all else may be over in a moment.
Outcome OutcomeOf(const absl::Status& status) {
  return absl::IsDataLoss(status) || absl::IsInvalidArgument(status) || absl::IsUnimplemented(status)
             ? Outcome::kDamaged
             : Outcome::kUnreadable;
}

replication::ZoneUpdate UpdateOf(const ColdLoads::Loaded& loaded) {
  replication::ZoneUpdate update;
  update.kind = replication::ZoneUpdate::Kind::kLoad;
  update.zone_id = loaded.zone_id;
  update.apex = loaded.apex;
  update.revision = loaded.zone.revision;
  update.generation = loaded.zone.generation;
  update.digest = loaded.zone.parts.front().digest.ToBytes();
  update.record_sets = loaded.zone.record_sets;
  return update;
}

}  // namespace

ColdLoads::ColdLoads(const store::Store& store, std::function<void()> ready, const Options& options)
    : store_(store), ready_(std::move(ready)), options_(options) {
  for (int i = 0; i < options_.threads; ++i) {
    threads_.emplace_back([this] { Run(); });
    pthread_setname_np(threads_.back().native_handle(), "cold-load");
  }
}

ColdLoads::~ColdLoads() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  room_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ColdLoads::Want(absl::string_view zone_id, std::span<const uint8_t> apex) { Add(zone_id, apex, false); }

void ColdLoads::WantLater(absl::string_view zone_id, std::span<const uint8_t> apex) {
  Add(zone_id, apex, true);
}

size_t ColdLoads::later() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return later_.size();
}

void ColdLoads::Add(absl::string_view zone_id, std::span<const uint8_t> apex, bool later) {
  absl::StatusOr<dns::Name> name = dns::Name::FromWire(apex);
  QUARTET_CHECK(name.ok());
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    // One that was wanted later and is asked for now has a second job, which finds it loaded.
    if (!wanted_.emplace(zone_id).second && (later || later_.empty())) return;
    (later ? later_ : jobs_).push_back({std::string(zone_id), *std::move(name)});
  }
  wake_.notify_one();
}

void ColdLoads::Again(const std::string& zone_id, const dns::Name& apex) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    jobs_.push_back({zone_id, apex});
  }
  wake_.notify_one();
}

void ColdLoads::Done(const std::string& zone_id) {
  const std::lock_guard<std::mutex> lock(mutex_);
  wanted_.erase(zone_id);
}

std::vector<ColdLoads::Loaded> ColdLoads::Take() {
  std::vector<Loaded> results;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    results.swap(results_);
  }
  room_.notify_all();
  return results;
}

ColdLoads::Job ColdLoads::NextJob() {
  std::deque<Job>& jobs = jobs_.empty() ? later_ : jobs_;
  Job job = std::move(jobs.front());
  jobs.pop_front();
  return job;
}

void ColdLoads::Run() {
  // Of this thread alone (Linux); where it is not allowed, it runs as the others do.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stop_ || !jobs_.empty() || !later_.empty(); });
    room_.wait(lock, [this] { return stop_ || results_.size() < kResults; });
    if (stop_) return;
    if (jobs_.empty() && later_.empty()) continue;
    const Job job = NextJob();
    lock.unlock();
    Loaded loaded = Load(job);
    loads_.fetch_add(1, std::memory_order_relaxed);
    lock.lock();
    results_.push_back(std::move(loaded));
    if (results_.size() > 1) continue;
    lock.unlock();
    ready_();
    lock.lock();
  }
}

ColdLoads::Loaded ColdLoads::ReadRow(const store::Reader& store, const std::string& zone_id,
                                     const dns::Name& apex) {
  Loaded loaded{zone_id, apex, Outcome::kBuilt, absl::OkStatus(), {}, absl::CancelledError("not read")};
  loaded.zone.zone_id = zone_id;
  loaded.status = replication::ReadNodeZoneOnDisk(store, loaded.zone);
  if (!loaded.status.ok()) {
    loaded.outcome = OutcomeOf(loaded.status);
  } else if (loaded.zone.generation == 0) {
    loaded.outcome = Outcome::kNothing;
  }
  return loaded;
}

ColdLoads::Loaded ColdLoads::Load(const Job& job) {
  // Now, not when it was wanted: a change that was acknowledged before a query came is in it.
  const std::unique_ptr<store::Reader> snapshot = store_.Snapshot();
  Loaded loaded = ReadRow(*snapshot, job.zone_id, job.apex);
  if (loaded.outcome != Outcome::kBuilt) return loaded;
  if (loaded.zone.record_sets >= options_.large) {
    loaded.outcome = Outcome::kLarge;
    return loaded;
  }
  replication::Hasher hasher(loaded.zone.digest_key);
  loaded.builder = ReadZone(*snapshot, UpdateOf(loaded), hasher, &stop_);
  if (loaded.builder.ok()) return loaded;
  loaded.status = loaded.builder.status();
  loaded.outcome = OutcomeOf(loaded.status);
  return loaded;
}

}  // namespace quartet::nameserver
