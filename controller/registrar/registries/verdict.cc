#include "controller/registrar/registries/verdict.h"

#include "absl/strings/str_cat.h"

namespace quartet::controller {
namespace {

using Kind = Verdict::Kind;

constexpr int kPendingCode = 1001;
constexpr int kCommandFailed = 2400;
constexpr int kCommandFailedEnds = 2500;
constexpr int kTooManySessions = 2502;

Kind KindOf(int code) {
  if (code == kPendingCode) return Kind::kPending;
  if (code < 2000) return Kind::kDone;
  if (code == epp::code::kAuthentication || code == epp::code::kAuthenticationEnds)
    return Kind::kConfiguration;
  if (code == kCommandFailed || code == kCommandFailedEnds || code == kTooManySessions) return Kind::kLater;
  return Kind::kRefused;
}

Kind KindOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnknown:
      return Kind::kUnknown;
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kInvalidArgument:
      return Kind::kConfiguration;
    default:
      return Kind::kLater;
  }
}

}  // namespace

Verdict VerdictOf(const absl::StatusOr<epp::Response>& response) {
  if (!response.ok()) return {KindOf(response.status()), 0, std::string(response.status().message())};
  return {KindOf(response->code()), response->code(), response->ToString()};
}

Verdict UnreadableVerdict(const epp::Response& response, const absl::Status& why) {
  return {Kind::kUnknown, response.code(),
          absl::StrCat(response.ToString(), ", and what it answers can't be read: ", why.message())};
}

}  // namespace quartet::controller
