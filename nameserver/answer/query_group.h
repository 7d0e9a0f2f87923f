// Answers to several queries, looked up side by side: what takes most of a lookup is waiting for memory, and while
// it brings what one query needs next, the other queries take their step.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "nameserver/answer/answer.h"
#include "nameserver/answer/pending_query.h"
#include "nameserver/zone/directory.h"

namespace quartet::nameserver {

// Take up to kSize queries, LookUp, then Respond for each, in any order. For one thread, which is registered with
// RCU and online from the first Take to the last Respond; the bytes of queries must last as long.
class QueryGroup {
 public:
  // More would push each other out of the nearest cache.
  static constexpr size_t kSize = 16;

  // `directory` must outlive it.
  QueryGroup(const Directory& directory, const Context& context) : directory_(directory), context_(context) {}

  // Forgets what was taken before.
  void Clear() { size_ = 0; }
  // Precondition: fewer than kSize are there. Any bytes are fine.
  void Take(std::span<const uint8_t> query);
  void LookUp();
  // The response to the i-th query taken, as by Answer (answer.h), cold zones included.
  size_t Respond(size_t i, std::span<uint8_t> out, const ZoneEntry** cold = nullptr);

 private:
  const Directory& directory_;
  const Context context_;
  size_t size_ = 0;
  std::array<PendingQuery, kSize> queries_;
};

}  // namespace quartet::nameserver
