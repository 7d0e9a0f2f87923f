#include "nameserver/zone/rcu.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <thread>

namespace quartet::nameserver {
namespace {

TEST(RcuTest, GracePeriodWaitsForReadersOnline) {
  RcuThread reader;
  std::atomic<bool> over{false};
  std::thread writer([&] {
    RcuSynchronize();
    over = true;
  });
  for (int i = 0; i < 1000; ++i) {
    EXPECT_FALSE(over);
    std::this_thread::yield();
  }
  RcuThread::Offline();
  writer.join();
  RcuThread::Online();
  EXPECT_TRUE(over);
}

TEST(RcuTest, GracePeriodDoesNotWaitForReadersOffline) {
  RcuThread reader;
  RcuOffline blocked;
  std::thread([] { RcuSynchronize(); }).join();
}

TEST(RcuTest, QuiescentReaderLetsAGracePeriodEnd) {
  RcuThread reader;
  std::atomic<bool> over{false};
  std::thread writer([&] {
    RcuSynchronize();
    over = true;
  });
  while (!over) RcuThread::Quiescent();
  writer.join();
}

// What a reader holds stays: the sanitizers watch the block.
TEST(RcuTest, RetiredBlocksAreFreedAfterTheirReaders) {
  Reclaimer reclaimer;
  std::atomic<int*> shared{static_cast<int*>(std::calloc(1, sizeof(int)))};
  std::atomic<bool> stop{false};
  std::thread reader([&] {
    RcuThread rcu;
    while (!stop) {
      for (int i = 0; i < 100; ++i) EXPECT_GE(*shared.load(std::memory_order_acquire), 0);
      RcuThread::Quiescent();
    }
  });
  for (int i = 1; i < 1000; ++i) {
    int* next = static_cast<int*>(std::malloc(sizeof(int)));
    *next = i;
    reclaimer.Retire({shared.exchange(next, std::memory_order_acq_rel)});
    if (i % 100 == 0) reclaimer.Drain();
  }
  stop = true;
  reader.join();
  std::free(shared.load());
}

}  // namespace
}  // namespace quartet::nameserver
