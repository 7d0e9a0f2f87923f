// Read-copy-update: the one place where liburcu (QSBR flavour) stands.
//
// Readers take no lock and write no shared memory: a thread that is online may follow pointers it loads
// (acquire) from shared structures until it says Quiescent or Offline. Writers unlink a block, and free it
// once every thread that was online has said so: that is a grace period.
//
//   RcuThread rcu;                       // once per worker
//   for (;;) {
//     { RcuOffline blocked; n = recvmmsg(...); }
//     for (...) Answer(...);             // online: what is read here stays
//     RcuThread::Quiescent();            // optional where each round goes offline
//   }
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <vector>

namespace quartet::nameserver {

// Registers the calling thread as a reader, online, for the life of the object. One per thread, destroyed by
// the same thread.
class RcuThread {
 public:
  RcuThread();
  ~RcuThread();
  RcuThread(const RcuThread&) = delete;
  RcuThread& operator=(const RcuThread&) = delete;

  // The calling thread, which is registered and online, holds nothing it has read so far.
  static void Quiescent();
  // As Quiescent, and reads nothing until Online: for as long as it may block in the kernel. A grace period
  // does not wait for it.
  static void Offline();
  static void Online();
};

// Offline for the life of the object: around system calls that may block.
class RcuOffline {
 public:
  RcuOffline() { RcuThread::Offline(); }
  ~RcuOffline() { RcuThread::Online(); }
  RcuOffline(const RcuOffline&) = delete;
  RcuOffline& operator=(const RcuOffline&) = delete;
};

// Returns after a grace period. Any thread, registered or not; it must hold nothing it has read.
void RcuSynchronize();

// Blocks of memory from std::malloc that await their end. Moves; owns nothing by itself: whoever holds the
// list decides between FreeNow (nobody else ever saw them) and Reclaimer::Retire.
using BlockList = std::vector<void*>;
void FreeNow(const BlockList& blocks);

// Frees blocks after a grace period, on a thread of its own, so that writers never wait for readers.
// Thread-safe.
class Reclaimer {
 public:
  Reclaimer();
  // Frees what is left, after a grace period.
  ~Reclaimer();
  Reclaimer(const Reclaimer&) = delete;
  Reclaimer& operator=(const Reclaimer&) = delete;

  // The blocks are unlinked: no thread that comes online from now on can find them.
  void Retire(BlockList blocks);
  // Waits until all that was retired before is freed. The calling thread must be offline or not registered.
  void Drain();

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable idle_;
  BlockList pending_;
  // Retire calls taken in, and of these, how many are freed. Invariant: freed_ <= retired_.
  size_t retired_ = 0;
  size_t freed_ = 0;
  bool stop_ = false;
  // Last: starts when all above is there.
  std::thread thread_;
};

}  // namespace quartet::nameserver
