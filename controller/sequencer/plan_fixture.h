// A sequencer over memory, for tests of plans.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/sequencer/sequencer.h"
#include "gtest/gtest.h"
#include "replication/base/clock.h"
#include "replication/log/log.h"
#include "replication/replica/full_view.h"
#include "replication/store/memory_store.h"

namespace quartet::controller {

class ManualClock : public replication::Clock {
 public:
  int64_t WallMicros() override { return now_us; }
  int64_t MonotonicMicros() override { return now_us; }

  int64_t now_us = int64_t{1'700'000'000} * 1'000'000;
};

// splitmix64.
class SeededRandom : public replication::Random {
 public:
  explicit SeededRandom(uint64_t seed = 1) : state_(seed) {}
  uint64_t Next() override;

 private:
  uint64_t state_;
};

class PlanTest : public ::testing::Test {
 protected:
  PlanTest();

  // Opens a sequencer anew, as a restarted controller does.
  void Reopen();
  // One proposal in a group of its own.
  absl::StatusOr<Outcome> Commit(PlanFn plan);
  absl::StatusOr<Outcome> Commit(Proposal proposal);
  // The entries committed since the last call.
  std::vector<Sequencer::Committed> TakeCommitted();

  // Stripes with domains, and nameservers "ns-a0", …: `slots` in each stripe, each stripe in a region of its
  // own.
  void MakeNameservers(uint32_t slots);

  ManualClock clock_;
  SeededRandom random_;
  store::MemoryStore store_;
  std::unique_ptr<replication::Log> log_;
  std::unique_ptr<Sequencer> sequencer_;
  replication::FullView view_{store_};

 private:
  std::vector<Sequencer::Committed> committed_;
};

}  // namespace quartet::controller
