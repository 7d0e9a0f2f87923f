// What services that stand beside the core need of it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/commit_watches.h"
#include "controller/host.h"
#include "controller/sequencer/proposal.h"
#include "controller/watch.h"
#include "dns/name/name.h"
#include "quartet/admin/v1/change.pb.h"

namespace quartet::controller {

// Thread-safe.
class RequestHost : public Host {
 public:
  // What its caller is told of a change that was committed.
  virtual absl::StatusOr<admin::v1::Change> ChangeOf(const Outcome& outcome) const = 0;
  // FAILED_PRECONDITION: this controller's copy of the zone is damaged, so that no change may rest on it. For plans.
  virtual absl::Status CheckSound(const std::string& zone_id, const dns::Name& apex) const = 0;
  // Whether every counted node of the nameserver has acknowledged that revision of the zone, logged at `index`, or a later one,
  // and it has such a node: under the roster that `view` shows, a snapshot or what a plan sees.
  virtual absl::StatusOr<bool> IsServed(const store::Reader& view, const std::string& nameserver,
                                        const std::string& zone_id, uint64_t index,
                                        uint64_t revision) const = 0;
  // Zones that use a reusable delegation set.
  virtual uint64_t ZonesOfSet(const std::string& delegation_set) const = 0;
  // `committed` is called after each group of entries is synced and visible, in order, on the sequencer's thread; it must
  // not block, nor add or end a watch.
  virtual std::unique_ptr<Watch> WatchCommits(CommitWatches::Fn committed) = 0;
};

}  // namespace quartet::controller
