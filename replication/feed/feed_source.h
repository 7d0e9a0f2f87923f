// What the parts of a publisher read from.
#pragma once

#include "replication/base/clock.h"
#include "replication/feed/publisher.h"
#include "replication/log/log.h"
#include "replication/store/store.h"

namespace quartet::replication {

struct FeedSource {
  const Log& log;
  const store::Store& replica;
  Clock& clock;
  const Publisher::Options& options;
};

}  // namespace quartet::replication
