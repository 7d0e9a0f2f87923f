#include "controller/registrar/domains/auth_info.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/string_view.h"

namespace quartet::controller {
namespace {

constexpr absl::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr absl::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr absl::string_view kDigits = "0123456789";
constexpr absl::string_view kMarks = "-+";
// All of the above: 64.
constexpr absl::string_view kAll = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-+";
constexpr size_t kLength = 16;

// A number draws one character: what its remainder prefers is far below a bit.
char Draw(absl::string_view from, replication::Random& random) {
  return from[static_cast<size_t>(random.Next() % from.size())];
}

}  // namespace

std::string NewAuthInfo(replication::Random& random) {
  std::string text;
  for (const absl::string_view each : {kLower, kUpper, kDigits, kMarks}) text.push_back(Draw(each, random));
  while (text.size() < kLength) text.push_back(Draw(kAll, random));
  for (size_t i = kLength - 1; i > 0; --i)
    std::swap(text[i], text[static_cast<size_t>(random.Next() % (i + 1))]);
  return text;
}

}  // namespace quartet::controller
