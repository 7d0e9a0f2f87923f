// Record data from tokens, for those that have split the text themselves and want to know which token is
// wrong.
#pragma once

#include <cstddef>
#include <span>

#include "absl/status/statusor.h"
#include "dns/name/name.h"
#include "dns/rdata/record_data.h"
#include "dns/rdata/text_token.h"

namespace quartet::dns {

// As RecordData::Parse. On failure `*bad` is the index of the token the fault was found at; tokens.size() if
// something is missing behind the last. Messages name the field but not the type.
absl::StatusOr<RecordData> ParseRecordData(Type type, std::span<const TextToken> tokens, const Name& origin,
                                           size_t* bad);

}  // namespace quartet::dns
