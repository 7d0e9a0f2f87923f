#include "controller/zones/paging.h"

#include <algorithm>

#include "absl/strings/escaping.h"

namespace quartet::controller {
namespace {

constexpr int kDefaultPage = 100;
constexpr int kMaxPage = 1000;

}  // namespace

absl::StatusOr<size_t> PageSize(int asked) {
  if (asked < 0) return absl::InvalidArgumentError("page_size is negative");
  return asked == 0 ? kDefaultPage : std::min(asked, kMaxPage);
}

absl::StatusOr<std::string> ReadPageToken(const std::string& token) {
  std::string place;
  if (!absl::WebSafeBase64Unescape(token, &place)) return absl::InvalidArgumentError("bad page_token");
  return place;
}

std::string WritePageToken(absl::string_view place) { return absl::WebSafeBase64Escape(place); }

}  // namespace quartet::controller
