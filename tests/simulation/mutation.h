// Mistakes that the simulation can be told to make, to see that its checks find them.
#pragma once

namespace quartet::simulation {

enum class Mutation {
  kNone,
  // A node acknowledges before its write is on the disk.
  kAcknowledgeBeforeSync,
  // A node takes spans that are not the next: one that was lost is made up for by moving the ends of the
  // next.
  kSkipCursorRule,
  // As before, and entries are made to fit whatever revision and digest the node has.
  kApplyAtWrongRevision,
  // The nameserver of one stripe is taken to serve everything.
  kInsyncWithThree,
};

}  // namespace quartet::simulation
