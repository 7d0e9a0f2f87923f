// Threads of imports: one each, of low priority.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>

namespace quartet::controller {

// Thread-safe. Its end waits for what runs.
class ImportThreads {
 public:
  explicit ImportThreads(size_t most) : most_(most) {}
  ~ImportThreads();

  // False: as many run as may.
  bool Start(std::function<void()> run);

 private:
  const size_t most_;
  std::mutex mutex_;
  std::condition_variable ended_;
  size_t running_ = 0;
};

}  // namespace quartet::controller
