#include "nameserver/standalone/progress.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "replication/base/log.h"
#include "replication/base/readiness.h"

namespace quartet::nameserver {
namespace {

constexpr int64_t kInterval = 1'000'000;

}  // namespace

Progress::Progress(std::string what, size_t zones, replication::Clock& clock)
    : what_(std::move(what)),
      zones_(zones),
      clock_(clock),
      begin_us_(clock.MonotonicMicros()),
      next_us_(begin_us_ + kInterval) {
  replication::NotifyStatus(Line(0));
}

std::string Progress::Line(size_t done) const {
  return absl::StrCat(what_, ": ", done, " of ", zones_, " zones");
}

void Progress::Tell(size_t done) {
  const int64_t now = clock_.MonotonicMicros();
  if (now < next_us_) return;
  next_us_ = now + kInterval;
  const std::string line = Line(done);
  LogInfo("{}", line);
  replication::NotifyStatus(line);
}

double Progress::seconds() const { return static_cast<double>(clock_.MonotonicMicros() - begin_us_) / 1e6; }

}  // namespace quartet::nameserver
