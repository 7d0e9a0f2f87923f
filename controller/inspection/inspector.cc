#include "controller/inspection/inspector.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>

#include "controller/inspection/zone_inspection.h"
#include "replication/base/log.h"

namespace quartet::controller {
namespace {

// The lowest: whoever takes changes or feeds nodes goes first.
constexpr int kNice = 19;
// A suspect beyond it is found by the scrub, or when a node asks for it again.
constexpr size_t kMaxSuspects = 10'000;

}  // namespace

replication::Scrubber::Options Inspector::ForController(replication::Scrubber::Options options) {
  options.read = replication::ReadControllerZoneOnDisk;
  options.progress_name = "controller/scrub";
  return options;
}

Inspector::Inspector(store::Store& store, replication::Clock& clock,
                     const replication::Scrubber::Options& options, Quarantine& quarantine)
    : store_(store),
      quarantine_(quarantine),
      scrubber_(store, clock, ForController(options)),
      progress_(scrubber_.progress()),
      thread_([this] { Run(); }) {
  pthread_setname_np(thread_.native_handle(), "inspect");
}

Inspector::~Inspector() { Stop(); }

void Inspector::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Inspector::Suspect(const std::string& zone_id) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (suspects_.size() >= kMaxSuspects) return;
    suspects_.insert(zone_id);
  }
  wake_.notify_all();
}

replication::ScrubProgress Inspector::progress() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return progress_;
}

std::string Inspector::store_fault() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return store_fault_;
}

void Inspector::NoteStore(const absl::Status& status) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (store_fault_ == status.message()) return;
  store_fault_ = std::string(status.message());
  if (!status.ok()) LogError("scrub: it can't be read which zones there are: {}", store_fault_);
}

bool Inspector::stopping() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return stopping_;
}

void Inspector::Run() {
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopping_) {
    if (!suspects_.empty()) {
      const std::string zone_id = *suspects_.begin();
      suspects_.erase(suspects_.begin());
      lock.unlock();
      Look(zone_id);
      lock.lock();
      continue;
    }
    lock.unlock();
    const int64_t wait_us = Scrub();
    lock.lock();
    progress_ = scrubber_.progress();
    wake_.wait_for(lock, std::chrono::microseconds(wait_us),
                   [this] { return stopping_ || !suspects_.empty(); });
  }
}

int64_t Inspector::Scrub() {
  const replication::Scrubber::Step step = scrubber_.Next();
  NoteStore(step.store);
  if (step.store_progress) {
    store::Batch batch;
    scrubber_.PutProgress(batch);
    // Without it the next process reads some zones again: that the disk can't be written is told elsewhere.
    store_.Write(batch, store::Store::Sync::kNo).IgnoreError();
  }
  for (const replication::ScrubFinding& finding : step.findings) Suspect(finding.zone_id);
  if (!step.ended) return step.wait_us;
  if (scrubber_.progress().zones > 0) {
    LogInfo("scrub: {} zones read from disk, {} damaged", scrubber_.progress().zones,
            scrubber_.progress().damaged);
  }
  // Those that were made right meanwhile come out.
  for (const stored::v1::QuarantineRow& row : quarantine_.rows()) Suspect(row.zone_id());
  return step.wait_us;
}

void Inspector::Look(const std::string& zone_id) {
  const auto inspection = InspectZone(
      store_, zone_id, [this] { return !stopping(); }, quarantine_);
  if (!inspection.ok() && !absl::IsCancelled(inspection.status()) && !absl::IsNotFound(inspection.status())) {
    LogError("zone {} can't be inspected: {}", zone_id, std::string(inspection.status().message()));
  }
}

}  // namespace quartet::controller
