#include "controller/sequencer/sequencer_thread.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "controller/sequencer/plan_fixture.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

PlanFn MakeNode(const std::string& id) {
  return [id](const PlanContext&) -> absl::StatusOr<Plan> {
    Plan plan;
    stored::v1::ObjectEffect& object = *plan.entry.add_effects()->mutable_object();
    object.set_kind(stored::v1::OBJECT_KIND_NODE);
    object.set_id(id);
    object.set_revision(1);
    object.set_row("row");
    return plan;
  };
}

Proposal Of(PlanFn plan, size_t bytes = 0) {
  Proposal proposal;
  proposal.plan = std::move(plan);
  proposal.bytes = bytes;
  return proposal;
}

class SequencerThreadTest : public PlanTest {
 protected:
  void Start(const SequencerThread::Options& options = {}) {
    thread_ = std::make_unique<SequencerThread>(
        std::move(sequencer_), [this](const std::vector<Sequencer::Committed>& entries) { Told(entries); },
        options);
  }

  void Told(const std::vector<Sequencer::Committed>& entries) {
    const std::lock_guard<std::mutex> lock(mutex_);
    groups_.push_back(entries.size());
    if (!entries.empty()) told_ = entries.back().position.index;
    moved_.notify_all();
  }

  uint64_t told() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return told_;
  }

  std::mutex mutex_;
  std::condition_variable moved_;
  std::vector<size_t> groups_;
  uint64_t told_ = 0;
  std::unique_ptr<SequencerThread> thread_;
};

TEST_F(SequencerThreadTest, TheFeedIsToldBeforeTheCaller) {
  Start();
  for (int i = 0; i < 20; ++i) {
    const auto outcome = thread_->Propose(Of(MakeNode("n" + std::to_string(i))));
    ASSERT_TRUE(outcome.ok());
    EXPECT_GE(told(), outcome->position.index);
    EXPECT_GE(thread_->state().head.index, outcome->position.index);
  }
}

TEST_F(SequencerThreadTest, ManyCallersShareAppends) {
  SequencerThread::Options options;
  // However slow the machine, no group ends for want of time.
  options.group_us = int64_t{3600} * 1'000'000;
  Start(options);
  // Holds the thread inside one plan until all others are queued.
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  std::promise<void> entered;
  std::atomic<int> done = 0;
  const auto count = [&](const absl::StatusOr<Outcome>& outcome) { done += outcome.ok() ? 1 : 0; };
  thread_->ProposeAsync(Of([&](const PlanContext& context) {
                          entered.set_value();
                          released.wait();
                          return MakeNode("first")(context);
                        }),
                        count);
  entered.get_future().wait();
  for (int i = 0; i < 100; ++i) {
    thread_->ProposeAsync(Of(MakeNode("n" + std::to_string(i))), count);
  }
  release.set_value();
  ASSERT_TRUE(thread_->Propose(Of(MakeNode("last"))).ok());
  thread_->Stop();
  EXPECT_EQ(done, 101);
  const std::lock_guard<std::mutex> lock(mutex_);
  // The term's first entry, the held one, and the rest together (the last caller may come a group later).
  EXPECT_LE(groups_.size(), 4u);
}

TEST_F(SequencerThreadTest, APatientProposalSharesTheNextAppend) {
  Start();
  ASSERT_TRUE(thread_->Propose(Of(MakeNode("n1"))).ok());
  std::promise<uint64_t> patient_at;
  Proposal patient = Of(MakeNode("patient"));
  patient.patience_us = int64_t{3600} * 1'000'000;
  thread_->ProposeAsync(std::move(patient), [&](const absl::StatusOr<Outcome>& outcome) {
    patient_at.set_value(outcome.ok() ? outcome->position.index : 0);
  });
  const uint64_t other_at = thread_->Propose(Of(MakeNode("n2")))->position.index;
  EXPECT_EQ(patient_at.get_future().get() + 1, other_at);
  const std::lock_guard<std::mutex> lock(mutex_);
  EXPECT_EQ(groups_.back(), 2u);
}

TEST_F(SequencerThreadTest, AfterALargeGroupItRestsUntilEnoughWait) {
  SequencerThread::Options options;
  options.rest_after = 1;
  options.rest_until = 10;
  options.least_rest_us = options.most_rest_us = int64_t{3600} * 1'000'000;
  Start(options);
  ASSERT_TRUE(thread_->Propose(Of(MakeNode("first"))).ok());
  std::atomic<int> done = 0;
  const auto count = [&](const absl::StatusOr<Outcome>& outcome) { done += outcome.ok() ? 1 : 0; };
  for (int i = 0; i < 9; ++i) thread_->ProposeAsync(Of(MakeNode("n" + std::to_string(i))), count);
  ASSERT_TRUE(thread_->Propose(Of(MakeNode("last"))).ok());
  EXPECT_EQ(done, 9);
  const std::lock_guard<std::mutex> lock(mutex_);
  EXPECT_EQ(groups_.back(), 10u);
}

TEST_F(SequencerThreadTest, StopsWhileItRests) {
  SequencerThread::Options options;
  options.rest_after = 1;
  options.least_rest_us = options.most_rest_us = int64_t{3600} * 1'000'000;
  Start(options);
  ASSERT_TRUE(thread_->Propose(Of(MakeNode("first"))).ok());
  std::promise<absl::StatusCode> result;
  thread_->ProposeAsync(Of(MakeNode("second")), [&](const absl::StatusOr<Outcome>& outcome) {
    result.set_value(outcome.status().code());
  });
  thread_->Stop();
  EXPECT_EQ(result.get_future().get(), absl::StatusCode::kUnavailable);
}

TEST_F(SequencerThreadTest, PatienceEnds) {
  Start();
  Proposal patient = Of(MakeNode("patient"));
  patient.patience_us = 1000;
  EXPECT_TRUE(thread_->Propose(std::move(patient)).ok());
}

TEST_F(SequencerThreadTest, AGroupEndsWhenItHasTakenItsTime) {
  Start({.queue = {}, .group_us = 0});
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  thread_->ProposeAsync(Of([released](const PlanContext&) -> absl::StatusOr<Plan> {
                          released.wait();
                          return Plan();
                        }),
                        [](const absl::StatusOr<Outcome>&) {});
  for (int i = 0; i < 5; ++i) {
    thread_->ProposeAsync(Of(MakeNode("n" + std::to_string(i))), [](const absl::StatusOr<Outcome>&) {});
  }
  release.set_value();
  ASSERT_TRUE(thread_->Propose(Of(MakeNode("last"))).ok());
  const std::lock_guard<std::mutex> lock(mutex_);
  // The term's first entry, and each of the six by itself.
  EXPECT_EQ(groups_, std::vector<size_t>(7, 1));
}

TEST_F(SequencerThreadTest, TheQueueIsBounded) {
  Start({.queue = {.proposals = 2, .bytes = 100}});
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  std::promise<void> entered;
  const auto ignore = [](const absl::StatusOr<Outcome>&) {};
  thread_->ProposeAsync(Of([&](const PlanContext&) -> absl::StatusOr<Plan> {
                          entered.set_value();
                          released.wait();
                          return Plan();
                        }),
                        ignore);
  entered.get_future().wait();
  absl::Status refusal;
  const auto remember = [&](const absl::StatusOr<Outcome>& outcome) { refusal = outcome.status(); };
  thread_->ProposeAsync(Of(MakeNode("a"), 60), ignore);
  thread_->ProposeAsync(Of(MakeNode("b"), 60), remember);
  EXPECT_TRUE(absl::IsResourceExhausted(refusal));
  thread_->ProposeAsync(Of(MakeNode("c"), 10), ignore);
  refusal = absl::OkStatus();
  thread_->ProposeAsync(Of(MakeNode("d"), 1), remember);
  EXPECT_TRUE(absl::IsResourceExhausted(refusal));
  release.set_value();
  thread_->Stop();
}

TEST_F(SequencerThreadTest, StoppingAnswersEverybody) {
  Start();
  std::atomic<int> answered = 0;
  for (int i = 0; i < 50; ++i) {
    thread_->ProposeAsync(Of(MakeNode("n" + std::to_string(i))),
                          [&](const absl::StatusOr<Outcome>&) { ++answered; });
  }
  thread_->Stop();
  EXPECT_EQ(answered, 50);
  EXPECT_TRUE(absl::IsUnavailable(thread_->Propose(Of(MakeNode("late"))).status()));
}

TEST_F(SequencerThreadTest, RecoversByItselfWhenTheDiskHasRoomAgain) {
  Start();
  ASSERT_TRUE(thread_->Propose(Of(MakeNode("n1"))).ok());
  store_.FailWrites(absl::ResourceExhaustedError("full"));
  EXPECT_TRUE(absl::IsResourceExhausted(thread_->Propose(Of(MakeNode("n2"))).status()));
  EXPECT_NE(thread_->state().read_only_reason, "");
  store_.FailWrites(absl::OkStatus());
  // Nobody asks: it probes, and tells with a group of none.
  std::unique_lock<std::mutex> lock(mutex_);
  EXPECT_TRUE(moved_.wait_for(lock, std::chrono::seconds(30), [&] { return groups_.back() == 0; }));
  lock.unlock();
  EXPECT_EQ(thread_->state().read_only_reason, "");
}

}  // namespace
}  // namespace quartet::controller
