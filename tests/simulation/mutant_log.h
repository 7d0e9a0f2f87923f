// For mutations: logs that forget a rule.
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "replication/log/log.h"
#include "replication/store/store.h"

namespace quartet::simulation {

// By index, of all entries that ever were in the log.
using PastPositions = std::map<uint64_t, replication::Position>;

// Reads entries that were trimmed as if they had been of no effect.
std::unique_ptr<replication::Log> MakeLogWithoutGaps(const replication::Log& log, const PastPositions& past);

// Takes appends, or trims, of any leader. Takes `log` over; `store` is what it is in.
enum class Unfenced { kAppend, kTrim };
std::unique_ptr<replication::Log> MakeUnfencedLog(std::unique_ptr<replication::Log> log, store::Store& store,
                                                  Unfenced what);

}  // namespace quartet::simulation
