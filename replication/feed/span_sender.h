// One node's way along the log: its Welcome, the inventory if it can't resume, the spans up to the head.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/base/position.h"
#include "replication/feed/feed_source.h"
#include "replication/feed/inventory_sender.h"
#include "replication/feed/outgoing.h"
#include "replication/log/log_window.h"

namespace quartet::replication {

// Not thread-safe: turns own it while they run.
class SpanSender {
 public:
  enum class Phase { kWelcome, kUnsettled, kInventory, kSpans };

  // Precondition: the Hello was checked.
  SpanSender(std::string nameserver, const quartet::replication::v1::Hello& hello)
      : nameserver_(std::move(nameserver)), hello_(hello) {}

  Phase phase() const { return phase_; }
  void AddCredit(int64_t bytes) { credit_ += bytes; }
  bool has_credit() const { return credit_ > 0; }
  bool holds_snapshot() const { return inventory_.has_value(); }
  bool HasDigestKey(uint32_t id) const { return digest_keys_.count(id) != 0; }

  // Invariant from kSpans on: start.index <= sent.index <= scanned.index.
  const Position& start() const { return start_; }
  const Position& sent() const { return sent_; }
  const Position& scanned() const { return scanned_; }
  int64_t last_span_us() const { return last_span_us_; }
  // Why spans can't go on from the node's cursor, for people; empty where they do. Once welcomed.
  const std::string& why_inventory() const { return why_inventory_; }

  // Reads and appends what can be sent of a state committed up to `head`, within credit and a bound of work (1 MiB of
  // log). Not OK: the stream is to end. FAILED_PRECONDITION, UNAVAILABLE: of the node's cursor, or of the log.
  absl::Status Turn(const FeedSource& source, LogWindow& window, const Position& head, bool unsettled,
                    std::vector<Outgoing>& messages);

  // For one that has scanned all: it goes on from there. A span that ends at `upto` and begins where the last one ended;
  // `shared` is one that was made for another node, and is used if it is the same.
  struct Made {
    Position after;
    Position upto;
    std::optional<Outgoing> message;
    int64_t cost = 0;
  };
  const Outgoing& Emit(const FeedSource& source, quartet::replication::v1::Span& span, const Position& upto,
                       Made& shared);

 private:
  absl::Status Welcome(const FeedSource& source, const Position& head, bool unsettled,
                       std::vector<Outgoing>& messages);
  // Why spans can't go on from the node's cursor; empty: they can.
  absl::StatusOr<std::string> WhyNotResumed(const FeedSource& source, const Position& head) const;
  absl::Status SendInventory(const FeedSource& source, std::vector<Outgoing>& messages);
  absl::Status SendSpans(const FeedSource& source, LogWindow& window, const Position& head,
                         std::vector<Outgoing>& messages);
  // Reads on in the log and puts what the nameserver gets into `span`, within the bounds of work and of a span.
  absl::Status FillSpan(const FeedSource& source, LogWindow& window, const Position& head, size_t& work,
                        quartet::replication::v1::Span& span);
  absl::Status CheckSecrets(const stored::v1::Entry& entry) const;

  const std::string nameserver_;
  const quartet::replication::v1::Hello hello_;
  Phase phase_ = Phase::kWelcome;
  int64_t credit_ = 0;
  // Digest keys that its Welcome had.
  std::set<uint32_t> digest_keys_;
  std::string why_inventory_;
  std::optional<InventorySender> inventory_;
  Position start_;
  Position sent_;
  Position scanned_;
  int64_t last_span_us_ = 0;
};

}  // namespace quartet::replication
