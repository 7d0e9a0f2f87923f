#include "controller/sequencer/sequencer_thread.h"

#include <algorithm>
#include <future>
#include <utility>

namespace quartet::controller {
namespace {

// How often a log that could not be written is tried again while nobody asks.
constexpr std::chrono::seconds kProbeEvery(1);

absl::Status Stopped() { return absl::UnavailableError("the controller is stopping"); }

}  // namespace

SequencerThread::SequencerThread(std::unique_ptr<Sequencer> sequencer, OnCommitted on_committed,
                                 const Options& options)
    : options_(options),
      on_committed_(std::move(on_committed)),
      sequencer_(std::move(sequencer)),
      queue_(options.queue) {
  state_ = {sequencer_->head(), sequencer_->term(), sequencer_->read_only_reason()};
  thread_ = std::thread([this] { Run(); });
}

SequencerThread::~SequencerThread() { Stop(); }

void SequencerThread::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  std::call_once(joined_, [this] { thread_.join(); });
}

absl::StatusOr<Outcome> SequencerThread::Propose(Proposal proposal) {
  // Shared, so that it outlives the call that fulfils it.
  auto promise = std::make_shared<std::promise<absl::StatusOr<Outcome>>>();
  std::future<absl::StatusOr<Outcome>> result = promise->get_future();
  ProposeAsync(std::move(proposal),
               [promise](absl::StatusOr<Outcome> outcome) { promise->set_value(std::move(outcome)); });
  return result.get();
}

void SequencerThread::ProposeAsync(Proposal proposal, Sequencer::Done done) {
  const Time begin = proposal.patience_us == 0
                         ? Time::min()
                         : std::chrono::steady_clock::now() + std::chrono::microseconds(proposal.patience_us);
  TurnQueue::Item item{std::move(proposal), std::move(done)};
  absl::Status refusal;
  bool sooner = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    refusal = stopping_ ? Stopped() : queue_.Push(item);
    sooner = refusal.ok() && BeginBy(begin);
  }
  if (!refusal.ok()) return item.done(std::move(refusal));
  if (sooner) wake_.notify_one();
}

SequencerThread::State SequencerThread::state() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return state_;
}

void SequencerThread::Run() {
  FlushAndTell();
  while (WaitForWork()) Process();
  while (std::optional<TurnQueue::Item> item = Next()) item->done(Stopped());
}

// Until a group is due, or, if the log can't be written, until it is to be probed. False: stop.
bool SequencerThread::WaitForWork() {
  std::unique_lock<std::mutex> lock(mutex_);
  const Time probe =
      state_.read_only_reason.empty() ? Time::max() : std::chrono::steady_clock::now() + kProbeEvery;
  for (;;) {
    if (stopping_) return false;
    const Time until = std::min(probe, begin_);
    if (until == Time::max()) {
      wake_.wait(lock);
    } else if (until <= std::chrono::steady_clock::now()) {
      return true;
    } else {
      wake_.wait_until(lock, until);
    }
  }
}

bool SequencerThread::BeginBy(Time time) {
  if (queue_.size() < options_.rest_until) time = std::max(time, rested_);
  if (time >= begin_) return false;
  begin_ = time;
  return true;
}

void SequencerThread::BeginByQueued() {
  begin_ = Time::max();
  if (!queue_.empty()) BeginBy(Time::min());
}

std::optional<TurnQueue::Item> SequencerThread::Next() {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::optional<TurnQueue::Item> item = queue_.Pop();
  // What is left waits no longer: its group has begun.
  rested_ = Time::min();
  BeginByQueued();
  return item;
}

// Makes one group of what is queued, and of what comes while it is being judged.
void SequencerThread::Process() {
  const Time began = std::chrono::steady_clock::now();
  const size_t added = AddAll(began + std::chrono::microseconds(options_.group_us));
  if (added == 0) sequencer_->Probe();
  FlushAndTell();
  if (added >= options_.rest_after) Rest(began);
}

// To the group, until it is full or `end` has come. How many there were.
size_t SequencerThread::AddAll(Time end) {
  size_t added = 0;
  while (std::optional<TurnQueue::Item> item = Next()) {
    sequencer_->Add(item->proposal, std::move(item->done));
    ++added;
    if (sequencer_->full() || std::chrono::steady_clock::now() >= end) break;
  }
  return added;
}

// After a group that began at `began`.
void SequencerThread::Rest(Time began) {
  const Time now = std::chrono::steady_clock::now();
  const auto least = std::chrono::microseconds(options_.least_rest_us);
  const auto most = std::chrono::microseconds(options_.most_rest_us);
  const std::lock_guard<std::mutex> lock(mutex_);
  rested_ = now + std::clamp<Time::duration>(now - began, least, most);
  BeginByQueued();
}

void SequencerThread::FlushAndTell() {
  Sequencer::Flushed flushed = sequencer_->Flush();
  bool writable_again = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    writable_again = !state_.read_only_reason.empty() && sequencer_->read_only_reason().empty();
    state_ = {sequencer_->head(), sequencer_->term(), sequencer_->read_only_reason()};
  }
  if (!flushed.committed.empty() || writable_again) on_committed_(flushed.committed);
  for (Sequencer::Settled& settled : flushed.settled) settled.done(std::move(settled.result));
  if (options_.after_group) options_.after_group(*sequencer_);
}

}  // namespace quartet::controller
