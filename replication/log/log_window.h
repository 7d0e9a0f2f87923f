// The part of the log that several are reading, decoded once for all of them.
#pragma once

#include <cstdint>
#include <map>

#include "absl/status/statusor.h"
#include "quartet/stored/v1/entry.pb.h"
#include "replication/base/position.h"
#include "replication/log/log.h"

namespace quartet::replication {

// Not thread-safe.
class LogWindow {
 public:
  struct Decoded {
    Position position;
    stored::v1::Entry entry;
    size_t bytes = 0;
  };

  LogWindow(const Log& log, size_t max_bytes) : log_(log), max_bytes_(max_bytes) {}

  // The entry at `index`. Valid until Shrink. OUT_OF_RANGE: trimmed; DATA_LOSS, UNIMPLEMENTED: it can't be
  // read.
  absl::StatusOr<const Decoded*> At(uint64_t index);
  // Whether At(index) needs no read.
  bool Has(uint64_t index) const { return entries_.count(index) != 0; }
  // Forgets the oldest entries beyond `max_bytes`.
  void Shrink();

 private:
  const Log& log_;
  const size_t max_bytes_;
  std::map<uint64_t, Decoded> entries_;
  size_t bytes_ = 0;
};

}  // namespace quartet::replication
