// Entries as bytes: sealed once by the leader, then stored, chained and fed as these exact bytes.
// docs/formats/entries.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "replication/base/position.h"

namespace quartet::stored::v1 {
class Entry;
class EntryHeader;
}  // namespace quartet::stored::v1

namespace quartet::replication {

// The format this code writes, and the highest it reads; it reads all below.
inline constexpr uint32_t kEntryFormat = 3;
inline constexpr size_t kMaxEntryBytes = 1 << 20;

// An entry that has its place in the log.
struct SealedEntry {
  std::string bytes;
  // Position it moves a replica to: its epoch, index, and the chain over `bytes`.
  Position position;
};

// The lowest format whose readers know all effects of `entry`: 3 with a history cut or a purge, 2 with a stage, flip or
// abort, else 1.
uint32_t MinReaderOf(const stored::v1::Entry& entry);

// Gives `entry` its place behind `head` (epoch, index, prev_chain, format), and a min_reader of MinReaderOf
// at least, and serialises it. Other header fields are the caller's. RESOURCE_EXHAUSTED: over kMaxEntryBytes; says how large it is.
absl::StatusOr<SealedEntry> Seal(stored::v1::Entry& entry, const Position& head);

// Reads sealed bytes. DATA_LOSS: not an entry; UNIMPLEMENTED: written for a newer reader (min_reader >
// kEntryFormat).
absl::StatusOr<stored::v1::Entry> OpenEntry(absl::string_view bytes);

// Reads the header only, of an entry for a newer reader too. DATA_LOSS: these are no sealed bytes. To use the
// result, include "quartet/stored/v1/entry.pb.h"; the same holds for OpenEntry.
absl::StatusOr<stored::v1::EntryHeader> OpenHeader(absl::string_view bytes);

// The chain of the entry with these bytes.
Chain ChainOf(absl::string_view bytes);

}  // namespace quartet::replication
