#include "controller/sequencer/ids.h"

#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"

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

// 45 bits of milliseconds: a thousand years.
constexpr size_t kDigitsOfTime = 9;

std::string TimeDescending(int64_t time_us) {
  constexpr uint64_t kLast = (uint64_t{1} << (5 * kDigitsOfTime)) - 1;
  uint64_t bits = kLast - (static_cast<uint64_t>(time_us) / 1000 & kLast);
  std::string digits(kDigitsOfTime, '0');
  for (size_t i = kDigitsOfTime; i > 0; --i, bits >>= 5) digits[i - 1] = kDigits[bits & 31];
  return digits;
}

bool IsId(char letter, absl::string_view text) {
  return text.size() == 1 + kDigitsOfAnId && text[0] == letter &&
         text.find_first_not_of(kDigits, 1) == absl::string_view::npos;
}

}  // namespace

std::string NewZoneId(replication::Random& random) { return NewId('Z', random); }
std::string NewChangeId(replication::Random& random) { return NewId('C', random); }
std::string NewOperationId(int64_t time_us, replication::Random& random) {
  std::string id = NewId('O', random);
  return id.replace(1, kDigitsOfTime, TimeDescending(time_us));
}
std::string FirstOperationId(int64_t time_us) {
  return absl::StrCat("O", TimeDescending(time_us),
                      std::string(kDigitsOfAnId - kDigitsOfTime, kDigits.front()));
}
bool IsZoneId(absl::string_view text) { return IsId('Z', text); }
bool IsChangeId(absl::string_view text) { return IsId('C', text); }
bool IsOperationId(absl::string_view text) { return IsId('O', text); }

}  // namespace quartet::controller
