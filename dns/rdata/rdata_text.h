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

// Slips with the strings of TXT and SPF data; false of any other type.
//
// Several strings, and not all in quotes: `v=spf1 -all` is two, which readers join without the blank (RFC 7208 §3.3).
bool HasLooseBlanks(Type type, std::span<const TextToken> tokens);
// One of over 255 octets, which is split.
bool HasLongString(Type type, std::span<const TextToken> tokens);

}  // namespace quartet::dns
