#include "controller/sequencer/ids.h"

#include <cstddef>
#include <cstdint>

namespace quartet::controller {
namespace {

constexpr absl::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr size_t kDigitsOfAnId = 13;

std::string NewId(char letter, replication::Random& random) {
  std::string id(1, letter);
  // 12 digits of 5 bits from one number, the last from another.
  uint64_t bits = random.Next();
  for (size_t i = 0; i + 1 < kDigitsOfAnId; ++i, bits >>= 5) id.push_back(kDigits[bits & 31]);
  id.push_back(kDigits[random.Next() & 31]);
  return id;
}

bool IsId(char letter, absl::string_view text) {
  return text.size() == 1 + kDigitsOfAnId && text[0] == letter &&
         text.find_first_not_of(kDigits, 1) == absl::string_view::npos;
}

}  // namespace

std::string NewZoneId(replication::Random& random) { return NewId('Z', random); }
std::string NewChangeId(replication::Random& random) { return NewId('C', random); }
bool IsZoneId(absl::string_view text) { return IsId('Z', text); }
bool IsChangeId(absl::string_view text) { return IsId('C', text); }

}  // namespace quartet::controller
