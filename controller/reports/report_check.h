// Whether a node's report is one: what it says may be wrong, but it has order, sizes and an end.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "quartet/replication/v1/feed.pb.h"

namespace quartet::controller {

// One node's report on one question, over all pages (inquiries) that it takes. Not thread-safe.
class ReportCheck {
 public:
  // A reason, a name, whatever is text or of no fixed size: more is refused.
  static constexpr size_t kMaxText = 1024;

  // `question` is the inquiry as it is sent first; `parts` not 0.
  explicit ReportCheck(const quartet::replication::v1::Inquiry& question) : next_(question) {}

  // Ids of zones come in order, each once, behind those of the pages before; so do keys of record sets.
  // INVALID_ARGUMENT: they don't, or something has no such size, or a page is longer than was asked for or goes nowhere;
  // ABORTED: the node says that it can't tell, and why. Then nothing of the part is to be used, nor what comes after.
  absl::Status Check(const quartet::replication::v1::ReportPart& part);

  // The inquiry for the page that follows (but for its id): behind all that was checked.
  const quartet::replication::v1::Inquiry& next() const { return next_; }

 private:
  absl::Status CheckZone(const quartet::replication::v1::ZoneReport& zone);
  absl::Status CheckRecord(const quartet::replication::v1::RecordReport& record);

  quartet::replication::v1::Inquiry next_;
  // Zones of a question about one zone, in this page.
  int zones_in_page_ = 0;
  bool moved_in_page_ = false;
};

}  // namespace quartet::controller
