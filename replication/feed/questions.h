// Inquiries to one node: those that wait for their turn, and the one that it is answering.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "quartet/replication/v1/feed.pb.h"

namespace quartet::replication {

// One stream's, gone with it. Not thread-safe.
class Questions {
 public:
  // Unanswered ones at a time; parts of one report, and bytes of one part.
  static constexpr size_t kMaxUnanswered = 16;
  static constexpr uint32_t kMaxParts = 16384;
  static constexpr size_t kMaxPartBytes = 256 << 10;

  // RESOURCE_EXHAUSTED: too many are unanswered; ALREADY_EXISTS: one of them has this id.
  absl::Status Add(const quartet::replication::v1::Inquiry& inquiry);
  // The one to send now; nullopt: none waits, or one is being answered.
  std::optional<quartet::replication::v1::Inquiry> Next();
  // A part came. INVALID_ARGUMENT: nobody asked, or it is not the next; RESOURCE_EXHAUSTED: beyond the bounds.
  absl::Status Answered(const quartet::replication::v1::ReportPart& part);
  // No more will come: the parts that end the reports of all that is unanswered, with `error` in them.
  std::vector<quartet::replication::v1::ReportPart> Abandon(absl::string_view error);

 private:
  // The first is being answered if `sent_`.
  std::deque<quartet::replication::v1::Inquiry> unanswered_;
  bool sent_ = false;
  uint32_t next_part_ = 0;
};

}  // namespace quartet::replication
