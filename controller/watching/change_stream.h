// One watch of changes: from a place in the log on, event by event.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "controller/watching/resume_token.h"
#include "controller/watching/watched_log.h"
#include "quartet/admin/v1/watch.pb.h"

namespace quartet::controller {

// Keeps a position and nothing else: how slow its reader is costs no memory. Not thread-safe.
class ChangeStream {
 public:
  // Entries looked at by one Next, and those after which a watch that none of them concerns is told the new token.
  static constexpr uint64_t kEntriesPerStep = 256;
  static constexpr uint64_t kQuietEntries = 1000;

  // `log` must outlive it. INVALID_ARGUMENT: bad token; OUT_OF_RANGE: the log does not reach back to it, or it is of
  // another one; NOT_FOUND: no such zone; RESOURCE_EXHAUSTED: too many streams.
  static absl::StatusOr<std::unique_ptr<ChangeStream>> Open(WatchedLog& log,
                                                            const admin::v1::WatchChangesRequest& request);

  struct Step {
    // What to send now, if anything.
    std::optional<admin::v1::WatchChangesResponse> response;
    // There may be more already; else there is once more is committed.
    bool more = false;
  };
  // OUT_OF_RANGE: what it is to read next has been trimmed. Uses the log's window.
  absl::StatusOr<Step> Next();

 private:
  ChangeStream(WatchedLog& log, std::shared_ptr<void> place, ResumePoint point, std::string zone_id,
               bool effects)
      : log_(log), place_(std::move(place)), point_(point), zone_id_(std::move(zone_id)), effects_(effects) {}

  admin::v1::WatchChangesResponse TokenOnly();
  // The next event of the entry behind point_ that is wanted; goes behind the entry if there is none.
  absl::StatusOr<std::optional<admin::v1::WatchChangesResponse>> NextOf(
      const stored::v1::Entry& entry, const replication::Position& position);

  WatchedLog& log_;
  const std::shared_ptr<void> place_;
  ResumePoint point_;
  // Empty: all.
  const std::string zone_id_;
  const bool effects_;
  bool begun_ = false;
  // Entries gone past since the last response.
  uint64_t quiet_ = 0;
};

}  // namespace quartet::controller
