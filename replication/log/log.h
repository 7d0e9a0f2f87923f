// The log: the one totally ordered sequence of committed entries, with one appender at a time.
//
// Fencing (invariant 8). Every append and every trim states the position it expects the head to have and the
// term it was elected for; both are compared in the transaction that writes. A deposed leader, however slow,
// can't append. Contract suite: replication/log/log_contract.h, run over RocksDB and memory.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "replication/base/position.h"
#include "replication/entry/entry.h"
#include "replication/store/store.h"

namespace quartet::replication {

// Thread-safe. Reads may run beside an append.
class Log {
 public:
  struct Head {
    Position position;
    // Term of the leader; 0 if there never was one.
    uint64_t term = 0;
  };

  virtual ~Log() = default;

  // Never trimmed; what an append has to match.
  virtual absl::StatusOr<Head> ReadHead() const = 0;

  // Takes leadership: makes and stores a term higher than any before, and returns it.
  virtual absl::StatusOr<uint64_t> BeginTerm() = 0;

  // Appends entries sealed one behind the other, the first behind `expected`, and makes them durable, all or
  // none. `effects` is written with them where the log shares a store with the replica (the embedded log):
  // one write, one sync. ABORTED: the head is not `expected`, or `term` is not the leader's: nothing was
  // written, and this leader is deposed. INVALID_ARGUMENT: entries don't follow `expected`. Any other error:
  // unknown whether it was written; the caller must ReadHead before anything else.
  virtual absl::Status Append(const Position& expected, uint64_t term, std::span<const SealedEntry> entries,
                              const store::Batch& effects) = 0;

  // Entries behind index `after` in order, until `max_bytes` are exceeded (at least one if there is one).
  // OUT_OF_RANGE: the one behind `after` is trimmed; the message says where the log begins.
  virtual absl::StatusOr<std::vector<SealedEntry>> Read(uint64_t after, size_t max_bytes) const = 0;

  // The position at `index`, to compare chains. OUT_OF_RANGE: trimmed, or not there yet.
  virtual absl::StatusOr<Position> PositionAt(uint64_t index) const = 0;

  // Lowest index that Read(index - 1) can return; head + 1 for an empty log.
  virtual absl::StatusOr<uint64_t> FirstIndex() const = 0;

  // Forgets entries up to and including `upto`, fenced as an append.
  virtual absl::Status Trim(const Position& expected, uint64_t term, uint64_t upto) = 0;
};

}  // namespace quartet::replication
