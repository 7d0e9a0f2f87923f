#include "controller/services/import_threads.h"

#include <sys/resource.h>
#include <unistd.h>

#include <utility>

namespace quartet::controller {
namespace {

// About a tenth of a busy core: what answers and what sequences goes first.
constexpr int kNice = 10;

}  // namespace

ImportThreads::~ImportThreads() {
  std::unique_lock<std::mutex> lock(mutex_);
  ended_.wait(lock, [this] { return running_ == 0; });
}

bool ImportThreads::Start(std::function<void()> run) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (running_ >= most_) return false;
    ++running_;
  }
  std::thread([this, run = std::move(run)]() mutable {
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
    run();
    // What it holds goes before anybody is told that it has ended.
    run = nullptr;
    const std::lock_guard<std::mutex> lock(mutex_);
    --running_;
    ended_.notify_all();
  }).detach();
  return true;
}

}  // namespace quartet::controller
