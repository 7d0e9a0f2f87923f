// Takes the text or the record sets of an import from its client to the spool.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "controller/imports/pulse.h"
#include "controller/imports/spool.h"
#include "quartet/admin/v1/zone.pb.h"

namespace quartet::controller {

// Bytes of the file in one message.
inline constexpr size_t kMaxPiece = size_t{1} << 20;

// The first message. INVALID_ARGUMENT: it is none, or it contradicts itself.
absl::StatusOr<admin::v1::ImportStart> ReadImportStart(ImportStream& stream);

struct Upload {
  std::unique_ptr<SpoolFile> file;
  // What it holds: what SpoolRecordSets (record_sets_reader.h) wrote, or a text.
  bool record_sets = false;
  // SHA-256 of that, and of which it is.
  std::string hash;
};

// All messages behind the first, to the end, one at a time: the client is not read ahead of the spool.
// INVALID_ARGUMENT: it is over 1 GiB or 10,000,000 record sets, or cut off, or text and record sets are mixed.
absl::StatusOr<Upload> ReceiveFile(ImportStream& stream, Spool& spool, Pulse& pulse);

}  // namespace quartet::controller
