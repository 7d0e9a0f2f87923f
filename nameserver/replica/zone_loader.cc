#include "nameserver/replica/zone_loader.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <utility>

#include "dns/base/check.h"
#include "nameserver/replica/zone_reading.h"

namespace quartet::nameserver {
namespace {

// A tenth of what a busy thread of usual priority gets: answers and changes go first, and on a machine
// without a free core the zone is still loaded some time. (19 would be a seventieth.)
constexpr int kNice = 10;

}  // namespace

ZoneLoader::ZoneLoader(std::function<void()> ready) : ready_(std::move(ready)), thread_([this] { Run(); }) {
  pthread_setname_np(thread_.native_handle(), "load");
}

ZoneLoader::~ZoneLoader() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
    cancel_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void ZoneLoader::Start(Job job) {
  QUARTET_CHECK(!busy_);
  busy_ = true;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!stop_) cancel_ = false;
    job_ = std::move(job);
  }
  wake_.notify_all();
}

std::optional<absl::StatusOr<ZoneBuilder>> ZoneLoader::Take() {
  std::optional<absl::StatusOr<ZoneBuilder>> result;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::swap(result, result_);
  }
  if (result.has_value()) busy_ = false;
  return result;
}

void ZoneLoader::Run() {
  // Of this thread alone (Linux); where it is not allowed, it runs as the others do.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
  for (;;) {
    std::optional<Job> job;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      wake_.wait(lock, [this] { return stop_ || job_.has_value(); });
      if (stop_) return;
      std::swap(job, job_);
    }
    replication::Hasher hasher(job->digest_key);
    absl::StatusOr<ZoneBuilder> built = ReadZone(*job->snapshot, job->load, hasher, &cancel_);
    job.reset();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      result_ = std::move(built);
    }
    ready_();
  }
}

}  // namespace quartet::nameserver
