#include "nameserver/zone/rcu.h"

#include <urcu/urcu-qsbr.h>

#include <cstdlib>
#include <utility>

// ThreadSanitizer does not see into liburcu. What it must know: all a reader did before it said Quiescent or
// Offline happened before RcuSynchronize returned.
#if defined(__SANITIZE_THREAD__)
#define QUARTET_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define QUARTET_TSAN 1
#endif
#endif

#ifdef QUARTET_TSAN
extern "C" {
void __tsan_acquire(void* address);
void __tsan_release(void* address);
}
#endif

namespace quartet::nameserver {
namespace {

#ifdef QUARTET_TSAN
char grace_period;
void TellReaderIsDone() { __tsan_release(&grace_period); }
void TellReadersAreDone() { __tsan_acquire(&grace_period); }
#else
void TellReaderIsDone() {}
void TellReadersAreDone() {}
#endif

}  // namespace

RcuThread::RcuThread() { urcu_qsbr_register_thread(); }

RcuThread::~RcuThread() {
  TellReaderIsDone();
  urcu_qsbr_unregister_thread();
}

void RcuThread::Quiescent() {
  TellReaderIsDone();
  urcu_qsbr_quiescent_state();
}

void RcuThread::Offline() {
  TellReaderIsDone();
  urcu_qsbr_thread_offline();
}

void RcuThread::Online() { urcu_qsbr_thread_online(); }

void RcuSynchronize() {
  urcu_qsbr_synchronize_rcu();
  TellReadersAreDone();
}

void FreeNow(const BlockList& blocks) {
  for (void* block : blocks) std::free(block);
}

Reclaimer::Reclaimer() : thread_([this] { Run(); }) {}

Reclaimer::~Reclaimer() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Reclaimer::Retire(BlockList blocks) {
  if (blocks.empty()) return;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (pending_.empty()) {
      pending_ = std::move(blocks);
    } else {
      pending_.insert(pending_.end(), blocks.begin(), blocks.end());
    }
    ++retired_;
  }
  wake_.notify_one();
}

void Reclaimer::Drain() {
  std::unique_lock<std::mutex> lock(mutex_);
  const size_t goal = retired_;
  idle_.wait(lock, [&] { return freed_ >= goal; });
}

void Reclaimer::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stop_ || !pending_.empty(); });
    if (pending_.empty()) return;
    BlockList blocks = std::exchange(pending_, {});
    const size_t taken = retired_;
    lock.unlock();
    RcuSynchronize();
    FreeNow(blocks);
    lock.lock();
    freed_ = taken;
    idle_.notify_all();
  }
}

}  // namespace quartet::nameserver
