// What happens to a zone under the crash loop: its changes by number, and what it holds after each of them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "quartet/admin/v1/record_set.pb.h"

namespace quartet::tests {

// The owner whose TXT record tells the number of the last change.
inline constexpr char kStateOwner[] = "state";

std::string StateValue(int64_t number);
// The number in a value of StateValue; nullopt: it is none.
std::optional<int64_t> NumberOf(const std::string& value);

// Change `number` (0, 1, …): says its number, and makes one of some owners, or removes it again, with CREATE and DELETE: either
// is refused when it is done twice.
admin::v1::ChangeRecordSetsRequest MakeChange(const std::string& zone, const std::string& run,
                                              int64_t number);

// Owner -> value of its TXT record, or nullopt where there is none, once changes up to `number` were made.
std::map<std::string, std::optional<std::string>> ContentsAfter(int64_t number);

}  // namespace quartet::tests
