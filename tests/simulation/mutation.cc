#include "tests/simulation/mutation.h"

namespace quartet::simulation {

const std::vector<MutationForm>& Mutations() {
  static const auto* forms = new std::vector<MutationForm>{
      {Mutation::kAcknowledgeBeforeSync, "acknowledge-before-sync", "is INSYNC, but"},
      {Mutation::kForgetToSync, "forget-to-sync", "is INSYNC, but"},
      {Mutation::kControllerForgetsToSync, "controller-forgets-to-sync", "the controller lost"},
      {Mutation::kCursorApartFromData, "cursor-apart-from-data", "does not know that it is behind"},
      {Mutation::kBehindNotDurable, "behind-not-durable", "does not know that it is behind"},
      {Mutation::kDrainNotDurable, "drain-not-durable", "is drained, but answers"},
      {Mutation::kSkipCursorRule, "skip-cursor-rule", "does not know that it is behind"},
      {Mutation::kDoubledSpanApplied, "doubled-span-applied", "does not know that it is behind"},
      {Mutation::kDuplicateSkippedWrongly, "duplicate-skipped-wrongly", "does not know that it is behind"},
      {Mutation::kApplyAtWrongRevision, "apply-at-wrong-revision", "than the log's"},
      {Mutation::kFilterDropsEntry, "filter-drops-entry", "does not know that it is behind"},
      {Mutation::kZoneKeptAfterItLeft, "zone-kept-after-it-left", "does not know that it is behind"},
      {Mutation::kLowerEpochAccepted, "lower-epoch-accepted", "no place in the log"},
      {Mutation::kResumedOverTrimmedLog, "resumed-over-trimmed-log", "does not know that it is behind"},
      {Mutation::kDeposedAppendAccepted, "deposed-append-accepted", "a deposed leader appended"},
      {Mutation::kDeposedTrimAccepted, "deposed-trim-accepted", "a deposed leader trimmed"},
      {Mutation::kRequestForgotten, "request-forgotten", "was done twice"},
      {Mutation::kDigestAtUnequalRevision, "digest-at-unequal-revision", "does not know that it is behind"},
      {Mutation::kUnverifiedReplacement, "unverified-replacement", "than the log's"},
      {Mutation::kSnapshotBeforeItsAsOf, "snapshot-before-its-as-of", "does not know that it is behind"},
      {Mutation::kFlipWithoutCounts, "flip-without-counts", "than the log's"},
      {Mutation::kAbortForgotten, "abort-forgotten", "keeps an import"},
      {Mutation::kStagesKeptByNewTerm, "stages-kept-by-new-term", "open"},
      {Mutation::kInsyncWithThree, "insync-with-three", "has not acknowledged it"},
      {Mutation::kInsyncToldBeforeLogged, "insync-told-before-logged", "which is not logged"},
      {Mutation::kExceptionsDropped, "exceptions-dropped", "has not acknowledged it"},
      {Mutation::kIncarnationKeptOverLostDisk, "incarnation-kept-over-lost-disk", "has not acknowledged it"},
      {Mutation::kLoadingAcknowledged, "loading-acknowledged", "is INSYNC, but"},
      {Mutation::kJoinerCountedEarly, "joiner-counted-early", "was counted before"},
      {Mutation::kDrainedNodeCounted, "drained-node-counted", "are not INSYNC"},
      {Mutation::kSocketsOpenAfterDrain, "sockets-open-after-drain", "is drained, but answers"},
      {Mutation::kSocketsOpenBeforeFill, "sockets-open-before-fill", "before its first fill"},
      {Mutation::kUnconfirmedStateSent, "unconfirmed-state-sent", "nobody has confirmed"},
  };
  return *forms;
}

std::optional<Mutation> MutationNamed(absl::string_view name) {
  for (const MutationForm& form : Mutations()) {
    if (form.name == name) return form.mutation;
  }
  return std::nullopt;
}

absl::string_view NameOf(Mutation mutation) {
  for (const MutationForm& form : Mutations()) {
    if (form.mutation == mutation) return form.name;
  }
  return "none";
}

}  // namespace quartet::simulation
