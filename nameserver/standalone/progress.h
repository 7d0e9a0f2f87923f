// Says how far something long is: in the log, and to whoever started the process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "replication/base/clock.h"

namespace quartet::nameserver {

// Not thread-safe.
class Progress {
 public:
  // Tells whoever started the process that it has begun.
  Progress(std::string what, size_t zones, replication::Clock& clock);
  // Says "WHAT: 3 of 10 zones", once a second at most.
  void Tell(size_t done);
  // Seconds since it was made.
  double seconds() const;

 private:
  std::string Line(size_t done) const;

  const std::string what_;
  const size_t zones_;
  replication::Clock& clock_;
  const int64_t begin_us_;
  int64_t next_us_;
};

}  // namespace quartet::nameserver
