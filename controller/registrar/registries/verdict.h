// What became of a command: EPP's answers (RFC 5730 §3) as what is to be done next.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/registrar/epp/response.h"

namespace quartet::controller {

struct Verdict {
  enum class Kind {
    // 1xxx but 1001.
    kDone,
    // 1001: the registry decides later, and tells by poll.
    kPending,
    // The registry says no, and will say so again: 2xxx but those below.
    kRefused,
    // It was not done, and may be tried again: no session could be made, 2400, 2500, 2502.
    kLater,
    // It may have been done or not: the session ended before the answer came, or the answer can't be read.
    kUnknown,
    // It was not done, and will not be before somebody mends the configuration: 2200, 2501, a certificate.
    kConfiguration,
  };
  Kind kind = Kind::kLater;
  // The registry's; 0: it did not answer.
  int code = 0;
  // For people: "2302 Object exists".
  std::string message;

  bool done() const { return kind == Kind::kDone; }
};

// A verdict, and where it is kDone (or kPending, as far as the registry tells it then) what was answered.
template <typename T>
struct Answer {
  Verdict verdict;
  std::optional<T> value;
};

// Of what ClientPool::Run returns.
Verdict VerdictOf(const absl::StatusOr<epp::Response>& response);

// Of an answer that says it is done, but whose data can't be read: `why` says why.
Verdict UnreadableVerdict(const epp::Response& response, const absl::Status& why);

}  // namespace quartet::controller
