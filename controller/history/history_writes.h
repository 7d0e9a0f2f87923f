// HistoryService's changes: zones made what they were, and deleted zones brought back. docs/history.md.
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/caller.h"
#include "controller/host.h"
#include "controller/imports/import_check.h"
#include "controller/imports/stage_driver.h"
#include "quartet/admin/v1/history.pb.h"

namespace quartet::controller {

// Thread-safe. Errors are those of HistoryService.
class HistoryWrites {
 public:
  struct Options {
    // A larger difference is staged, as an import is.
    EntryLimits entry;
    StageOptions stage;
  };

  explicit HistoryWrites(Host& host) : HistoryWrites(host, Options()) {}
  // `host` must outlive it.
  HistoryWrites(Host& host, const Options& options) : host_(host), options_(options) {}

  // Blocks until it is done: a zone of any size is read twice, and staged where much of it differs; `gone` is asked now and
  // then whether the caller still waits. An outcome without a change: the zone is so already; it names the zone.
  absl::StatusOr<Outcome> Revert(const Caller& caller, const admin::v1::RevertZoneRequest& request,
                                 const std::function<bool()>& gone);
  // Refused as that would be; `tell` says false if nobody listens any more.
  absl::Status PreviewRevert(const admin::v1::RevertZoneRequest& request,
                             const std::function<bool(const admin::v1::RevertPreviewPart&)>& tell);
  absl::StatusOr<Outcome> Undelete(const Caller& caller, const admin::v1::UndeleteZoneRequest& request);

 private:
  Host& host_;
  const Options options_;
};

}  // namespace quartet::controller
