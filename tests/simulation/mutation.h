// Mistakes that the simulation can be told to make, to see that its checks find them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace quartet::simulation {

enum class Mutation {
  kNone,
  // Durability.
  kAcknowledgeBeforeSync,
  kForgetToSync,
  kControllerForgetsToSync,
  kCursorApartFromData,
  kBehindNotDurable,
  kDrainNotDurable,
  // Order.
  kSkipCursorRule,
  kDoubledSpanApplied,
  kDuplicateSkippedWrongly,
  kApplyAtWrongRevision,
  kFilterDropsEntry,
  kZoneKeptAfterItLeft,
  kLowerEpochAccepted,
  kResumedOverTrimmedLog,
  kDeposedAppendAccepted,
  kDeposedTrimAccepted,
  kRequestForgotten,
  // Digests, repair, snapshots.
  kDigestAtUnequalRevision,
  kUnverifiedReplacement,
  kSnapshotBeforeItsAsOf,
  // Imports.
  kFlipWithoutCounts,
  kAbortForgotten,
  kStagesKeptByNewTerm,
  // INSYNC.
  kInsyncWithThree,
  kInsyncToldBeforeLogged,
  kExceptionsDropped,
  kIncarnationKeptOverLostDisk,
  kLoadingAcknowledged,
  kJoinerCountedEarly,
  kDrainedNodeCounted,
  kSocketsOpenAfterDrain,
  kSocketsOpenBeforeFill,
  kUnconfirmedStateSent,
};

struct MutationForm {
  Mutation mutation;
  absl::string_view name;
  // What is said of it when it is found: a part of the finding.
  absl::string_view finding;
};
// All but kNone.
const std::vector<MutationForm>& Mutations();
std::optional<Mutation> MutationNamed(absl::string_view name);
absl::string_view NameOf(Mutation mutation);

}  // namespace quartet::simulation
