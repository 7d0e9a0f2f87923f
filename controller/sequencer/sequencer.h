// The sequencer: makes proposals into entries, one after another, in groups of one append each. The only
// writer of the log. Without threads; I/O is what its Log and Store do.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/sequencer/proposal.h"
#include "quartet/stored/v1/entry.pb.h"
#include "replication/base/clock.h"
#include "replication/base/position.h"
#include "replication/log/log.h"
#include "replication/store/read_cache.h"
#include "replication/store/store.h"

namespace quartet::controller {

// Proposals are planned against the replica plus what is in flight (the open group). Flush appends the group
// with its effects in one synced write. Nothing is settled before that: not even a refusal, which may rest on
// an entry in flight.
//
// Leadership. The first entry of a term is a TermEffect, with the service's secrets and its four stripes on a
// new log. It is appended before the first proposal is planned; a log that can't be written refuses proposals
// until it can. An append that was ABORTED means another leader: from then on everything is refused
// (UNAVAILABLE). An append whose outcome is unknown is settled by ReadHead before anything else is
// planned. A replica that was restored and is not confirmed (replication/restore) is appended to by nobody: all
// is refused FAILED_PRECONDITION, until ConfirmRestore has been called on it.
//
// Not thread-safe.
class Sequencer {
 public:
  struct Options {
    // Name of this controller, for the TermEffect.
    std::string controller;
    // A group is full with so many entries, or so many bytes of them.
    size_t group_entries = 512;
    size_t group_bytes = 128 << 10;
    // What it may remember of the replica, so that plans need not read it.
    size_t cache_bytes = 64 << 20;
  };
  using Done = std::function<void(absl::StatusOr<Outcome>)>;

  // All must outlive it. `log` must share its store with `replica`. Tries to take leadership at once; a
  // failure of that is not one of Open: see read_only_reason(). DATA_LOSS: log and replica contradict each
  // other.
  static absl::StatusOr<std::unique_ptr<Sequencer>> Open(replication::Log& log, store::Store& replica,
                                                         replication::Clock& clock,
                                                         replication::Random& random, const Options& options);
  ~Sequencer();

  // Judges one proposal: an entry in the open group, a refusal or a duplicate. `done` comes out of the next
  // Flush. Precondition: not full().
  void Add(const Proposal& proposal, Done done);
  bool full() const;

  struct Committed {
    replication::Position position;
    stored::v1::Entry entry;
    // Of the entry in the log.
    size_t bytes = 0;
  };
  struct Settled {
    Done done;
    absl::StatusOr<Outcome> result;
  };
  struct Flushed {
    // What is durable and visible now and was not before, in order (a term's first entry included).
    std::vector<Committed> committed;
    // Results of all proposals since the last Flush, in order. To be called by the driver, after it told the
    // feed.
    std::vector<Settled> settled;
  };
  // Appends the open group and empties it.
  Flushed Flush();

  // Has the log forget entries up to `upto`, as its leader. UNAVAILABLE: it isn't, or not at present; else what the log
  // says.
  absl::Status Trim(uint64_t upto);

  // Where the log is; what readers of the replica see.
  const replication::Position& head() const { return head_; }
  uint64_t term() const { return term_; }
  // Why no changes are taken at the moment; empty if they are.
  const std::string& read_only_reason() const { return read_only_reason_; }
  // While there is a reason: looks whether it has gone. Call it now and then; Flush afterwards.
  void Probe();

 private:
  struct Group;

  Sequencer(replication::Log& log, store::Store& replica, replication::Clock& clock,
            replication::Random& random, Options options);
  absl::Status ReadWhereItEnded();
  absl::Status EnsureReady();
  absl::Status CheckConfirmed();
  absl::Status BeginTerm();
  absl::StatusOr<stored::v1::Entry> FirstOfTerm() const;
  absl::Status ReadKey();
  // Plans read anew.
  void Forget();
  int64_t NextTime() const;
  absl::StatusOr<std::optional<Outcome>> FindDuplicate(const Proposal& proposal) const;
  absl::StatusOr<Outcome> Judge(const Proposal& proposal);
  absl::StatusOr<replication::Position> Place(Group& group, stored::v1::Entry entry);
  absl::Status Append(std::unique_ptr<Group> group);
  absl::Status SettleUnknown();
  void Commit(Group& group);
  absl::Status Depose(absl::string_view why);
  absl::Status ReadOnly(const absl::Status& cause);

  replication::Log& log_;
  store::Store& replica_;
  // What plans read. It learns of each group once that is committed: nobody else writes what plans read while this
  // leads, but for a repair of this replica (Proposal::read_anew).
  store::ReadCache cache_;
  RosterCache roster_cache_;
  replication::Clock& clock_;
  replication::Random& random_;
  const Options options_;

  replication::Position head_;
  uint64_t term_ = 0;
  // Invariant: no entry has a later time.
  int64_t last_time_us_ = 0;
  // The first entry of term_ is committed.
  bool leading_ = false;
  // Nothing is appended to a state that was restored from a backup before its operator has confirmed it.
  bool confirmed_ = false;
  // Another controller leads, for ever.
  bool deposed_ = false;
  std::string read_only_reason_;
  std::unique_ptr<replication::Hasher> hasher_;
  uint32_t digest_key_id_ = 0;
  // Entries that may or may not be in the log. Invariant: nothing is planned while there are any.
  std::unique_ptr<Group> unknown_;
  std::unique_ptr<Group> group_;
  // For the next Flush.
  std::vector<Committed> committed_;
  std::vector<Settled> settled_;
};

// Whether it has an effect on a stripe, nameserver or node.
bool ChangesRoster(const stored::v1::Entry& entry);

}  // namespace quartet::controller
