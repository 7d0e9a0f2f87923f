// A controller that dies at one of its entries, as those who stand beside its core see it.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "controller/request_host.h"

namespace quartet::controller {

// Thread-safe. Passes on to another host, which must outlive it.
class CutHost : public RequestHost {
 public:
  explicit CutHost(RequestHost& host) : host_(host) {}

  // The proposal of this number, counted from now on from 0, is the last one that gets through (`written`) or the first one that
  // doesn't; whoever proposed it, or anything after, does not hear what came of it.
  void CutAt(size_t proposal, bool written) {
    const std::lock_guard<std::mutex> lock(mutex_);
    cut_ = proposal;
    written_ = written;
    proposals_ = 0;
  }
  // It is alive again.
  void Heal() {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_cut_ = false;
    cut_.reset();
  }
  bool is_cut() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return is_cut_;
  }
  const store::Store& replica() const override { return host_.replica(); }
  void ProposeAsync(Proposal proposal, Sequencer::Done done) override {
    bool pass = true;
    bool tell = true;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      const size_t number = proposals_++;
      if (is_cut_ || (cut_.has_value() && number >= *cut_)) {
        pass = !is_cut_ && written_;
        tell = false;
        is_cut_ = true;
      }
    }
    const auto lost = [done](const absl::StatusOr<Outcome>&) {
      done(absl::UnavailableError("the controller has died"));
    };
    if (!pass) return lost(absl::UnknownError(""));
    host_.ProposeAsync(std::move(proposal), tell ? std::move(done) : lost);
  }
  uint64_t ZonesOf(const std::string& nameserver) const override { return host_.ZonesOf(nameserver); }
  std::vector<NodePlace> Connected(const std::vector<std::string>& nameservers) const override {
    return host_.Connected(nameservers);
  }
  std::unique_ptr<Watch> WatchNodes(std::function<void()> moved) override {
    return host_.WatchNodes(std::move(moved));
  }
  absl::StatusOr<admin::v1::Change> ChangeOf(const Outcome& outcome) const override {
    return host_.ChangeOf(outcome);
  }
  absl::Status CheckSound(const std::string& zone_id, const dns::Name& apex) const override {
    return host_.CheckSound(zone_id, apex);
  }
  absl::StatusOr<bool> IsServed(const store::Reader& view, const std::string& nameserver,
                                const std::string& zone_id, uint64_t index,
                                uint64_t revision) const override {
    return host_.IsServed(view, nameserver, zone_id, index, revision);
  }
  uint64_t ZonesOfSet(const std::string& delegation_set) const override {
    return host_.ZonesOfSet(delegation_set);
  }
  // A dead one hears of no commits.
  std::unique_ptr<Watch> WatchCommits(CommitWatches::Fn committed) override {
    return host_.WatchCommits([this, committed = std::move(committed)](const auto& entries) {
      if (!is_cut()) committed(entries);
    });
  }

 private:
  RequestHost& host_;
  mutable std::mutex mutex_;
  std::optional<size_t> cut_;
  bool written_ = false;
  bool is_cut_ = false;
  size_t proposals_ = 0;
};

}  // namespace quartet::controller
