// The thread that drives a Sequencer.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/sequencer/proposal.h"
#include "controller/sequencer/sequencer.h"

namespace quartet::controller {

// Group commit as it comes: while one group is being written, proposals queue up; all of them are the next
// group. Thread-safe.
class SequencerThread {
 public:
  struct Options {
    // Proposals, and bytes of them, that may wait; more are refused RESOURCE_EXHAUSTED.
    size_t queue_proposals = 4096;
    size_t queue_bytes = 64 << 20;
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
  struct Item {
    Proposal proposal;
    Sequencer::Done done;
  };

  void Run();
  bool WaitForWork(std::deque<Item>& work);
  void Process(std::deque<Item>& work);
  void FlushAndTell();

  const Options options_;
  const OnCommitted on_committed_;
  // The thread's alone.
  std::unique_ptr<Sequencer> sequencer_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Item> queue_;
  size_t queued_bytes_ = 0;
  bool stopping_ = false;
  State state_;
  std::once_flag joined_;
  std::thread thread_;
};

}  // namespace quartet::controller
