// One node's stream, seen from the controller: where it is in the log, what it asked for, and what it may
// still be sent.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "quartet/replication/v1/feed.pb.h"
#include "replication/base/position.h"
#include "replication/feed/inventory_sender.h"
#include "replication/feed/log_window.h"
#include "replication/feed/progress.h"
#include "replication/feed/publisher.h"
#include "replication/feed/questions.h"
#include "replication/feed/zone_sender.h"

namespace quartet::replication {

// What all sessions of a publisher share.
struct FeedSource {
  const Log& log;
  const store::Store& replica;
  Clock& clock;
  const Publisher::Options& options;
  LogWindow window;
  // Nothing behind it is sent. nullopt until the first Committed.
  std::optional<Position> committed;
  // Nodes are to take nothing of it.
  bool unsettled = false;
};

// Not thread-safe.
class Session {
 public:
  Session(SessionId id, std::string node, std::string nameserver)
      : id_(id), node_(std::move(node)), nameserver_(std::move(nameserver)) {}

  SessionId id() const { return id_; }
  const std::string& node() const { return node_; }
  const std::string& nameserver() const { return nameserver_; }
  const std::string& incarnation() const { return hello_.incarnation(); }

  // Each checks what the node says. INVALID_ARGUMENT, RESOURCE_EXHAUSTED: it breaks a rule.
  absl::Status Hello(const quartet::replication::v1::Hello& hello);
  absl::Status CheckAcknowledgement(const quartet::replication::v1::Acknowledgement& acknowledgement) const;
  absl::Status FetchZones(const quartet::replication::v1::FetchZones& fetch);
  absl::Status AddCredit(const quartet::replication::v1::Credit& credit);
  absl::Status CheckHealth(const quartet::replication::v1::Health& health) const;
  Questions& questions() { return questions_; }
  // Replicas may take what is sent: the Welcome is out, and does not say that this state is unsettled.
  bool settled() const { return phase_ == Phase::kInventory || phase_ == Phase::kSpans; }
  bool welcomed() const { return phase_ != Phase::kHello && phase_ != Phase::kWelcome; }
  // FAILED_PRECONDITION: not settled(); RESOURCE_EXHAUSTED: too many wait to be sent.
  absl::Status AllowRepair(const std::string& zone_id);
  // Tell the node, once, to close its sockets.
  void Drain() { drain_ = drain_ == Drained::kNo ? Drained::kWanted : drain_; }

  // Appends what can be sent now, within credit and a bound of work; `more` if there is more within credit.
  // Not OK: the stream is to end.
  absl::Status Send(FeedSource& source, std::vector<quartet::replication::v1::SubscribeResponse>& messages,
                    bool& more);

 private:
  // kUnsettled: for ever, there is nothing but inquiries.
  enum class Phase { kHello, kWelcome, kUnsettled, kInventory, kSpans };
  enum class Drained { kNo, kWanted, kSent };
  using Messages = std::vector<quartet::replication::v1::SubscribeResponse>;

  absl::Status Welcome(FeedSource& source, Messages& messages);
  void SendQuestions(Messages& messages);
  // Whether spans can go on from the node's cursor.
  absl::StatusOr<bool> CanResume(const FeedSource& source) const;
  absl::Status SendInventory(FeedSource& source, Messages& messages, bool& more);
  absl::Status SendSpans(FeedSource& source, Messages& messages, bool& more);
  // Reads on in the log and puts what the nameserver gets into `span`, within the bounds of work and of a
  // span.
  absl::Status FillSpan(FeedSource& source, quartet::replication::v1::Span& span, size_t& work);
  absl::Status CheckSecrets(const stored::v1::Entry& entry) const;
  void EmitSpan(FeedSource& source, quartet::replication::v1::Span span, Messages& messages);
  absl::Status SendSnapshots(FeedSource& source, Messages& messages, bool& more);

  const SessionId id_;
  const std::string node_;
  const std::string nameserver_;
  Phase phase_ = Phase::kHello;
  Drained drain_ = Drained::kNo;
  Questions questions_;
  // Ids of zones, still to be sent.
  std::vector<std::string> allowed_repairs_;
  quartet::replication::v1::Hello hello_;
  // Digest keys that its Welcome had.
  std::set<uint32_t> digest_keys_;
  int64_t span_credit_ = 0;
  int64_t snapshot_credit_ = 0;

  std::optional<InventorySender> inventory_;
  // Where the spans began. Invariant from kSpans on: start_.index <= sent_.index <= scanned_.index.
  Position start_;
  Position sent_;
  Position scanned_;
  // A snapshot is as of it: the node needs a span up to there, an empty one too.
  uint64_t flush_index_ = 0;
  int64_t last_span_us_ = 0;

  // Zones asked for; the first is being sent if there is a sender.
  std::deque<std::string> fetches_;
  std::optional<ZoneSender> sender_;
};

}  // namespace quartet::replication
