// The thread that drives a Sequencer.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/sequencer/proposal.h"
#include "controller/sequencer/sequencer.h"
#include "controller/sequencer/turn_queue.h"

namespace quartet::controller {

// Group commit as it comes: while one group is being written, proposals queue up, and are the next group. A group
// takes them in turn of their zones (TurnQueue), until none is left or it is full; it is also full once judging it has
// taken `group_us`, so that a small change never waits for more than one such group, a write, and what was judged
// last.
//
// Under load it rests: after a group of several proposals it lets as much time pass as that group took, so that what
// comes meanwhile is one group more instead of many. Each group costs each node a write, a sync and an acknowledgement,
// however small it is; on a machine that is busy with them, larger groups are sooner done. One caller who makes one
// change after another never waits for this.
//
// Thread-safe.
class SequencerThread {
 public:
  struct Options {
    // What may wait; more is refused RESOURCE_EXHAUSTED.
    TurnQueue::Options queue;
    int64_t group_us = 2000;
    // It rests after groups of so many proposals; so long at least and at most; until so many wait.
    size_t rest_after = 4;
    int64_t least_rest_us = 0;
    int64_t most_rest_us = 5000;
    size_t rest_until = 64;
    // Called on the thread after each group, once its callers know: for what must be done by the leader and in nobody's
    // way. The next group waits for it.
    std::function<void(Sequencer&)> after_group = nullptr;
  };
  // Called on the thread after each commit, before the callers' callbacks; with none when the log can be
  // written again. Must not block, nor call Propose.
  using OnCommitted = std::function<void(const std::vector<Sequencer::Committed>&)>;

  // Starts at once. What Open of the sequencer committed goes to `on_committed` first.
  SequencerThread(std::unique_ptr<Sequencer> sequencer, OnCommitted on_committed, const Options& options);
  // Stops.
  ~SequencerThread();

  // Blocks until the proposal is committed or refused. UNAVAILABLE: stopped.
  absl::StatusOr<Outcome> Propose(Proposal proposal);
  // `done` is called once: on the thread, or at once on the caller's where the queue is full or stopped.
  void ProposeAsync(Proposal proposal, Sequencer::Done done);

  // Takes no more; what is queued is refused UNAVAILABLE, what is in flight ends. Returns once the thread is
  // gone.
  void Stop();

  struct State {
    replication::Position head;
    uint64_t term = 0;
    std::string read_only_reason;
  };
  State state() const;

 private:
  using Time = std::chrono::steady_clock::time_point;

  void Run();
  bool WaitForWork();
  // Both with mutex_ held. BeginBy: whether the next group begins sooner than it would have.
  bool BeginBy(Time time);
  void BeginByQueued();
  void Process();
  size_t AddAll(Time end);
  void Rest(Time began);
  std::optional<TurnQueue::Item> Next();
  void FlushAndTell();

  const Options options_;
  const OnCommitted on_committed_;
  // The thread's alone.
  std::unique_ptr<Sequencer> sequencer_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  TurnQueue queue_;
  // When the thread begins a group with what is queued. Time::max(): never, as the queue is empty.
  Time begin_ = Time::max();
  // Before that it rests, unless options_.rest_until wait.
  Time rested_ = Time::min();
  bool stopping_ = false;
  State state_;
  std::once_flag joined_;
  std::thread thread_;
};

}  // namespace quartet::controller
