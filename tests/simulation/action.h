// What a run does: one line each, so that a run can be written down, shortened and played again.
//
//   change zone 3 salt 17
//   crash node a0 down 300
//   advance ms 20
//
// An action that makes no sense at its moment (a zone that is not there, a node that is down) does nothing: so any
// part of a run is a run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace quartet::simulation {

struct Action {
  enum class Kind {
    kAdvance,  // time passes
    // Users. Zones are called by the number they were created under.
    kCreate,
    kChange,
    kDelete,
    kUndelete,
    kMove,    // to another nameserver of one stripe
    kRepeat,  // the last request about the zone comes again, under its id
    kStage,   // the next chunk of an import
    kFlip,
    kAbort,
    kNewKey,
    kEnroll,  // another node beside this one
    kDrain,
    // The controller.
    kCrashController,
    kFillController,  // its disk is full
    kLoseResult,      // its next write is done, but reported to have failed
    kDepose,          // another controller takes the log; the old one does not know
    kOldLeader,       // the deposed one goes on
    kTrim,            // all but the last entries
    kBackup,
    kRestore,
    kOldController,  // the one from before the restore takes streams for a while
    kConfirm,
    kRotController,  // its copy of a zone is damaged on disk
    // Nodes.
    kCrash,
    kLoseDisk,
    kStop,  // as SIGSTOP
    kSlow,  // its disk is
    kFill,
    kRot,
    kScrub,
    // Their streams.
    kBreak,
    kHalfOpen,  // nothing comes through, and nobody hears of it
    kLose,      // the next span
    kDouble,    // the next message to the node
    kDoubleUp,  // the next one from it
    kDelay,
    // The controller's own upkeep.
    kCutHistory,  // of a zone
    kPurge,       // a zone that is deleted
  };
  Kind kind = Kind::kAdvance;
  std::string node;
  uint64_t zone = 0;
  uint64_t number = 0;

  bool operator==(const Action&) const = default;
};

using Actions = std::vector<Action>;

struct ActionForm {
  Action::Kind kind;
  absl::string_view verb;
  bool of_node;
  bool of_zone;
  // What the number is; empty: there is none.
  absl::string_view number;
};
// Of all kinds, in their order.
const std::vector<ActionForm>& ActionForms();

std::string ToString(const Action& action);
// INVALID_ARGUMENT: says what is wrong.
absl::StatusOr<Action> ParseAction(absl::string_view line);

}  // namespace quartet::simulation
