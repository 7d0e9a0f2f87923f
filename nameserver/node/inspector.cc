#include "nameserver/node/inspector.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <utility>

#include "replication/base/log.h"

namespace quartet::nameserver {
namespace {

// The lowest: whoever answers queries or applies changes goes first.
constexpr int kNice = 19;

}  // namespace

Inspector::Inspector(store::Store& store, replication::Clock& clock,
                     const replication::Scrubber::Options& options, Callbacks callbacks)
    : store_(store),
      callbacks_(std::move(callbacks)),
      reports_(store, replication::Reports::Options()),
      scrubber_(store, clock, options),
      progress_(scrubber_.progress()),
      thread_([this] { Run(); }) {
  pthread_setname_np(thread_.native_handle(), "inspect");
}

Inspector::~Inspector() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Inspector::Ask(const std::vector<quartet::replication::v1::Inquiry>& inquiries, bool forget) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (forget) asked_.clear();
    forget_ = forget_ || forget;
    asked_.insert(asked_.end(), inquiries.begin(), inquiries.end());
  }
  wake_.notify_all();
}

replication::ScrubProgress Inspector::progress() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return progress_;
}

void Inspector::Run() {
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopping_) {
    if (std::exchange(forget_, false)) reports_.Forget();
    for (const quartet::replication::v1::Inquiry& inquiry : std::exchange(asked_, {})) reports_.Ask(inquiry);
    lock.unlock();
    const int64_t wait_us = reports_.idle() ? Scrub() : Report();
    lock.lock();
    progress_ = scrubber_.progress();
    wake_.wait_for(lock, std::chrono::microseconds(wait_us),
                   [this] { return stopping_ || forget_ || !asked_.empty(); });
  }
}

int64_t Inspector::Report() {
  replication::Reports::Step step = reports_.Next();
  if (!step.findings.empty()) callbacks_.on_findings(std::move(step.findings));
  if (step.part.has_value()) {
    quartet::replication::v1::SubscribeRequest request;
    *request.mutable_report_part() = *std::move(step.part);
    callbacks_.send(std::move(request));
  }
  return step.wait_us;
}

int64_t Inspector::Scrub() {
  replication::Scrubber::Step step = scrubber_.Next();
  // In an empty store it would be the first thing, and there is nothing to read again.
  const bool empty = scrubber_.progress().zones == 0 && scrubber_.progress().zones_done == 0;
  if (step.store_progress && !empty) {
    store::Batch batch;
    scrubber_.PutProgress(batch);
    // Without it the next process reads some zones again: that the disk can't be written is told elsewhere.
    store_.Write(batch, store::Store::Sync::kNo).IgnoreError();
  }
  if (step.ended && scrubber_.progress().zones > 0) {
    LogInfo("scrub: {} zones read from disk, {} damaged", scrubber_.progress().zones,
            scrubber_.progress().damaged);
  }
  if (!step.findings.empty()) callbacks_.on_findings(std::move(step.findings));
  if (absl::IsDataLoss(step.store)) callbacks_.on_store_damaged(std::move(step.store));
  return step.wait_us;
}

}  // namespace quartet::nameserver
