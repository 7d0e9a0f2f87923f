#include "controller/history/history_keeper.h"

#include <string>
#include <utility>

#include "replication/base/log.h"

namespace quartet::controller {

absl::Status KeepWithin(Host& host, RetentionScan& scan, int64_t now_us, size_t zones,
                        const std::function<bool()>& stopping) {
  while (zones > 0 && !stopping()) {
    absl::StatusOr<stored::v1::Entry> due = scan.Next(*host.replica().Snapshot(), now_us, zones);
    if (!due.ok()) return due.status();
    if (due->effects().empty()) return absl::OkStatus();
    Proposal proposal;
    proposal.plan = [&](const PlanContext& context) { return PlanRetention(context, *due); };
    const absl::StatusOr<Outcome> outcome = ProposeAndWait(host, std::move(proposal));
    if (!outcome.ok()) return outcome.status();
  }
  return absl::OkStatus();
}

HistoryKeeper::HistoryKeeper(Host& host, replication::Clock& clock, const Options& options)
    : host_(host), clock_(clock), options_(options), thread_([this] { Run(); }) {}

HistoryKeeper::~HistoryKeeper() { Stop(); }

void HistoryKeeper::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  std::call_once(joined_, [this] { thread_.join(); });
}

bool HistoryKeeper::stopping() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return stopping_;
}

void HistoryKeeper::Run() {
  RetentionScan scan(options_.retention, options_.limits);
  for (;;) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      if (wake_.wait_for(lock, options_.tick, [&] { return stopping_; })) return;
    }
    Note(
        KeepWithin(host_, scan, clock_.WallMicros(), options_.zones_per_tick, [this] { return stopping(); }));
  }
}

// Once for each time that it begins to fail.
void HistoryKeeper::Note(const absl::Status& status) {
  if (!status.ok() && !failing_ && !stopping()) {
    LogWarning("history can't be kept within its bounds, and grows until it can: {}",
               std::string(status.message()));
  }
  failing_ = !status.ok();
}

}  // namespace quartet::controller
