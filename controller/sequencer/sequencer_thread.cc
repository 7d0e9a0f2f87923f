#include "controller/sequencer/sequencer_thread.h"

#include <chrono>
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
    : options_(options), on_committed_(std::move(on_committed)), sequencer_(std::move(sequencer)) {
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
  absl::Status refusal;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stopping_) {
      refusal = Stopped();
    } else if (queue_.size() >= options_.queue_proposals ||
               (!queue_.empty() && queued_bytes_ + proposal.bytes > options_.queue_bytes)) {
      refusal = absl::ResourceExhaustedError("too many changes are waiting to be written; try again later");
    } else {
      queued_bytes_ += proposal.bytes;
      queue_.push_back({std::move(proposal), std::move(done)});
    }
  }
  if (!refusal.ok()) return done(std::move(refusal));
  wake_.notify_one();
}

SequencerThread::State SequencerThread::state() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return state_;
}

void SequencerThread::Run() {
  FlushAndTell();
  for (std::deque<Item> work; WaitForWork(work); work.clear()) Process(work);
  std::deque<Item> left;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    left.swap(queue_);
  }
  for (Item& item : left) item.done(Stopped());
}

// Takes all that is queued. Nothing, after a while, if the log is to be probed. False: stop.
bool SequencerThread::WaitForWork(std::deque<Item>& work) {
  std::unique_lock<std::mutex> lock(mutex_);
  const auto woken = [this] { return stopping_ || !queue_.empty(); };
  if (state_.read_only_reason.empty()) {
    wake_.wait(lock, woken);
  } else {
    wake_.wait_for(lock, kProbeEvery, woken);
  }
  work.swap(queue_);
  queued_bytes_ = 0;
  if (!stopping_) return true;
  work.swap(queue_);
  return false;
}

void SequencerThread::Process(std::deque<Item>& work) {
  if (work.empty()) sequencer_->Probe();
  for (Item& item : work) {
    if (sequencer_->full()) FlushAndTell();
    sequencer_->Add(std::move(item.proposal), std::move(item.done));
  }
  FlushAndTell();
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
}

}  // namespace quartet::controller
