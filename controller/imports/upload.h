// Takes the text of an import from its client to the spool.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "controller/imports/pulse.h"
#include "controller/imports/spool.h"
#include "quartet/admin/v1/zone.pb.h"

namespace quartet::controller {

inline constexpr size_t kMaxTextMessage = size_t{1} << 20;

// The first message. INVALID_ARGUMENT: it is none, or it contradicts itself.
absl::StatusOr<admin::v1::ImportStart> ReadImportStart(ImportStream& stream);

struct Upload {
  std::unique_ptr<SpoolFile> text;
  // SHA-256.
  std::string hash;
};

// All messages behind the first, to the end of the text, one at a time: the client is not read ahead of the spool.
// INVALID_ARGUMENT: the text is over 1 GiB, or cut off.
absl::StatusOr<Upload> ReceiveText(ImportStream& stream, Spool& spool, Pulse& pulse);

}  // namespace quartet::controller
